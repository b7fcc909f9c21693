import { cancelled } from '../../shared/resilience/deadline';
import type { Failure } from '../../shared/resilience/failure';
import { toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { Integrity } from './integrity';
import type { Part } from './multipart';
import { abortUpload, completeUpload, createUpload, uploadPart } from './multipart';
import type { PartBuffers } from './partBuffers';
import type { PartSizes } from './partSizes';
import { tooManyParts } from './partSizes';
import type { Interrupted } from './resume';
import { holds } from './resume';
import type { Source } from './source';
import { abortStrays } from './strays';
import type { Uploaded } from './upload';

interface InParts {
	bucket: string;
	key: string;
	headers: Record<string, string>;
	integrity: Integrity;
	source: Source;
	sizes: PartSizes;
	buffers: PartBuffers;
	/** holds the first bytes of the source, so many */
	first: Buffer;
	length: number;
	/** an upload to go on with, instead of a new one */
	interrupted?: Interrupted;
	/** parts that are stored stay there for the next try, unless that could not succeed either */
	keepParts: boolean;
	/** throws where the source is not what it was announced to be */
	checkLength(): Promise<void>;
}

/** A multipart upload from beginning to end. */
export async function sendParts(s3: S3Client, options: InParts): Promise<Uploaded> {
	const { source, sizes, buffers, first, interrupted, keepParts } = options;
	const place = interrupted?.place ?? (await begin(s3, options));
	const parts: Part[] = [];
	const onTheWay = new Set<Promise<void>>();
	const stop = new AbortController();
	const stopAll = () => stop.abort(s3.signal.reason);
	s3.signal.addEventListener('abort', stopAll, { once: true });
	let failure: unknown;
	const over = () => failure !== undefined || stop.signal.aborted;
	const store = async (part: Part, body: Buffer) => {
		const stored = interrupted?.parts.get(part.number);
		if (!stored || !(await holds(stored, body, place.integrity)))
			return await uploadPart(s3, place, part, body, stop.signal);
		part.etag = stored.etag;
		part.checksum = place.integrity.checksum && stored[place.integrity.checksum];
	};
	const send = (buffer: Buffer, length: number) => {
		const part: Part = { number: parts.length + 1, size: length, etag: '' };
		parts.push(part);
		const sending = store(part, buffer.subarray(0, length))
			.catch((error: unknown) => {
				failure ??= error;
				// Parts that are to stay may as well arrive.
				if (!keepParts) stop.abort(error);
			})
			.finally(() => {
				buffers.put(buffer);
				onTheWay.delete(sending);
			});
		onTheWay.add(sending);
	};
	try {
		send(first, options.length);
		while (!over()) {
			buffers.grow(sizes(parts.length));
			const buffer = await buffers.take(s3.signal);
			if (over()) break;
			const length = await source.fill(buffer);
			if (length === 0) break;
			if (parts.length === s3.quirks.maxParts) throw tooManyParts(s3.quirks.maxParts);
			send(buffer, length);
		}
		await Promise.all(onTheWay);
		if (failure !== undefined) throw failure;
		if (s3.signal.aborted) throw cancelled(s3.signal, 'rejected');
		await options.checkLength();
		const stored = await completeUpload(s3, place, parts);
		return { ...stored, size: source.bytes, parts: parts.length };
	} catch (error) {
		stop.abort(error);
		await Promise.all(onTheWay);
		if (keepParts && mayGoOn(toFailure(error))) throw error;
		const cleanUp = abortUpload(s3, place);
		// Who presses "Stop" does not wait for a server that may be down.
		if (!s3.signal.aborted) await cleanUp;
		throw error;
	} finally {
		s3.signal.removeEventListener('abort', stopAll);
		if (place.doubt && !s3.signal.aborted)
			await abortStrays(s3, place, place.doubt, place.uploadId);
	}
}

async function begin(s3: S3Client, { bucket, key, headers, integrity }: InParts) {
	const from = s3.clock.now();
	try {
		return await createUpload(s3, bucket, key, headers, integrity);
	} catch (error) {
		const doubt = { from, to: s3.clock.now() };
		if (toFailure(error).phase === 'maybeDone' && !s3.signal.aborted)
			await abortStrays(s3, { bucket, key }, doubt);
		throw error;
	}
}

/** Of a file or a condition that is wrong, the next try would only find the same. */
const mayGoOn = ({ kind }: Failure) => kind !== 'invalid' && kind !== 'conflict';
