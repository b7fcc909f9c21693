const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;
// Of a key in the old encrypted form (RFC 1421 section 4.6): they stand before the base64.
const HEADERS = /^\s*(Proc-Type: *4, *ENCRYPTED)\s+(DEK-Info: *[A-Z0-9-]+, *[0-9A-Fa-f]+)\s+/;
const LINE = /.{1,64}/g;

/**
 * PEM as OpenSSL takes it, from what people paste: on one line, with "\n" as two characters (as in
 * a JSON file or a variable), with white space around, or the bare base64 of a certificate. What is
 * none of these is left as it is.
 */
export function repairPem(pasted: string | undefined): string {
	if (!pasted?.trim()) return '';
	const text = pasted
		.replace(/\\r|\r/g, '')
		.replace(/\\n/g, '\n')
		.trim();
	if (/^[A-Za-z0-9+/=\s]+$/.test(text)) return block('CERTIFICATE', '', text);
	return text.replace(BLOCK, (_whole, label: string, body: string) => {
		const [all = '', type, key] = HEADERS.exec(body) ?? [];
		return block(label, type && key ? `${type}\n${key}\n\n` : '', body.slice(all.length));
	});
}

const block = (label: string, headers: string, body: string) =>
	[
		`-----BEGIN ${label}-----`,
		headers + (body.replace(/\s/g, '').match(LINE) ?? []).join('\n'),
		`-----END ${label}-----`,
	].join('\n') + '\n';
