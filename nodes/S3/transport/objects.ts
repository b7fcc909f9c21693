import { createHash } from 'node:crypto';
import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { metadataOf } from './metadata';

export interface ObjectInfo {
	bucket: string;
	key: string;
	/** in bytes */
	size: number;
	/** without the quotes */
	etag: string;
	contentType?: string;
	/** ISO 8601 */
	lastModified?: string;
	storageClass?: string;
	versionId?: string;
	/** x-amz-meta-* without the prefix */
	metadata: Record<string, string>;
}

/** Ceph leaves the quotes out where AWS has them. */
export const unquoted = (etag: string | undefined): string => (etag ?? '').replace(/^"|"$/g, '');

/** What the headers of a GET or HEAD answer say of an object. */
export function infoOf(
	bucket: string,
	key: string,
	headers: Record<string, string>,
	size: number,
): ObjectInfo {
	const modified = Date.parse(headers['last-modified'] ?? '');
	return {
		bucket,
		key,
		size,
		etag: unquoted(headers.etag),
		...(headers['content-type'] && { contentType: headers['content-type'] }),
		...(!Number.isNaN(modified) && { lastModified: new Date(modified).toISOString() }),
		...(headers['x-amz-storage-class'] && { storageClass: headers['x-amz-storage-class'] }),
		...(headers['x-amz-version-id'] && { versionId: headers['x-amz-version-id'] }),
		metadata: metadataOf(headers),
	};
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export async function headObject(s3: S3Client, bucket: string, key: string): Promise<ObjectInfo> {
	return await s3.call({ operation: 'HeadObject', method: 'HEAD', bucket, key }, ({ headers }) =>
		infoOf(bucket, key, headers, Number(headers['content-length'] ?? 0)),
	);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export async function deleteObject(s3: S3Client, bucket: string, key: string): Promise<void> {
	await s3.call({ operation: 'DeleteObject', method: 'DELETE', bucket, key }, () => {});
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
