import { Readable } from 'node:stream';
import { toFailure } from '../../shared/resilience/failure';

export interface Source {
	/** The next block; `undefined` at the end. */
	next(): Promise<Buffer | undefined>;
	/** The reader is done with a block. */
	give(block: Buffer): void;
	/** Nobody reads any more. */
	stop(): void;
}

/**
 * Blocks as a stream. Whoever reads it gets memory of its own, with one exception: a file that is
 * written by Node (n8n's file store). It asks for the next block when it has written the last one,
 * whose memory is then used again. So a file of any size makes no garbage; each gigabyte of it would
 * send the collector through the heap of the host dozens of times.
 */
export class BlockStream extends Readable {
	constructor(private readonly source: Source) {
		// One block is read ahead. Two would be copied into one by whoever reads all there is.
		super({ highWaterMark: 1 });
	}

	override _read(): void {
		void this.pass();
	}

	private async pass(): Promise<void> {
		try {
			this.push((await this.source.next()) ?? null);
		} catch (error) {
			this.destroy(toFailure(error));
		}
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		this.source.stop();
		done(error);
	}

	override [Symbol.asyncIterator](): NodeJS.AsyncIterator<Buffer, undefined> {
		if (isFileWriter(new Error().stack)) return this.oneByOne();
		return super[Symbol.asyncIterator]() as NodeJS.AsyncIterator<Buffer, undefined>;
	}

	private async *oneByOne(): NodeJS.AsyncIterator<Buffer, undefined> {
		const { source } = this;
		try {
			for (let block = await source.next(); block; block = await source.next()) {
				yield block;
				source.give(block);
			}
		} catch (error) {
			const failure = toFailure(error);
			this.destroy(failure);
			throw failure;
		} finally {
			this.destroy();
		}
	}
}

/**
 * Whether the caller of a method with this stack is Node's own `writeFile`. It writes a chunk to its
 * end before it asks for the next one, and keeps none.
 * https://github.com/nodejs/node/blob/v24.x/lib/internal/fs/promises.js (writeFileHandle)
 */
export const isFileWriter = (stack = ''): boolean =>
	/\bnode:internal\/fs\/promises:/.test(stack.split('\n')[2] ?? '');
