import { createHash } from 'node:crypto';
import { Failure } from '../../shared/resilience/failure';
import { abortOpenUpload } from './abortUpload';
import type { S3Client } from './client';
import { combineCrc32 } from './crc32';
import { crc32Bytes } from './digest';
import { checkUnderKey, tookKey } from './encryption';
import { readError, s3Failure, successBody } from './failure';
import type { ChecksumName, Integrity } from './integrity';
import { checkReturned, checksumHeader, guard, UNGUARDED } from './integrity';
import type { Stored } from './objects';
import { strong } from './headerValues';
import { unquoted } from './objectInfo';
import { afterLostAnswer, conditionFailed, storedBefore } from './objects';
import { headersOfKey, headersToBegin, headersToComplete } from './writeHeaders';
import { text, writeXml } from './xml';

/** A multipart upload that was created. */
export interface UploadPlace {
	bucket: string;
	key: string;
	uploadId: string;
	/** those that the object is to be stored with */
	headers: Record<string, string>;
	/** how its parts are guarded */
	integrity: Integrity;
	/** the server keeps the checksum of each part and of the whole */
	keepsChecksums: boolean;
	/** that of the whole is one of all bytes, not one of the checksums of the parts */
	fullObject: boolean;
	/** the server has said that it uses the key of SSE-C, or was sent none */
	underKey?: boolean;
	/** an earlier answer was lost, so that there may be another upload that nobody knows of */
	doubt?: Doubt;
}

/** When an upload may have been created whose name was in an answer that got lost. */
export interface Doubt {
	/** ms since 1970, by the server's clock */
	from: number;
	to: number;
}

export interface Part {
	/** from 1 */
	number: number;
	/** in bytes, where it is known */
	size?: number;
	etag: string;
	/** base64 */
	checksum?: string;
}

// Cleaning up must not be stopped by what made it necessary, nor hang on it for long.
export const CLEAN_UP_MS = 15_000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export async function createUpload(
	s3: S3Client,
	bucket: string,
	key: string,
	headers: Record<string, string>,
	integrity: Integrity = UNGUARDED,
): Promise<UploadPlace> {
	const { checksum } = integrity;
	const startedAt = s3.clock.now();
	const request = {
		operation: 'CreateMultipartUpload',
		method: 'POST' as const,
		bucket,
		key,
		query: [['uploads', '']] as Array<[string, string]>,
		headers: { ...headersToBegin(headers), ...(checksum && CHECKSUM_WISHES[checksum]) },
	};
	return await s3.call(request, (received, { lost }): UploadPlace => {
		const answer = successBody('InitiateMultipartUploadResult', received, s3.clock.now());
		const uploadId = text(answer, 'UploadId');
		if (uploadId) {
			const { headers: granted } = received;
			// Servers that do not know checksums, or only those of parts, do not say so otherwise.
			const keepsChecksums =
				checksum !== undefined && granted['x-amz-checksum-algorithm']?.toLowerCase() === checksum;
			const fullObject = keepsChecksums && granted['x-amz-checksum-type'] === 'FULL_OBJECT';
			const doubt = lost ? since(startedAt, granted.date, s3.clock.now()) : undefined;
			const underKey = tookKey(headers, granted);
			const place = { bucket, key, uploadId, headers, integrity, keepsChecksums, fullObject };
			return { ...place, underKey, doubt };
		}
		throw new Failure({
			kind: 'unavailable',
			phase: 'maybeDone',
			code: 'NO_UPLOAD_ID',
			message: 'The server began a multipart upload without naming it',
		});
	});
}

function since(startedAt: number, date: string | undefined, now: number): Doubt {
	const server = Date.parse(date ?? '');
	const ahead = Number.isNaN(server) ? 0 : server - now;
	return { from: startedAt + ahead, to: now + ahead };
}

// The checksum of all bytes can be compared by whoever reads them, in pieces of whatever size; for
// SHA-256 there is only the one of the parts' checksums.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
const CHECKSUM_WISHES: Record<ChecksumName, Record<string, string>> = {
	crc32: { 'x-amz-checksum-algorithm': 'CRC32', 'x-amz-checksum-type': 'FULL_OBJECT' },
	sha256: { 'x-amz-checksum-algorithm': 'SHA256' },
};

/**
 * Sends one part and notes its ETag and checksum in `part`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
 */
export async function uploadPart(
	s3: S3Client,
	{ bucket, key, uploadId, headers, integrity }: UploadPlace,
	part: Part,
	body: Buffer,
	signal: AbortSignal,
): Promise<void> {
	const guarded = await guard(body, integrity);
	const request = {
		operation: 'UploadPart',
		method: 'PUT' as const,
		bucket,
		key,
		query: [
			['partNumber', part.number],
			['uploadId', uploadId],
		] as Array<[string, string | number]>,
		headers: { ...headersOfKey(headers), ...guarded.headers },
		payloadHash: guarded.payloadHash,
		body,
		attemptTimeoutMs: 0,
		signal,
	};
	part.checksum = guarded.checksum;
	part.etag = await s3.call(request, ({ headers: answer }) => {
		checkReturned(`part ${part.number}`, integrity, guarded.checksum, answer);
		return strong(answer.etag ?? '');
	});
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeUpload(
	s3: S3Client,
	place: UploadPlace,
	parts: Part[],
): Promise<Stored> {
	const { bucket, key, uploadId, headers } = place;
	const whole = place.fullObject ? crc32Of(parts) : undefined;
	const request = {
		operation: 'CompleteMultipartUpload',
		method: 'POST' as const,
		bucket,
		key,
		query: [['uploadId', uploadId]] as Array<[string, string]>,
		headers: {
			...headersToComplete(headers),
			'content-type': 'application/xml',
			...(whole && { [checksumHeader('crc32')]: whole, 'x-amz-checksum-type': 'FULL_OBJECT' }),
		},
		body: Buffer.from(
			writeXml('CompleteMultipartUpload', { Part: parts.map((part) => listed(part, place)) }),
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
						? conditionFailed(bucket, key, headers)
						: s3Failure(status, answer, readError(status, answer, body, s3.redact), s3.clock.now());
				// After a lost answer the upload is gone because an earlier attempt completed it.
				if (lost) return { refusal, attempt };
				throw refusal;
			}
			const result = successBody('CompleteMultipartUploadResult', received, s3.clock.now());
			const etag = unquoted(text(result, 'ETag')) || compositeEtag(parts) || '';
			return { etag, versionId: answer['x-amz-version-id'] };
		},
	);
	if ('etag' in done) {
		if (!(place.underKey ?? tookKey(headers, {})))
			await checkUnderKey(s3, { bucket, key }, done.versionId);
		return done;
	}
	const evidence = { size: sizeOf(parts), etag: compositeEtag(parts), crc32: whole };
	return await storedBefore(s3, { bucket, key }, headers, evidence, () =>
		afterLostAnswer(done.refusal, done.attempt),
	);
}

function listed({ number, etag, checksum }: Part, { integrity, keepsChecksums }: UploadPlace) {
	const sum = keepsChecksums &&
		integrity.checksum && { [`Checksum${integrity.checksum.toUpperCase()}`]: checksum };
	return { PartNumber: number, ETag: etag, ...sum };
}

/** Of the whole, where it is known. */
export const sizeOf = (parts: Part[]): number | undefined =>
	parts.reduce<number | undefined>(
		(sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
		0,
	);

/** That of the whole, from those of the parts; base64. */
function crc32Of(parts: Part[]): string {
	const sum = parts.reduce((crc, { checksum = '', size = 0 }) => {
		const next = Buffer.from(checksum, 'base64').readUInt32BE();
		return combineCrc32(crc, next, size);
	}, 0);
	return crc32Bytes(sum).toString('base64');
}

/**
 * The ETag that AWS, Ceph, MinIO give an object of these parts: the MD5 of theirs, and how many they
 * are. Theirs are what the server gave them, be it an MD5 of the bytes or, encrypted, of something
 * else: nobody else's parts have the same.
 */
function compositeEtag(parts: Part[]): string | undefined {
	const etags = parts.map(({ etag }) => unquoted(etag));
	if (!etags.every((etag) => /^[0-9a-f]{32}$/i.test(etag))) return undefined;
	const all = Buffer.concat(etags.map((etag) => Buffer.from(etag, 'hex')));
	return `${createHash('md5').update(all).digest('hex')}-${parts.length}`;
}

/**
 * Frees the parts. Never throws: the reason for aborting matters more than that it failed, and a
 * lifecycle rule (AbortIncompleteMultipartUpload) gets what is left.
 */
export async function abortUpload(
	s3: S3Client,
	upload: Pick<UploadPlace, 'bucket' | 'key' | 'uploadId'>,
): Promise<void> {
	await abortOpenUpload(s3, upload, AbortSignal.timeout(CLEAN_UP_MS)).catch(() => {});
}
