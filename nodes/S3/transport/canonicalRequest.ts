import { codePointName } from '../../shared/ground/codePointName';
import { byCodeUnit } from './encode';

/** A request in the form in which it goes over the wire. */
export interface SignableRequest {
	readonly method: string;
	/** Percent-encoded, byte for byte as sent (`encodeKey`); nothing is normalised. */
	readonly path: string;
	/** As `encodeQuery` makes it, without `?`; empty for none. */
	readonly query: string;
	/**
	 * Headers to sign; `host` must be among them. Bytes above 0x7F stand as latin1 characters, the
	 * way Node sends them.
	 */
	readonly headers: Readonly<Record<string, string>>;
	/** Lower-case hex SHA-256 of the body, or `UNSIGNED_PAYLOAD`. */
	readonly payloadHash: string;
}

// Proxies and HTTP libraries add or change these on the way, so their values at the server are not
// known here. Google Cloud Storage for one rewrites Accept-Encoding.
const NEVER_SIGNED = new Set([
	'accept',
	'accept-encoding',
	'authorization',
	'connection',
	'expect',
	'keep-alive',
	'te',
	'trailer',
	'transfer-encoding',
	'upgrade',
	'user-agent',
	'x-amzn-trace-id',
]);

const ENCODED = /^[\x21-\x7e]*$/;
const NOT_IN_HEADER = /[^\t\x20-\x7e\x80-\xff]/u;

/**
 * Only space and tab count as white space: in UTF-8 sent as latin1, the byte 0xA0 (a no-break space
 * for `trim` and `\s`) is the second half of letters such as "à".
 */
function canonicalValue(name: string, value: string): string {
	const foreign = NOT_IN_HEADER.exec(value);
	if (foreign) {
		throw new TypeError(
			`The header ${name} holds ${codePointName(foreign[0])}, which a header cannot carry: ` +
				'encode the value, for example percent-encoded',
		);
	}
	return value.replace(/[ \t]+/g, ' ').replace(/^ | $/g, '');
}

export function canonicalHeaders(headers: Readonly<Record<string, string>>): {
	lines: string;
	names: string;
} {
	const signed = Object.entries(headers)
		.map(([name, value]): [string, string] => [name.toLowerCase(), value])
		.filter(([name]) => !NEVER_SIGNED.has(name))
		.sort((a, b) => byCodeUnit(a[0], b[0]));
	return {
		lines: signed.map(([name, value]) => `${name}:${canonicalValue(name, value)}\n`).join(''),
		names: signed.map(([name]) => name).join(';'),
	};
}

/**
 * The canonical request of Signature Version 4, and the names of the headers in it as
 * `SignedHeaders` lists them.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @throws TypeError when path or query are not percent-encoded, or a header value cannot be sent
 */
export function canonicalRequest(request: SignableRequest): { text: string; names: string } {
	const { method, path, query, payloadHash } = request;
	if (!path.startsWith('/') || !ENCODED.test(path) || !ENCODED.test(query)) {
		throw new TypeError('Path and query must be percent-encoded before they are signed');
	}
	const { lines, names } = canonicalHeaders(request.headers);
	return { text: `${method}\n${path}\n${query}\n${lines}\n${names}\n${payloadHash}`, names };
}
