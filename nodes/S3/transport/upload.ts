import type { Readable } from 'node:stream';
import { cancelled } from '../../shared/resilience/deadline';
import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Part } from './multipart';
import { abortUpload, completeUpload, createUpload, uploadPart } from './multipart';
import type { Stored } from './objects';
import { putObject } from './objects';
import { PartBuffers } from './partBuffers';

const MIB = 1024 * 1024;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * MIB;
const MAX_PART_BYTES = 1024 * MIB; // of 5 GiB: a part is held in memory
const MAX_PARTS = 10_000;

export interface Upload {
	bucket: string;
	key: string;
	source: Readable;
	/** in bytes, where it is known */
	size?: number;
	/** Content-Type and so on, lower-case names */
	headers: Record<string, string>;
	partBytes: number;
	/** parts on the way at the same time */
	parallel: number;
}

/**
 * Stores a stream of any length as one object: in one request where it fits into a part, else as a
 * multipart upload, which is aborted when anything fails. Memory stays at a few parts.
 */
export async function upload(
	s3: S3Client,
	options: Upload,
): Promise<Stored & { size: number; parts: number }> {
	const { bucket, key, source, size, headers, parallel } = options;
	const partBytes = partBytesFor(options);
	const single = size !== undefined && size <= partBytes;
	const buffers = new PartBuffers(
		single ? Math.max(1, size) : partBytes,
		single ? 1 : parallel + 1,
	);
	const reader = new PartReader(source, s3.signal);
	const stopReading = () => void source.destroy();
	s3.signal.addEventListener('abort', stopReading, { once: true });
	try {
		const first = await buffers.take(s3.signal);
		const length = await reader.fill(first);
		if (single || length < first.length || (await reader.ended())) {
			await checkLength(reader, size);
			const stored = await putObject(s3, bucket, key, first.subarray(0, length), headers);
			return { ...stored, size: length, parts: 1 };
		}
		return await inParts(s3, { ...options, reader, buffers, first });
	} finally {
		s3.signal.removeEventListener('abort', stopReading);
		source.destroy();
		buffers.close();
	}
}

/** Large enough for the whole file in 10,000 parts. */
function partBytesFor({ size = 0, partBytes }: Upload): number {
	const least = Math.ceil(size / MAX_PARTS / MIB) * MIB;
	return Math.max(MIN_PART_BYTES, Math.min(MAX_PART_BYTES, Math.floor(partBytes)), least);
}

interface InParts extends Upload {
	reader: PartReader;
	buffers: PartBuffers;
	first: Buffer;
}

async function inParts(
	s3: S3Client,
	{ bucket, key, headers, size, reader, buffers, first }: InParts,
) {
	const uploadId = await createUpload(s3, bucket, key, headers);
	const place = { bucket, key, uploadId, headers };
	const parts: Part[] = [];
	const onTheWay = new Set<Promise<void>>();
	const stop = new AbortController();
	const stopAll = () => stop.abort(s3.signal.reason);
	s3.signal.addEventListener('abort', stopAll, { once: true });
	let failure: unknown;
	const send = (buffer: Buffer, length: number) => {
		const index = parts.length;
		const part: Part = { number: index + 1, etag: '', md5: '' };
		parts.push(part);
		const sending = uploadPart(s3, place, part, buffer.subarray(0, length), stop.signal)
			.catch((error: unknown) => {
				failure ??= error;
				stop.abort(error);
			})
			.finally(() => {
				buffers.put(buffer);
				onTheWay.delete(sending);
			});
		onTheWay.add(sending);
	};
	try {
		send(first, first.length);
		while (!stop.signal.aborted) {
			const buffer = await buffers.take(s3.signal);
			if (stop.signal.aborted) break;
			const length = await reader.fill(buffer);
			if (length === 0) break;
			if (parts.length === MAX_PARTS) throw tooManyParts();
			send(buffer, length);
		}
		await Promise.all(onTheWay);
		if (failure !== undefined) throw failure;
		if (s3.signal.aborted) throw cancelled(s3.signal, 'rejected');
		await checkLength(reader, size);
		const stored = await completeUpload(s3, place, parts, reader.bytes);
		return { ...stored, size: reader.bytes, parts: parts.length };
	} catch (error) {
		stop.abort(error);
		await Promise.all(onTheWay);
		const cleanUp = abortUpload(s3, place);
		// Who presses "Stop" does not wait for a server that may be down.
		if (!s3.signal.aborted) await cleanUp;
		throw error;
	} finally {
		s3.signal.removeEventListener('abort', stopAll);
	}
}

async function checkLength(reader: PartReader, size: number | undefined): Promise<void> {
	const ended = await reader.ended();
	if (size === undefined || (ended && reader.bytes === size)) return;
	throw new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'SOURCE_LENGTH',
		message: `The file should have ${size} bytes but ${ended ? `ended after ${reader.bytes}` : 'has more'}: nothing was stored`,
		hint: 'The file changed or was cut off before it came here: produce it again.',
	});
}

const tooManyParts = () =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'TOO_MANY_PARTS',
		message: `The file does not fit into ${MAX_PARTS} parts`,
		hint: 'Raise "Part Size".',
	});

/** Cuts a stream, whatever the size of its chunks, into buffers that are full but for the last. */
class PartReader {
	bytes = 0;
	private readonly chunks: AsyncIterator<Buffer | string>;
	private rest: Buffer = Buffer.alloc(0);

	constructor(
		source: Readable,
		private readonly signal: AbortSignal,
	) {
		// It may break before anyone reads; the reader still gets the error.
		source.on('error', () => {});
		this.chunks = (source as AsyncIterable<Buffer | string>)[Symbol.asyncIterator]();
	}

	/** @returns how many bytes are in it now: less than its length only at the end of the stream */
	async fill(buffer: Buffer): Promise<number> {
		let filled = 0;
		while (filled < buffer.length && !(await this.ended())) {
			const copied = this.rest.copy(buffer, filled);
			this.rest = this.rest.subarray(copied);
			filled += copied;
		}
		this.bytes += filled;
		return filled;
	}

	async ended(): Promise<boolean> {
		while (this.rest.length === 0) {
			const { done, value } = await this.next();
			if (done) return true;
			this.rest = typeof value === 'string' ? Buffer.from(value) : value;
		}
		return false;
	}

	private async next(): Promise<IteratorResult<Buffer | string>> {
		try {
			return await this.chunks.next();
		} catch (cause) {
			if (this.signal.aborted) throw cancelled(this.signal, 'notSent');
			throw new Failure({
				kind: 'invalid',
				phase: 'notSent',
				code: 'SOURCE_BROKEN',
				message: `The file cannot be read: ${(cause as Error).message}; nothing was stored`,
				cause,
			});
		}
	}
}
