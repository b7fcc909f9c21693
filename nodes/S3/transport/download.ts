import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { once } from 'node:events';
import { Failure, toFailure } from '../../shared/resilience/failure';
import type { ResponseBody } from '../../shared/transport/body';
import type { HttpResponse } from '../../shared/transport/http';
import type { S3Client } from './client';
import type { ObjectInfo } from './objects';
import { infoOf } from './objects';

// Each request is for so much: the deadline of a request holds for a piece, not for a file of any
// size, and a broken connection repeats nothing (the next attempt begins at the byte that is missing).
const PIECE_BYTES = 128 * 1024 * 1024;

/**
 * An object as a stream. A broken connection is resumed where it broke, and only while the object
 * is still the same (If-Match). The stream fails with a Failure when it cannot be completed.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export async function download(
	s3: S3Client,
	bucket: string,
	key: string,
): Promise<{ info: ObjectInfo; body: Readable }> {
	const body = new PassThrough({ highWaterMark: 1024 * 1024 });
	return await new Promise((resolve, reject) => {
		receiveAll(s3, bucket, key, body, (info) => resolve({ info, body })).catch((error: unknown) => {
			const failure = toFailure(error);
			body.destroy(failure);
			reject(failure);
		});
		// Whoever gets the stream hears of errors there; before that, the promise tells.
		body.on('error', () => {});
	});
}

async function receiveAll(
	s3: S3Client,
	bucket: string,
	key: string,
	into: PassThrough,
	begin: (info: ObjectInfo) => void,
): Promise<void> {
	let offset = 0;
	let info: ObjectInfo | undefined;
	do {
		const end = offset + PIECE_BYTES;
		await s3.receive(
			() => ({
				operation: 'GetObject',
				method: 'GET',
				bucket,
				key,
				headers: {
					range: `bytes=${offset}-${end - 1}`,
					...(info && { 'if-match': `"${info.etag}"` }),
				},
				attemptTimeoutMs: 0,
				accept: offset === 0 ? [416] : [],
			}),
			async (answer) => {
				if (!info) {
					info = infoOf(bucket, key, answer.headers, totalOf(answer));
					begin(info);
				}
				if (answer.status === 416) return answer.body.destroy();
				if (answer.status === 200 && offset > 0) throw cannotResume(answer.body);
				for await (const chunk of answer.body) {
					if (into.destroyed) return;
					offset += chunk.length;
					if (!into.write(chunk)) await Promise.race([once(into, 'drain'), once(into, 'close')]);
				}
			},
		);
	} while (info && offset < info.size && !into.destroyed);
	if (info && offset !== info.size && !into.destroyed) throw wrongLength(key, info.size, offset);
	into.end();
}

/** Size of the whole object: from Content-Range (RFC 9110 section 14.4), else from Content-Length. */
function totalOf({ headers }: HttpResponse<unknown>): number {
	const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
	if (total !== undefined) return Number(total);
	// 416 without Content-Range: only an empty object has no first byte.
	return headers['content-range'] ? 0 : Number(headers['content-length'] ?? 0);
}

const cannotResume = (body: ResponseBody) => {
	body.destroy();
	return new Failure({
		kind: 'network',
		phase: 'rejected',
		code: 'NO_RANGES',
		message: 'The connection broke, and this server cannot continue a download',
	});
};

const wrongLength = (key: string, size: number, received: number) =>
	new Failure({
		kind: 'network',
		phase: 'rejected',
		code: 'LENGTH_MISMATCH',
		message: `"${key}" has ${size} bytes, but ${received} were received`,
	});
