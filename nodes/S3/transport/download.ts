import type { Readable } from 'node:stream';
import { cancelled } from '../../shared/resilience/deadline';
import { toFailure } from '../../shared/resilience/failure';
import type { HttpResponse } from '../../shared/transport/http';
import type { Body } from '../../shared/transport/body';
import { BlockStream } from './blockStream';
import type { ByteRange, Span } from './byteRange';
import { beginsAt, rangeHeader, spanOf } from './byteRange';
import type { S3Client, S3Request } from './client';
import type { ContentCheck, Verify } from './contentCheck';
import { contentCheck } from './contentCheck';
import { cannotResume, noLength, notModified, replaced, wrongLength } from './downloadFailure';
import type { ObjectInfo } from './objectInfo';
import { infoOf, unquoted } from './objectInfo';
import { Blocks, Piece } from './piece';
import type { ReadOptions } from './readHeaders';
import { readRequest } from './readHeaders';
import { spareOf } from './spare';

const MIB = 1024 * 1024;
const PIECE_BYTES = 8 * MIB;
// Up to here one request is as fast as several.
const SINGLE_BYTES = 16 * MIB;

export interface Wanted extends Omit<ReadOptions, 'partNumber' | 'checksum'> {
	bucket: string;
	key: string;
	/** only these bytes */
	range?: ByteRange;
	/** whether the content is compared with what the server knows of it; default off */
	verify?: Verify;
	/** ranges of one object on the way at the same time */
	parallel?: number;
}

export interface Downloaded {
	info: ObjectInfo;
	/** ends with a Failure when it cannot be completed, or is not what the server says it is */
	body: Readable;
	/** when the body has ended: the checksum that its content was found to have, if there is one */
	verifiedBy(): string | undefined;
}

/**
 * An object as a stream: one request where it is small, else ranges, several at a time and in order.
 * A connection that breaks is resumed where it broke, and only while the object is still the same
 * (If-Match). Memory stays at a few pieces.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export async function download(s3: S3Client, wanted: Wanted): Promise<Downloaded> {
	const transfer = new Transfer(s3, wanted);
	try {
		const { info, check } = await transfer.begin();
		return { info, body: transfer.body, verifiedBy: () => check?.verifiedBy };
	} catch (error) {
		transfer.body.destroy();
		throw toFailure(error);
	}
}

/** What the first answer tells. */
interface Begun {
	info: ObjectInfo;
	first: Piece;
	headers: Record<string, string>;
}

class Transfer {
	readonly body: BlockStream;
	private readonly stop = new AbortController();
	private readonly signal: AbortSignal;
	private readonly blocks = new Blocks();
	private span: Span = { start: 0, end: 0, size: 0 };
	private etag = '';
	private contents?: AsyncGenerator<Buffer, undefined>;

	constructor(
		private readonly s3: S3Client,
		private readonly wanted: Wanted,
	) {
		this.signal = AbortSignal.any([s3.signal, this.stop.signal]);
		const onCancel = () => this.body.destroy(cancelled(s3.signal, 'rejected'));
		s3.signal.addEventListener('abort', onCancel, { once: true });
		this.body = new BlockStream({
			next: async () => (await this.contents?.next())?.value,
			give: (block) => this.blocks.give(block),
			stop: () => {
				s3.signal.removeEventListener('abort', onCancel);
				this.stop.abort();
				// It gives back what it holds.
				this.contents?.return(undefined).catch(() => {});
			},
		});
		// Whoever gets the stream hears of errors there; before that, the promise tells.
		this.body.on('error', () => {});
	}

	/** Resolves when the object is known and its content begins to arrive. */
	async begin(): Promise<{ info: ObjectInfo; check?: ContentCheck }> {
		const { s3, wanted } = this;
		const { info, first, headers } = await new Promise<Begun>((resolve, reject) => {
			this.open((answer) => {
				const begun = this.begun(answer);
				resolve(begun);
				return begun.first;
			}).catch(reject);
		});
		const check = await contentCheck(s3, wanted, info, headers, this.signal);
		this.contents = this.inOrder(first, check);
		return { info, check };
	}

	private begun({ status, headers, body }: HttpResponse<Body>): Begun {
		const { bucket, key, range } = this.wanted;
		if (status === 304) throw notModified(body, key);
		// An empty file would be taken for the object.
		if (!headers['content-range'] && !headers['content-length']) throw noLength(body, key);
		const span = spanOf(headers, range);
		if (!span) throw cannotResume(body);
		this.span = span;
		const { start, end, size } = span;
		const info = infoOf(bucket, key, headers, size);
		this.etag = info.etag;
		const first = new Piece(
			this.blocks,
			start,
			end - start > SINGLE_BYTES ? start + PIECE_BYTES : end,
		);
		return { info, first, headers };
	}

	/** The first request, without a range: only so do servers tell the checksum. */
	private async open(begin: (answer: HttpResponse<Body>) => Piece): Promise<void> {
		const { s3, wanted } = this;
		const { range, verify = 'off' } = wanted;
		const { query, headers } = readRequest(s3, { ...wanted, checksum: verify !== 'off' });
		const opening = {
			...this.get,
			query,
			headers: { ...headers, ...(range && { range: rangeHeader(range) }) },
			accept: [304],
		};
		let piece: Piece | undefined;
		try {
			await s3.receive(
				() => (piece ? this.request(piece) : opening),
				async (answer) => {
					if (piece) return await this.take(piece, answer);
					const begun = begin(answer);
					piece = begun;
					await answer.body.each((chunk) => begun.add(chunk));
				},
			);
			if (piece) await this.fill(piece);
		} catch (error) {
			if (!piece) throw error;
			piece.fail(error);
		}
	}

	private async *inOrder(first: Piece, check?: ContentCheck): AsyncGenerator<Buffer, undefined> {
		const { parallel = 4 } = this.wanted;
		const spare = spareOf(this.s3);
		const pieces = [first];
		let next = first.end;
		// What is ahead of the first one in turn is counted, over all transfers of the run.
		const refill = () => {
			while (next < this.span.end && pieces.length < parallel) {
				if (pieces.length > 0 && !spare.take()) return;
				const piece = new Piece(this.blocks, next, Math.min(next + PIECE_BYTES, this.span.end));
				next = piece.end;
				pieces.push(piece);
				this.fill(piece).catch((error: unknown) => piece.fail(error));
			}
		};
		try {
			for (refill(); pieces[0]; refill()) {
				for (let block = await pieces[0].next(); block; block = await pieces[0].next()) {
					check?.update(block);
					yield block;
				}
				pieces.shift();
				if (pieces.length > 0) spare.give();
			}
			await check?.finish();
			return undefined;
		} finally {
			this.stop.abort();
			spare.give(Math.max(0, pieces.length - 1));
		}
	}

	private async fill(piece: Piece): Promise<void> {
		while (!piece.complete) {
			const { position } = piece;
			await this.s3.receive(
				() => this.request(piece),
				async (answer) => await this.take(piece, answer),
			);
			// A server may give less than it was asked for, but not nothing.
			if (piece.position === position) throw wrongLength(this.wanted.key, this.span, position);
		}
	}

	private async take(piece: Piece, answer: HttpResponse<Body>): Promise<void> {
		if (answer.status === 412) throw replaced(answer.body, this.wanted.key);
		if (!beginsAt(piece.position, answer)) throw cannotResume(answer.body);
		// There are servers that ignore If-Match: the bytes of two objects must not be mixed.
		if (!this.isSame(answer)) throw replaced(answer.body, this.wanted.key);
		await answer.body.each((chunk) => piece.add(chunk));
	}

	private isSame({ headers }: HttpResponse<Body>): boolean {
		const total = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
		if (total !== undefined && Number(total) !== this.span.size) return false;
		return !headers.etag || !this.etag || unquoted(headers.etag) === this.etag;
	}

	/** What is missing of a piece, of the very object that was begun with. */
	private request({ position, end }: Piece): S3Request {
		const { versionId, customerKey } = this.wanted;
		const { query, headers } = readRequest(this.s3, { versionId, customerKey, ifMatch: this.etag });
		return {
			...this.get,
			query,
			headers: { ...headers, range: `bytes=${position}-${end - 1}` },
			accept: [412],
		};
	}

	private get get() {
		const { bucket, key } = this.wanted;
		// As long as bytes move: each request is for so little that the deadline of a call is enough.
		return {
			operation: 'GetObject',
			method: 'GET' as const,
			bucket,
			key,
			attemptTimeoutMs: 0,
			signal: this.signal,
		};
	}
}
