import { createHash, createHmac } from 'node:crypto';

/**
 * Signature Version 4 as the server recomputes it
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). Everything here is
 * a latin1 string, one character per byte on the wire, so that nothing is lost before it is hashed.
 */
export interface SignedRequest {
	method: string;
	/** The path of the request target as it came over the wire. */
	path: string;
	/** The query of the request target without "?", as it came over the wire. */
	query: string;
	/** All headers in wire order. */
	headers: ReadonlyArray<readonly [name: string, value: string]>;
	/** Lower-case names as the client lists them. */
	signedHeaders: readonly string[];
	/** The last line of the canonical request: a hash or a constant such as UNSIGNED-PAYLOAD. */
	payloadHash: string;
}

export interface CredentialScope {
	date: string;
	region: string;
	service: string;
}

export const EMPTY_SHA256 = createHash('sha256').digest('hex');

/**
 * AWS's UriEncode of a latin1 string of bytes: all but A-Z a-z 0-9 - . _ ~ becomes %XX (upper case).
 */
export function uriEncode(bytes: string, keep = ''): string {
	let encoded = '';
	for (const character of bytes) {
		encoded +=
			/[A-Za-z0-9\-._~]/.test(character) || keep.includes(character)
				? character
				: `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
	}
	return encoded;
}

/** Percent-decoding to a latin1 string of bytes; a malformed escape stays as it is. */
export function percentDecode(text: string): string {
	return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
		String.fromCharCode(parseInt(hex, 16)),
	);
}

/**
 * The path in canonical form. S3 never folds `.`, `..` or `//`; it decodes the target once and
 * encodes it once, so a properly encoded target stands here byte for byte.
 */
function canonicalPath(path: string): string {
	return path
		.split('/')
		.map((segment) => uriEncode(percentDecode(segment)))
		.join('/');
}

function canonicalQuery(query: string): string {
	return query
		.split('&')
		.filter((pair) => pair !== '')
		.map((pair) => {
			const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
			return [name, value.join('=')].map((part) => uriEncode(percentDecode(part)));
		})
		.filter(([name]) => name !== 'X-Amz-Signature')
		.sort(([a = '', av = ''], [b = '', bv = '']) =>
			a === b ? Number(av > bv) - Number(av < bv) : a > b ? 1 : -1,
		)
		.map((pair) => pair.join('='))
		.join('&');
}

/** The canonical request, as a latin1 string. */
export function canonicalRequest(request: SignedRequest): string {
	const values = new Map<string, string[]>();
	for (const [name, value] of request.headers) {
		const key = name.toLowerCase();
		const line = value.trim().replace(/ +/g, ' ');
		values.set(key, [...(values.get(key) ?? []), line]);
	}
	return [
		request.method,
		canonicalPath(request.path),
		canonicalQuery(request.query),
		...request.signedHeaders.map((name) => `${name}:${values.get(name)?.join(',') ?? ''}`),
		'',
		request.signedHeaders.join(';'),
		request.payloadHash,
	].join('\n');
}

/** "date/region/service/aws4_request". */
export function scopeText({ date, region, service }: CredentialScope): string {
	return `${date}/${region}/${service}/aws4_request`;
}

/** The string to sign for a canonical request; `timestamp` is YYYYMMDDTHHMMSSZ. */
export function stringToSign(timestamp: string, scope: CredentialScope, canonical: string): string {
	const hash = createHash('sha256').update(canonical, 'latin1').digest('hex');
	return ['AWS4-HMAC-SHA256', timestamp, scopeText(scope), hash].join('\n');
}

/** The key derived from the secret for one day, region and service. */
export function signingKey(secret: string, { date, region, service }: CredentialScope): Buffer {
	return [date, region, service, 'aws4_request'].reduce<Buffer>(
		(key, text) => createHmac('sha256', key).update(text).digest(),
		Buffer.from(`AWS4${secret}`),
	);
}

/** The signature in hexadecimal. */
export function sign(key: Buffer, text: string): string {
	return createHmac('sha256', key).update(text, 'latin1').digest('hex');
}
