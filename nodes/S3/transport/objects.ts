import { createHash } from 'node:crypto';
import { Failure } from '../../shared/resilience/failure';
import type { S3Client, S3Request } from './client';
import { checkUnderKey, tookKey } from './encryption';
import type { Integrity } from './integrity';
import { checkReturned, digests, guard, integrityOf } from './integrity';
import type { ObjectInfo } from './objectInfo';
import { infoOf, unquoted } from './objectInfo';
import type { ReadOptions } from './readHeaders';
import { readRequest } from './readHeaders';
import { headersOfKey } from './writeHeaders';

/**
 * What a server says of an object without sending it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 * @throws Failure NotModified where the object does not meet the condition
 */
export async function headObject(
	s3: S3Client,
	bucket: string,
	key: string,
	options: ReadOptions = {},
): Promise<ObjectInfo> {
	const request = {
		operation: 'HeadObject',
		method: 'HEAD' as const,
		bucket,
		key,
		...readRequest(s3, options),
		accept: [304],
	};
	return await s3.call(request, ({ status, headers }) => {
		if (status === 304) throw notModified(bucket, key);
		return infoOf(bucket, key, headers, Number(headers['content-length'] ?? 0));
	});
}

const notModified = (bucket: string, key: string) =>
	new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'NotModified',
		status: 304,
		message: `"${key}" in bucket "${bucket}" is still the one that is known`,
		hint: 'The condition asks for another ETag or a later change.',
	});

interface Place {
	bucket: string;
	key: string;
}

export interface Stored {
	etag: string;
	versionId?: string;
}

/** Base64 MD5, as Content-MD5 wants it (RFC 1864). */
export const contentMd5 = (body: Buffer): string => createHash('md5').update(body).digest('base64');

/**
 * One request; for up to 5 GiB, and only what is in memory anyway.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export async function putObject(
	s3: S3Client,
	bucket: string,
	key: string,
	body: Buffer,
	headers: Record<string, string>,
	integrity: Integrity = integrityOf(s3, 'automatic', headers),
): Promise<Stored> {
	const guarded = await guard(body, integrity);
	const put = {
		bucket,
		key,
		body,
		headers: { ...headers, ...guarded.headers },
		payloadHash: guarded.payloadHash,
	};
	return await sendObject(s3, put, headers, {
		check: (answer) => checkReturned('the object', integrity, guarded.checksum, answer),
		evidence: async () => {
			const { md5, crc32 } = await digests(body, ['md5', 'crc32']);
			return {
				size: body.length,
				etag: md5?.toString('hex'),
				crc32: crc32?.toString('base64'),
			};
		},
	});
}

/**
 * PutObject, whatever its body is.
 * @param headers of the object, without those that guard the body
 */
export async function sendObject(
	s3: S3Client,
	put: Pick<S3Request, 'body' | 'content' | 'headers' | 'payloadHash'> & Place,
	headers: Record<string, string>,
	{
		check,
		evidence,
	}: { check?(answer: Record<string, string>): void; evidence(): Promise<Evidence> },
): Promise<Stored> {
	const { bucket, key } = put;
	const request = {
		operation: 'PutObject',
		method: 'PUT' as const,
		...put,
		attemptTimeoutMs: 0,
		// With a condition the second attempt would meet what the first one wrote.
		accept: headers['if-none-match'] || headers['if-match'] ? [412] : [],
	};
	let underKey = true;
	const stored = await s3.call<Stored | { attempt: number }>(
		request,
		({ status, headers: answer }, { attempt, lost }) => {
			if (status !== 412) {
				check?.(answer);
				underKey = tookKey(headers, answer);
				return { etag: unquoted(answer.etag), versionId: answer['x-amz-version-id'] };
			}
			if (lost) return { attempt };
			throw conditionFailed(bucket, key, headers);
		},
	);
	if ('etag' in stored) {
		if (!underKey) await checkUnderKey(s3, { bucket, key }, stored.versionId);
		return stored;
	}
	return await storedBefore(s3, { bucket, key }, headers, await evidence(), () =>
		afterLostAnswer(conditionFailed(bucket, key, headers), stored.attempt),
	);
}

/** What an object must have to be the one that was sent. */
export interface Evidence {
	/** in bytes, where it is known */
	size?: number;
	/** MD5 in hex, or that of the parts; encrypted objects have another one */
	etag?: string;
	/** base64, of all bytes */
	crc32?: string;
}

/**
 * After a lost answer: the object, if it is what an earlier attempt would have stored.
 * @param headers it was to be stored with
 * @param otherwise what to throw if it is another one, or if nobody can tell
 */
export async function storedBefore(
	s3: S3Client,
	{ bucket, key }: Place,
	headers: Record<string, string>,
	evidence: Evidence,
	otherwise: () => Failure,
): Promise<Stored> {
	const request = {
		operation: 'HeadObject',
		method: 'HEAD' as const,
		bucket,
		key,
		headers: { ...headersOfKey(headers), 'x-amz-checksum-mode': 'ENABLED' },
	};
	const found = await s3.call(request, ({ headers: answer }) => answer).catch(() => undefined);
	if (!found) throw otherwise();
	const { size } = evidence;
	if (size !== undefined && Number(found['content-length']) !== size) throw otherwise();
	const etag = unquoted(found.etag);
	const crc32 = found['x-amz-checksum-crc32'];
	// That of an object in parts may be one of the checksums of its parts: "...-3".
	const comparable = evidence.crc32 !== undefined && crc32 !== undefined && !crc32.includes('-');
	const isSame = comparable ? crc32 === evidence.crc32 : etag === evidence.etag;
	if (!isSame) throw otherwise();
	return { etag, versionId: found['x-amz-version-id'] };
}

/** The failure of a call whose effect nobody can know: encrypted objects have other ETags. */
export const afterLostAnswer = (failure: Failure, attempts: number): Failure =>
	Object.assign(failure.inPhase('maybeDone'), { attempts });

/** 412, in the words of the option that asked for it. */
export const conditionFailed = (
	bucket: string,
	key: string,
	headers: Record<string, string>,
): Failure =>
	new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'PreconditionFailed',
		status: 412,
		...(headers['if-match']
			? {
					message: `"${key}" in bucket "${bucket}" is not the object with the ETag ${headers['if-match']}`,
					hint: 'Somebody has changed it meanwhile: read it again.',
				}
			: {
					message: `"${key}" exists already in bucket "${bucket}"`,
					hint: 'Switch off "Only If New" to overwrite it.',
				}),
	});
