import type { Entry } from './entry';

// RFC 2849, in the very form of `ldapsearch -LLL`: its width of lines, and base64 for more than the
// RFC asks for (values that end with a space, of userPassword, and of all attributes with ";binary").
// https://git.openldap.org/openldap/openldap/-/blob/master/libraries/libldap/ldif.c (ldif_sput_wrap)
const LINE_WIDTH = 78;
const PLAIN = /^[!-9;=-~](?:[ -~]*[!-~])?$/;
const ALWAYS_BASE64: ReadonlySet<string> = new Set(['userpassword', '2.5.4.35']);

/** One entry with the empty line that ends it. Attributes without values are left out. */
export function formatLdif({ dn, attributes }: Entry): string {
	let text = line('dn', Buffer.from(dn), true);
	for (const { type, values } of attributes) {
		const mayBePlain = !ALWAYS_BASE64.has(type.toLowerCase()) && !type.includes(';binary');
		for (const value of values) text += line(type, value, mayBePlain);
	}
	return `${text}\n`;
}

function line(name: string, value: Buffer, mayBePlain: boolean): string {
	if (value.length === 0) return `${name}:\n`;
	const plain = mayBePlain ? value.toString('latin1') : '';
	return PLAIN.test(plain)
		? folded(`${name}: `, plain)
		: folded(`${name}:: `, value.toString('base64'));
}

function folded(head: string, text: string): string {
	// A value never ends up within the head, however long the name is.
	let end = Math.max(0, LINE_WIDTH - head.length);
	if (text.length <= end) return `${head}${text}\n`;
	let lines = `${head}${text.slice(0, end)}`;
	for (; end < text.length; end += LINE_WIDTH - 1) {
		lines += `\n ${text.slice(end, end + LINE_WIDTH - 1)}`;
	}
	return `${lines}\n`;
}
