import type { KeyObject } from 'node:crypto';
import { createHash, createHmac, createSecretKey } from 'node:crypto';

import type { SignableRequest } from './canonicalRequest';
import { canonicalHeaders, canonicalRequest } from './canonicalRequest';
import { encodeQuery } from './encode';

/** The payload hash of a body that is not hashed: allowed over TLS, and the rule in presigned URLs. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** The payload hash of a request without a body: the SHA-256 of nothing. */
export const EMPTY_PAYLOAD_HASH =
	'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html: seven days. */
export const MAX_PRESIGN_SECONDS = 604_800;

export interface Credentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken?: string;
	/** ms since 1970; of temporary ones, where it is known */
	readonly expiresAt?: number;
	/** whose they are, where somebody issued them */
	readonly role?: string;
}

/** Who signs, for where, and when. */
export interface Signer {
	readonly credentials: Credentials;
	readonly region: string;
	readonly service: string;
	/** The time of the request; a number is ms since 1970. */
	readonly at: Date | number;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** `at` in the basic ISO 8601 form of `x-amz-date`, e.g. 20130524T000000Z. */
export function amzDate(at: Date | number): string {
	return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/**
 * `<day>/<region>/<service>/aws4_request`, the day and place a signature is good for.
 *
 * @param date the time of the request as `amzDate` writes it
 */
export function credentialScope(
	date: string,
	{ region, service }: Pick<Signer, 'region' | 'service'>,
): string {
	return `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
}

/** The string to sign of Signature Version 4 for the text of a canonical request. */
export function stringToSign(canonical: string, date: string, scope: string): string {
	// latin1, because this is how Node writes the request head: one byte a character.
	const hash = createHash('sha256').update(canonical, 'latin1').digest('hex');
	return `${ALGORITHM}\n${date}\n${scope}\n${hash}`;
}

const hmac = (key: string | Buffer | KeyObject, text: string) =>
	createHmac('sha256', key).update(text);

// A signing key costs four HMACs and is good for a day. 64 credential, region and day combinations
// in use at the same moment are far more than one n8n process has.
const MAX_SIGNING_KEYS = 64;
const signingKeys = new Map<string, KeyObject>();

function signingKey({ credentials, region, service }: Omit<Signer, 'at'>, day: string): KeyObject {
	// With the secret in the name, a corrected secret never meets the key of the wrong one.
	const name = [day, region, service, credentials.secretAccessKey].join('\n');
	const known = signingKeys.get(name);
	if (known) return known;
	const bytes = [region, service, 'aws4_request'].reduce(
		(above, part) => hmac(above, part).digest(),
		hmac(`AWS4${credentials.secretAccessKey}`, day).digest(),
	);
	// createHmac takes 7 times as long with the bytes themselves (15 us against 2 on Node 24).
	const key = createSecretKey(bytes);
	const [oldest] = signingKeys.keys();
	if (oldest !== undefined && signingKeys.size >= MAX_SIGNING_KEYS) signingKeys.delete(oldest);
	signingKeys.set(name, key);
	return key;
}

/**
 * The signature, in lower-case hex, of a string to sign (or of a POST policy in base64).
 *
 * @param date the time of the request as `amzDate` writes it
 */
export function signature(toSign: string, date: string, signer: Omit<Signer, 'at'>): string {
	return hmac(signingKey(signer, date.slice(0, 8)), toSign).digest('hex');
}

/** A signature, and what further ones that follow from it are made of. */
export interface Signature {
	readonly signature: string;
	/** as `amzDate` writes it */
	readonly date: string;
	readonly scope: string;
	readonly signer: Omit<Signer, 'at'>;
}

/**
 * Signs a request with Signature Version 4 in its headers.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 *
 * @returns the headers to add to those of the request: `x-amz-date`, `authorization`, with temporary
 * credentials `x-amz-security-token`, for S3 `x-amz-content-sha256`
 * @throws TypeError when the request is not in the form in which it can be sent
 */
export function signHeaders(request: SignableRequest & Signer): Record<string, string> {
	return signedHeaders(request).headers;
}

/** Like `signHeaders`, with the signature by itself. */
export function signedHeaders(
	request: SignableRequest & Signer,
): Signature & { headers: Record<string, string> } {
	const { credentials, service, payloadHash } = request;
	const date = amzDate(request.at);
	const scope = credentialScope(date, request);
	const added: Record<string, string> = { 'x-amz-date': date };
	if (credentials.sessionToken) added['x-amz-security-token'] = credentials.sessionToken;
	if (service === 's3') added['x-amz-content-sha256'] = payloadHash;

	const headers = { ...request.headers, ...added };
	const { text, names } = canonicalRequest({ ...request, headers });
	const signed = signature(stringToSign(text, date, scope), date, request);
	added.authorization =
		`${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, ` +
		`SignedHeaders=${names}, Signature=${signed}`;
	return { headers: added, signature: signed, date, scope, signer: request };
}

/** `name=value` pairs of an encoded query, decoded. */
function queryPairs(query: string): Array<[string, string]> {
	return query
		.split('&')
		.filter((pair) => pair !== '')
		.map((pair) => {
			const [name = '', ...value] = pair.split('=');
			return [decodeURIComponent(name), decodeURIComponent(value.join('='))];
		});
}

/**
 * Signs a request with Signature Version 4 in its query, for somebody who has no credentials. Who
 * uses the URL must send the signed headers exactly. With temporary credentials the URL dies with
 * them, however long `expiresSeconds` is.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 *
 * @returns the whole query of the URL, without `?`
 * @throws TypeError when `expiresSeconds` is not a whole number from 1 to 604,800
 */
export function presign(
	request: Omit<SignableRequest, 'payloadHash'> &
		Partial<Pick<SignableRequest, 'payloadHash'>> &
		Signer & { readonly expiresSeconds: number },
): string {
	const { credentials, expiresSeconds, payloadHash = UNSIGNED_PAYLOAD } = request;
	if (
		!Number.isInteger(expiresSeconds) ||
		expiresSeconds < 1 ||
		expiresSeconds > MAX_PRESIGN_SECONDS
	) {
		throw new TypeError(
			`A presigned URL cannot expire after ${expiresSeconds} seconds: ` +
				'give a whole number from 1 to 604,800 (7 days)',
		);
	}
	const date = amzDate(request.at);
	const scope = credentialScope(date, request);
	const query = encodeQuery([
		...queryPairs(request.query),
		['X-Amz-Algorithm', ALGORITHM],
		['X-Amz-Credential', `${credentials.accessKeyId}/${scope}`],
		['X-Amz-Date', date],
		['X-Amz-Expires', expiresSeconds],
		['X-Amz-Security-Token', credentials.sessionToken || undefined],
		['X-Amz-SignedHeaders', canonicalHeaders(request.headers).names],
	]);
	const { text } = canonicalRequest({ ...request, query, payloadHash });
	const signed = signature(stringToSign(text, date, scope), date, request);
	return `${query}&X-Amz-Signature=${signed}`;
}
