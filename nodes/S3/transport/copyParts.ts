import { pump } from '../../shared/ground/pump';
import { cancelled } from '../../shared/resilience/deadline';
import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Copied } from './copy';
import type { Copy, SourceInfo } from './copySource';
import { CONTENT_HEADERS, copySource, whileStill } from './copySource';
import type { QueryPair } from './encode';
import { encodeQuery } from './encode';
import { successBody } from './failure';
import type { Part, UploadPlace } from './multipart';
import { abortUpload, completeUpload, createUpload } from './multipart';
import { keepTags, visibleTags } from './tagging';
import { headersOfKey } from './writeHeaders';
import { text } from './xml';

const MIB = 1024 * 1024;
const PART_BYTES = 128 * MIB;

/**
 * Copies by ranges, several at a time, all of the very object that was looked at (If-Match). What
 * was begun is aborted when anything fails.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
 */
export async function copyInParts(s3: S3Client, copy: Copy, source: SourceInfo): Promise<Copied> {
	if (!s3.quirks.copyParts) throw cannotCopyParts(copy, source);
	const { bucket, key } = copy.target;
	// Those of the source, unless others are given.
	const tags = 'x-amz-tagging' in copy.headers ? {} : await visibleTags(s3, copy.source);
	const headers: Record<string, string> = {
		...(!copy.replaceMetadata && carriedOver(source)),
		...(tags &&
			Object.keys(tags).length > 0 && { 'x-amz-tagging': encodeQuery(Object.entries(tags)) }),
		...copy.headers,
	};
	const place = await createUpload(s3, bucket, key, headers);
	let stored: Copied;
	try {
		const parts = await copyAll(s3, copy, source, place);
		const whole = await completeUpload(s3, place, parts);
		stored = { ...whole, parts: parts.length, ...(!tags && { tagsCopied: false }) };
	} catch (error) {
		const cleanUp = abortUpload(s3, place);
		// Who presses "Stop" does not wait for a server that may be down.
		if (!s3.signal.aborted) await cleanUp;
		throw error;
	}
	const { versionId } = stored;
	return {
		...stored,
		...(await keepTags(s3, { bucket, key, versionId }, headers['x-amz-tagging'])),
	};
}

async function copyAll(
	s3: S3Client,
	copy: Copy,
	source: SourceInfo,
	place: UploadPlace,
): Promise<Part[]> {
	const partBytes = partBytesFor(s3, copy, source);
	const parts = Array.from({ length: Math.ceil(source.size / partBytes) }, (_, index) => ({
		number: index + 1,
		size: Math.min(partBytes, source.size - index * partBytes),
		etag: '',
	}));
	const stop = new AbortController();
	const stopAll = () => stop.abort(s3.signal.reason);
	s3.signal.addEventListener('abort', stopAll, { once: true });
	let failure: Failure | undefined;
	const one = async (index: number) => {
		const part = parts[index];
		if (!part) return;
		const start = index * partBytes;
		const end = Math.min(start + partBytes, source.size);
		const request = { copy, place, part, start, end, signal: stop.signal };
		const copying = whileStill(s3, copy, source, async (condition) => {
			await copyPart(s3, request, condition);
		});
		await copying.catch((error: unknown) => {
			failure ??= toFailure(error);
			stop.abort(error);
		});
	};
	await pump(parts.length, Math.max(1, copy.parallel), one, () => stop.signal.aborted);
	s3.signal.removeEventListener('abort', stopAll);
	if (s3.signal.aborted) throw cancelled(s3.signal, 'rejected');
	if (failure) throw failure;
	return parts;
}

/** Large enough for the whole object in as many parts as the server takes. */
function partBytesFor({ quirks }: S3Client, { partBytes }: Copy, { size }: SourceInfo): number {
	const least = Math.ceil(size / quirks.maxParts / MIB) * MIB;
	return Math.max(quirks.minPartBytes, Math.floor(partBytes ?? PART_BYTES), least);
}

interface PartCopy {
	copy: Copy;
	place: UploadPlace;
	part: Part;
	start: number;
	/** exclusive */
	end: number;
	signal: AbortSignal;
}

async function copyPart(
	s3: S3Client,
	{ copy, place, part, start, end, signal }: PartCopy,
	condition: Record<string, string>,
): Promise<void> {
	const request = {
		operation: 'UploadPartCopy',
		method: 'PUT' as const,
		bucket: place.bucket,
		key: place.key,
		query: [
			['partNumber', part.number],
			['uploadId', place.uploadId],
		] as QueryPair[],
		headers: {
			...copy.sourceHeaders,
			...headersOfKey(copy.headers),
			'x-amz-copy-source': copySource(copy.source),
			'x-amz-copy-source-range': `bytes=${start}-${end - 1}`,
			...condition,
		},
		// The server copies while the client waits.
		attemptTimeoutMs: 600_000,
		signal,
	};
	part.etag = await s3.call(request, (received) => {
		const result = successBody('CopyPartResult', received, s3.clock.now());
		return text(result, 'ETag') ?? '';
	});
}

const carriedOver = ({ headers }: SourceInfo) =>
	Object.fromEntries(
		Object.entries(headers).filter(
			([name]) => CONTENT_HEADERS.includes(name) || name.startsWith('x-amz-meta-'),
		),
	);

const cannotCopyParts = ({ source: { key } }: Copy, { size }: SourceInfo) =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'COPY_TOO_LARGE',
		message: `"${key}" has ${size} bytes: too many for one copy, and this server cannot copy in parts`,
		hint: 'Download the object and upload it again.',
	});
