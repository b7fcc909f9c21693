import { createHash } from 'node:crypto';
import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { ObjectInfo } from './objectInfo';
import { infoOf, unquoted } from './objectInfo';
import type { ReadOptions } from './readHeaders';
import { readRequest } from './readHeaders';

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
): Promise<Stored> {
	const request = {
		operation: 'PutObject',
		method: 'PUT' as const,
		bucket,
		key,
		body,
		headers: { ...headers, 'content-md5': contentMd5(body) },
		attemptTimeoutMs: 0,
		// With a condition the second attempt would meet what the first one wrote.
		accept: headers['if-none-match'] ? [412] : [],
	};
	const stored = await s3.call<Stored | { attempt: number }>(
		request,
		({ status, headers: answer }, { attempt, lost }) => {
			if (status !== 412)
				return { etag: unquoted(answer.etag), versionId: answer['x-amz-version-id'] };
			if (lost) return { attempt };
			throw existsAlready(bucket, key);
		},
	);
	if ('etag' in stored) return stored;
	const etag = createHash('md5').update(body).digest('hex');
	return await storedBefore(s3, { bucket, key, etag, size: body.length }, () =>
		afterLostAnswer(existsAlready(bucket, key), stored.attempt),
	);
}

/**
 * After a lost answer: the object, if it is what an earlier attempt would have stored.
 * @param otherwise what to throw if it is another one, or if nobody can tell
 */
export async function storedBefore(
	s3: S3Client,
	{ bucket, key, etag, size }: { bucket: string; key: string; etag: string; size: number },
	otherwise: () => Failure,
): Promise<Stored> {
	const found = await headObject(s3, bucket, key).catch(() => undefined);
	if (found?.etag !== etag || found.size !== size) throw otherwise();
	return { etag, versionId: found.versionId };
}

/** The failure of a call whose effect nobody can know: encrypted objects have other ETags. */
export const afterLostAnswer = (failure: Failure, attempts: number): Failure =>
	Object.assign(failure.inPhase('maybeDone'), { attempts });

export const existsAlready = (bucket: string, key: string): Failure =>
	new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'PreconditionFailed',
		status: 412,
		message: `"${key}" exists already in bucket "${bucket}"`,
		hint: 'Switch off "Only If New" to overwrite it.',
	});
