import { cancelled } from '../../shared/resilience/deadline';
import type { S3Client } from './client';
import type { Integrity } from './integrity';
import type { Part } from './multipart';
import { abortUpload, completeUpload, createUpload, uploadPart } from './multipart';
import type { PartBuffers } from './partBuffers';
import type { PartSizes } from './partSizes';
import { tooManyParts } from './partSizes';
import type { Source } from './source';
import type { Uploaded } from './upload';

interface InParts {
	bucket: string;
	key: string;
	headers: Record<string, string>;
	integrity: Integrity;
	source: Source;
	sizes: PartSizes;
	buffers: PartBuffers;
	/** full of the first bytes of the source */
	first: Buffer;
	/** throws where the source is not what it was announced to be */
	checkLength(): Promise<void>;
}

/** A multipart upload from beginning to end. */
export async function sendParts(s3: S3Client, options: InParts): Promise<Uploaded> {
	const { bucket, key, headers, source, sizes, buffers, first } = options;
	const place = await createUpload(s3, bucket, key, headers, options.integrity);
	const parts: Part[] = [];
	const onTheWay = new Set<Promise<void>>();
	const stop = new AbortController();
	const stopAll = () => stop.abort(s3.signal.reason);
	s3.signal.addEventListener('abort', stopAll, { once: true });
	let failure: unknown;
	const send = (buffer: Buffer, length: number) => {
		const part: Part = { number: parts.length + 1, size: length, etag: '' };
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
			buffers.grow(sizes(parts.length));
			const buffer = await buffers.take(s3.signal);
			if (stop.signal.aborted) break;
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
		const cleanUp = abortUpload(s3, place);
		// Who presses "Stop" does not wait for a server that may be down.
		if (!s3.signal.aborted) await cleanUp;
		throw error;
	} finally {
		s3.signal.removeEventListener('abort', stopAll);
	}
}
