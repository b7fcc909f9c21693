import { Failure } from '../../shared/resilience/failure';
import type { S3Client, Signing } from './client';
import type { QueryPair } from './encode';
import { encodeQuery } from './encode';
import { isCustomerKey } from './encryption';
import { isAmazon } from './endpoint';
import { invalidInput } from './failure';
import type { Credentials } from './sign';
import { MAX_PRESIGN_SECONDS, presign } from './sign';

/** What somebody without keys may do, for a while. */
export interface Grant {
	bucket: string;
	/** in seconds */
	expiresIn: number;
	/**
	 * Ask Amazon once per bucket and run where the bucket is: a URL signed for another region does not
	 * work, and nobody would notice here. Other servers are never asked.
	 */
	askRegion: boolean;
}

export interface UrlGrant extends Grant {
	method: 'GET' | 'HEAD' | 'PUT';
	key: string;
	query?: QueryPair[];
	/** lower-case names; who uses the URL must send them exactly */
	headers?: Record<string, string>;
}

export interface PresignedUrl {
	method: string;
	url: string;
	/** to be sent along, exactly */
	headers: Record<string, string>;
	/** ISO 8601, by the server's clock */
	expiresAt: string;
	/** what can keep it from working */
	warnings: string[];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html */
export async function presignedUrl(s3: S3Client, grant: UrlGrant): Promise<PresignedUrl> {
	const { key, method, query = [], headers = {}, expiresIn } = grant;
	const seconds = checkedSeconds(expiresIn);
	checkHeaders(headers);
	const place = await signingPlace(s3, grant, key);
	const payer: QueryPair[] = place.requesterPays ? [['x-amz-request-payer', 'requester']] : [];
	const signed = presign({
		...place,
		method,
		query: encodeQuery([...query, ...payer]),
		headers: { ...headers, host: place.host },
		service: 's3',
		expiresSeconds: seconds,
	});
	const { expiresAt, warnings } = endOf(place, seconds);
	return {
		method,
		url: `${place.origin}${place.path}?${signed}`,
		headers,
		expiresAt,
		warnings: [...warnings, ...pathWarnings(place.path)],
	};
}

export type SigningPlace = Signing & { credentials: Credentials };

/** @throws Failure without keys, or where Amazon has no such bucket */
export async function signingPlace(
	s3: S3Client,
	{ bucket, askRegion }: Grant,
	key?: string,
): Promise<SigningPlace> {
	const place = await s3.signing(bucket, key);
	if (!place.credentials) throw withoutKeys();
	if (!askRegion || !isAmazon(place.host)) return { ...place, credentials: place.credentials };
	await learnRegion(s3, bucket);
	return { ...(await s3.signing(bucket, key)), credentials: place.credentials };
}

const asked = new WeakMap<S3Client, Map<string, Promise<void>>>();

/** The client keeps the region that a redirect names. */
async function learnRegion(s3: S3Client, bucket: string): Promise<void> {
	const known = asked.get(s3) ?? new Map<string, Promise<void>>();
	asked.set(s3, known);
	const question = known.get(bucket) ?? askForRegion(s3, bucket);
	known.set(bucket, question);
	// Only an answer is kept, so that the next item may ask again.
	question.catch(() => known.delete(bucket));
	await question;
}

async function askForRegion(s3: S3Client, bucket: string): Promise<void> {
	try {
		await s3.call({ operation: 'HeadBucket', method: 'HEAD', bucket }, () => {});
	} catch (error) {
		// Not allowed to look at the bucket: the redirect to its region has come before this.
		if (!(error instanceof Failure) || error.status !== 403) throw error;
	}
}

const withoutKeys = () =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'ANONYMOUS_CREDENTIAL',
		message: 'A URL cannot be presigned without keys, and this credential is anonymous',
		hint: 'Choose a credential with keys. A public object needs no signature: its plain URL will do.',
	});

/** @throws Failure that names the field */
export function checkedSeconds(seconds: number): number {
	if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_PRESIGN_SECONDS) return seconds;
	throw invalidInput(
		`"Expires In" must be a whole number of seconds from 1 to 604,800 (7 days), but is ${seconds}`,
	);
}

/**
 * When it ends, and a warning where that is earlier than was asked for, or cannot be known.
 * Signatures count in whole seconds.
 */
export function endOf(
	{ at, credentials }: SigningPlace,
	seconds: number,
): { wanted: string; expiresAt: string; warnings: string[] } {
	const end = (Math.floor(at / 1000) + seconds) * 1000;
	const { sessionToken, expiresAt: keysEnd = sessionToken ? undefined : Infinity } = credentials;
	const wanted = new Date(end).toISOString();
	if (keysEnd === undefined) return { wanted, expiresAt: wanted, warnings: [UNKNOWN_END] };
	if (keysEnd >= end) return { wanted, expiresAt: wanted, warnings: [] };
	return { wanted, expiresAt: new Date(keysEnd).toISOString(), warnings: [EARLY_END] };
}

const UNKNOWN_END =
	'Signed with temporary credentials: it stops working when they expire, even before the time in expiresAt.';
const EARLY_END =
	'Signed with temporary credentials: it stops working when they expire, which is earlier than was asked for.';

// Programs differ in the bytes that they make of other characters, and the signature knows only one form.
const PLAIN = /^[\x20-\x7e]*$/;

function checkHeaders(headers: Record<string, string>): void {
	refuseCustomerKey(headers);
	for (const [name, value] of Object.entries(headers)) {
		if (PLAIN.test(value) && value === value.trim()) continue;
		throw invalidInput(
			`The header ${name} of a presigned URL may hold only ASCII characters, without spaces around ` +
				`them, but is ${JSON.stringify(value)}: write it percent-encoded`,
		);
	}
}

/** The row would hold the key, for whoever gets the URL must send it. @throws Failure */
export function refuseCustomerKey(headers: Record<string, string>): void {
	if (!Object.keys(headers).some(isCustomerKey)) return;
	throw invalidInput(
		'"Encryption" cannot be a customer key (SSE-C) here: whoever gets the URL would need the key',
	);
}

const pathWarnings = (path: string): string[] =>
	/\/\.{1,2}(\/|$)/.test(path)
		? [
				'The key has "." or ".." between slashes. Browsers and most programs fold these away before they send, which breaks the signature; curl needs --path-as-is.',
			]
		: [];
