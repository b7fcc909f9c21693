import { createHash } from 'node:crypto';
import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { readError, s3Failure, successBody } from './failure';
import type { Stored } from './objects';
import { unquoted } from './objectInfo';
import { afterLostAnswer, existsAlready, storedBefore } from './objects';
import { headersOfKey, headersToBegin, headersToComplete } from './writeHeaders';
import { text, writeXml } from './xml';

export interface UploadPlace {
	bucket: string;
	key: string;
	uploadId: string;
	/** those that the upload was begun with */
	headers: Record<string, string>;
}

export interface Part {
	/** from 1 */
	number: number;
	etag: string;
	/** hex */
	md5: string;
}

// Cleaning up must not be stopped by what made it necessary, nor hang on it for long.
const CLEAN_UP_MS = 15_000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export async function createUpload(
	s3: S3Client,
	bucket: string,
	key: string,
	headers: Record<string, string>,
): Promise<string> {
	const request = {
		operation: 'CreateMultipartUpload',
		method: 'POST' as const,
		bucket,
		key,
		query: [['uploads', '']] as Array<[string, string]>,
		headers: headersToBegin(headers),
	};
	return await s3.call(request, (received) => {
		const answer = successBody('InitiateMultipartUploadResult', received, s3.clock.now());
		const uploadId = text(answer, 'UploadId');
		if (uploadId) return uploadId;
		throw new Failure({
			kind: 'unavailable',
			phase: 'maybeDone',
			code: 'NO_UPLOAD_ID',
			message: 'The server began a multipart upload without naming it',
		});
	});
}

/**
 * Sends one part and notes its ETag and MD5 in `part`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
 */
export async function uploadPart(
	s3: S3Client,
	{ bucket, key, uploadId, headers }: UploadPlace,
	part: Part,
	body: Buffer,
	signal: AbortSignal,
): Promise<void> {
	const md5 = createHash('md5').update(body).digest();
	const request = {
		operation: 'UploadPart',
		method: 'PUT' as const,
		bucket,
		key,
		query: [
			['partNumber', part.number],
			['uploadId', uploadId],
		] as Array<[string, string | number]>,
		headers: { ...headersOfKey(headers), 'content-md5': md5.toString('base64') },
		body,
		attemptTimeoutMs: 0,
		signal,
	};
	part.md5 = md5.toString('hex');
	part.etag = await s3.call(request, ({ headers: answer }) => answer.etag ?? '');
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeUpload(
	s3: S3Client,
	{ bucket, key, uploadId, headers }: UploadPlace,
	parts: Part[],
	size: number,
): Promise<Stored> {
	const request = {
		operation: 'CompleteMultipartUpload',
		method: 'POST' as const,
		bucket,
		key,
		query: [['uploadId', uploadId]] as Array<[string, string]>,
		headers: {
			'content-type': 'application/xml',
			...headersToComplete(headers),
		},
		body: Buffer.from(
			writeXml('CompleteMultipartUpload', {
				Part: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })),
			}),
		),
		// The server assembles the object while the client waits.
		attemptTimeoutMs: 600_000,
		accept: [404, 412],
	};
	const done = await s3.call<Stored | { refusal: Failure; attempt: number }>(
		request,
		(received, { attempt, lost }) => {
			const { status, headers: answer, body } = received;
			if (status === 412 || status === 404) {
				const refusal =
					status === 412
						? existsAlready(bucket, key)
						: s3Failure(status, answer, readError(status, answer, body, s3.redact), s3.clock.now());
				// After a lost answer the upload is gone because an earlier attempt completed it.
				if (lost) return { refusal, attempt };
				throw refusal;
			}
			const result = successBody('CompleteMultipartUploadResult', received, s3.clock.now());
			const etag = unquoted(text(result, 'ETag')) || compositeEtag(parts);
			return { etag, versionId: answer['x-amz-version-id'] };
		},
	);
	if ('etag' in done) return done;
	return await storedBefore(s3, { bucket, key, etag: compositeEtag(parts), size }, () =>
		afterLostAnswer(done.refusal, done.attempt),
	);
}

/** The ETag of a multipart object on AWS, Ceph, MinIO: MD5 of the MD5s, and the number of parts. */
function compositeEtag(parts: Part[]): string {
	const all = Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, 'hex')));
	return `${createHash('md5').update(all).digest('hex')}-${parts.length}`;
}

/**
 * Frees the parts. Never throws: the reason for aborting matters more than that it failed, and a
 * lifecycle rule (AbortIncompleteMultipartUpload) gets what is left.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 */
export async function abortUpload(
	s3: S3Client,
	{ bucket, key, uploadId }: UploadPlace,
): Promise<void> {
	const request = {
		operation: 'AbortMultipartUpload',
		method: 'DELETE' as const,
		bucket,
		key,
		query: [['uploadId', uploadId]] as Array<[string, string]>,
		signal: AbortSignal.timeout(CLEAN_UP_MS),
		accept: [404],
	};
	await s3.call(request, () => {}).catch(() => {});
}
