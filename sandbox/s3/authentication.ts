import { checkDate, readCredential, type Credential } from './credential.ts';
import { S3Error, type ErrorDetails } from './errors.ts';
import type { S3Request } from './request.ts';
import { canonicalRequest, sign, signingKey, stringToSign, type CredentialScope } from './sigv4.ts';
import { anonymous } from './users.ts';

export interface Account {
	accessKeyId: string;
	secretAccessKey: string;
	/** Set for temporary credentials: every request must carry it. */
	sessionToken?: string;
	/** When temporary credentials end, in milliseconds. */
	expiresAt?: number;
	/** The role that they were issued for. */
	arn?: string;
	/** Who the keys belong to; all accounts without one are the same user, who owns what they create. */
	user?: string;
	/** Buckets the account may see; all when absent. */
	buckets?: string[];
}

/** What `x-amz-content-sha256` says about the body. */
export type Payload =
	| { kind: 'hash'; sha256: string }
	| { kind: 'unsigned' }
	| { kind: 'chunked'; signed: boolean; trailer: boolean };

export interface Identity {
	account: Account;
	payload: Payload;
	/** What the signatures of chunks build upon. */
	seed: { key: Buffer; scope: CredentialScope; timestamp: string; signature: string };
}

export const MAX_SKEW_MS = 15 * 60 * 1000;

function readPayload(value: string): Payload {
	switch (value) {
		case 'UNSIGNED-PAYLOAD':
			return { kind: 'unsigned' };
		case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
			return { kind: 'chunked', signed: true, trailer: false };
		case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
			return { kind: 'chunked', signed: true, trailer: true };
		case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
			return { kind: 'chunked', signed: false, trailer: true };
	}
	if (/^[0-9a-f]{64}$/.test(value)) return { kind: 'hash', sha256: value };
	throw new S3Error('InvalidArgument', {
		message:
			'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
		elements: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: value },
	});
}

function payloadHash(request: S3Request, credential: Credential): string {
	const header = request.headers.get('x-amz-content-sha256');
	if (credential.presigned) {
		return header ?? request.query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
	}
	if (header !== undefined) return header;
	throw new S3Error('InvalidRequest', {
		message: 'Missing required header for this request: x-amz-content-sha256',
	});
}

/** Unsigned `x-amz-*` headers could be added by anybody on the way, so S3 refuses them. */
function checkSignedHeaders(request: S3Request, signedHeaders: readonly string[]): void {
	const unsigned = [...request.headers.keys()].filter(
		(name) => (name === 'host' || name.startsWith('x-amz-')) && !signedHeaders.includes(name),
	);
	if (unsigned.length > 0) {
		throw new S3Error('AccessDenied', {
			message: 'There were headers present in the request which were not signed',
			elements: { HeadersNotSigned: unsigned.join(', ') },
		});
	}
}

function checkTime({ timestamp, time, expiresIn }: Credential, now: number): void {
	if (expiresIn !== undefined && now > time + expiresIn * 1000) {
		throw new S3Error('AccessDenied', {
			message: 'Request has expired',
			elements: {
				'X-Amz-Expires': expiresIn,
				Expires: new Date(time + expiresIn * 1000).toISOString(),
				ServerTime: new Date(now).toISOString(),
			},
		});
	}
	// A presigned request may be old, but not from the future.
	const skew = expiresIn === undefined ? Math.abs(now - time) : time - now;
	if (skew > MAX_SKEW_MS) {
		throw new S3Error('RequestTimeTooSkewed', {
			elements: {
				RequestTime: timestamp,
				ServerTime: new Date(now).toISOString(),
				MaxAllowedSkewMilliseconds: MAX_SKEW_MS,
			},
		});
	}
}

function checkScope({ scope, presigned }: Credential, region: string, service: string): void {
	const problem =
		scope.service !== service
			? `incorrect service "${scope.service}". This endpoint belongs to "${service}".`
			: scope.region !== region
				? `the region '${scope.region}' is wrong; expecting '${region}'`
				: undefined;
	if (problem === undefined) return;
	const details: ErrorDetails =
		scope.service === service
			? { elements: { Region: region }, headers: { 'x-amz-bucket-region': region } }
			: {};
	throw presigned
		? new S3Error('AuthorizationQueryParametersError', {
				message: `Error parsing the X-Amz-Credential parameter; ${problem}`,
				...details,
			})
		: new S3Error('AuthorizationHeaderMalformed', {
				message: `The authorization header is malformed; ${problem}`,
				...details,
			});
}

/**
 * Whose keys they are that a request was signed with.
 * @param token that of the session, as the request has it
 * @param now milliseconds since 1970
 * @throws S3Error InvalidAccessKeyId, InvalidToken, ExpiredToken
 */
export function accountWithKey(
	accounts: readonly Account[],
	accessKeyId: string,
	token: string | undefined,
	now: number,
): Account {
	const account = accounts.find((one) => one.accessKeyId === accessKeyId);
	// Amazon does not know a temporary access key that comes without its token.
	if (!account || (account.sessionToken !== undefined && token === undefined))
		throw new S3Error('InvalidAccessKeyId', { elements: { AWSAccessKeyId: accessKeyId } });
	if (token !== account.sessionToken)
		throw new S3Error('InvalidToken', { elements: { 'Token-0': token ?? '' } });
	if (account.expiresAt !== undefined && now >= account.expiresAt)
		throw new S3Error('ExpiredToken');
	return account;
}

/** A request without a signature; what it may do is for policies and ACLs to say. */
function stranger(request: S3Request): Identity {
	const hash = request.headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD';
	const payload = readPayload(hash);
	// Nobody can sign chunks without a key.
	if (payload.kind === 'chunked' && payload.signed) throw new S3Error('AccessDenied');
	const scope = { date: '', region: '', service: 's3' };
	const seed = { key: Buffer.alloc(0), scope, timestamp: '', signature: '' };
	return { account: anonymous, payload, seed };
}

/**
 * Finds out who signed a request and whether the signature holds.
 * @param region the region the bucket lives in, which the credential scope must name
 * @param now milliseconds since 1970
 * @param sts of a request to the STS: the hash of its body, which stands in no header there
 * @throws S3Error with the code Amazon gives for the first thing that is wrong
 */
export function authenticate(
	request: S3Request,
	accounts: readonly Account[],
	region: string,
	now: number,
	sts?: { sha256: string },
): Identity {
	const credential = readCredential(request);
	if (!credential) return stranger(request);
	const { scope, timestamp, signedHeaders } = credential;
	checkScope(credential, region, sts ? 'sts' : 's3');
	const account = accountWithKey(accounts, credential.accessKeyId, credential.token, now);
	checkTime(credential, now);
	checkDate(request, credential);
	checkSignedHeaders(request, signedHeaders);
	const hash = sts?.sha256 ?? payloadHash(request, credential);
	const payload = readPayload(hash);
	const canonical = canonicalRequest({
		method: request.method,
		path: request.rawPath,
		query: request.rawQuery,
		headers: request.rawHeaders,
		signedHeaders,
		payloadHash: hash,
	});
	const text = stringToSign(timestamp, scope, canonical);
	const key = signingKey(account.secretAccessKey, scope);
	if (sign(key, text) !== credential.signature) {
		throw new S3Error('SignatureDoesNotMatch', {
			elements: {
				AWSAccessKeyId: account.accessKeyId,
				StringToSign: text,
				SignatureProvided: credential.signature,
				StringToSignBytes: Buffer.from(text, 'latin1').toString('hex'),
				CanonicalRequest: canonical,
				CanonicalRequestBytes: Buffer.from(canonical, 'latin1').toString('hex'),
			},
		});
	}
	return {
		account,
		payload,
		seed: { key, scope, timestamp, signature: credential.signature },
	};
}
