import type { Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import { Failure, toFailure } from '../../shared/resilience/failure';
import type { Body } from '../../shared/transport/body';
import type { HttpResponse } from '../../shared/transport/http';
import type { S3Client } from './client';
import type { ObjectInfo } from './objectInfo';
import { infoOf } from './objectInfo';

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
	// An empty object has no first byte: servers answer 416 to any range of it.
	let whole = false;
	do {
		const end = offset + PIECE_BYTES;
		await s3.receive(
			() => ({
				operation: 'GetObject',
				method: 'GET',
				bucket,
				key,
				headers: {
					...(!whole && { range: `bytes=${offset}-${end - 1}` }),
					...(info && { 'if-match': `"${info.etag}"` }),
				},
				attemptTimeoutMs: 0,
				accept: [...(offset === 0 && !whole ? [416] : []), ...(info ? [412] : [])],
			}),
			async (answer) => {
				if (answer.status === 416) {
					whole = true;
					return answer.body.destroy();
				}
				if (answer.status === 412) throw replaced(answer.body, key);
				if (offset > 0 && !beginsAt(offset, answer)) throw cannotResume(answer.body);
				if (!info) {
					info = infoOf(bucket, key, answer.headers, totalOf(answer));
					begin(info);
				}
				for await (const chunk of answer.body) {
					if (into.destroyed) return;
					offset += chunk.length;
					if (!into.write(chunk)) await writable(into);
				}
			},
		);
	} while ((!info || offset < info.size) && !into.destroyed);
	if (info && offset !== info.size && !into.destroyed) throw wrongLength(key, info.size, offset);
	into.end();
}

/** Resolves when the reader of the stream wants more, or has gone. */
async function writable(stream: PassThrough): Promise<void> {
	await new Promise<void>((resolve) => {
		const go = () => {
			stream.off('drain', go).off('close', go);
			resolve();
		};
		stream.on('drain', go).on('close', go);
	});
}

/** Size of the whole object: from Content-Range (RFC 9110 section 14.4), else from Content-Length. */
function totalOf({ headers }: HttpResponse<unknown>): number {
	const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
	return Number(total ?? headers['content-length'] ?? 0);
}

/** A server (or a cache before it) may answer a range with the whole, or with another range. */
const beginsAt = (offset: number, { status, headers }: HttpResponse<unknown>): boolean =>
	status === 206 && (headers['content-range'] ?? '').startsWith(`bytes ${offset}-`);

const cannotResume = (body: Body) => {
	body.destroy();
	return new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_RANGES',
		message: 'This server does not answer with the range it is asked for',
		hint: 'Objects above 128 MiB, and those whose transfer breaks, need it.',
	});
};

const replaced = (body: Body, key: string) => {
	body.destroy();
	return new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'OBJECT_CHANGED',
		status: 412,
		message: `"${key}" was replaced while it was being downloaded`,
		hint: 'Run the item again to get the new object.',
	});
};

const wrongLength = (key: string, size: number, received: number) =>
	new Failure({
		kind: 'network',
		phase: 'rejected',
		code: 'LENGTH_MISMATCH',
		message: `"${key}" has ${size} bytes, but ${received} were received`,
	});
