import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';
import { reasonOf } from '../ground/clock';
import { Failure } from '../resilience/failure';
import { networkFailure } from './networkFailure';
import type { Wire } from './wire';

/** The body of an answer, to be read once, and to be destroyed where it is not read to its end. */
export interface Body extends AsyncIterable<Buffer> {
	/** Stops reading. A connection with unread data cannot be used again and is closed. */
	destroy(): void;
	/**
	 * Every chunk as it arrives, without waiting for anybody: the fastest way, for what is kept in
	 * memory anyway. A chunk is empty once `take` has returned: what is to be kept must be copied.
	 * Stops reading when `take` returns false.
	 */
	each(take: (chunk: Buffer) => boolean): Promise<void>;
	/** All of it in memory; an answer above `maxBytes` is refused. */
	collect(maxBytes: number): Promise<Buffer>;
}

/**
 * The body of an answer, to be read once. Ends with a Failure when the connection breaks or goes
 * silent, and at once, closing the socket, when the signal is aborted. Whoever does not read it to
 * the end must `destroy` it, or the connection stays occupied.
 */
export class ResponseBody implements Body {
	private readonly stop: () => void;

	constructor(
		private readonly message: IncomingMessage,
		private readonly wire: Wire,
		private readonly signal: AbortSignal,
	) {
		this.stop = () => {
			wire.close(reasonOf(signal));
			message.destroy(reasonOf(signal));
		};
		if (signal.aborted) this.stop();
		else signal.addEventListener('abort', this.stop, { once: true });
		message.once('close', () => signal.removeEventListener('abort', this.stop));
		// An error before anyone reads must not end the process; the reader still gets it.
		message.on('error', () => {});
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
		try {
			if (this.signal.aborted) throw reasonOf(this.signal);
			yield* this.message as AsyncIterable<Buffer>;
		} catch (error) {
			throw this.failureOf(error);
		} finally {
			this.destroy();
		}
	}

	async each(take: (chunk: Buffer) => boolean): Promise<void> {
		const { message } = this;
		let refusal: unknown;
		try {
			if (this.signal.aborted) throw reasonOf(this.signal);
			await new Promise<void>((resolve, reject) => {
				finished(message, (error) => (error ? reject(error) : resolve()));
				message.on('data', (chunk: Buffer) => {
					try {
						const more = take(chunk);
						free(chunk);
						if (more) return;
						resolve();
					} catch (error) {
						refusal = error;
						reject(error);
					}
					message.destroy();
				});
			});
		} catch (error) {
			throw refusal ?? this.failureOf(error);
		} finally {
			this.destroy();
		}
	}

	private failureOf(error: unknown): Error {
		if (this.signal.aborted) return reasonOf(this.signal);
		return networkFailure(this.wire.closedFor ?? error, true);
	}

	/** Stops reading. A connection with unread data cannot be used again and is closed. */
	destroy(): void {
		this.signal.removeEventListener('abort', this.stop);
		if (!this.message.readableEnded) this.message.destroy();
	}

	/** All of it in memory; an answer above `maxBytes` is refused. */
	async collect(maxBytes: number): Promise<Buffer> {
		const chunks: Buffer[] = [];
		let size = 0;
		for await (const chunk of this) {
			size += chunk.length;
			if (size > maxBytes) throw tooLarge(maxBytes);
			chunks.push(chunk);
		}
		return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
	}
}

/**
 * Gives the memory of a chunk back at once. Left to the garbage collector, a gigabyte in chunks makes
 * it go through the whole heap of the host dozens of times, which costs more than the transfer.
 */
function free({ buffer, length }: Buffer): void {
	if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0);
}

const tooLarge = (maxBytes: number) =>
	new Failure({
		kind: 'invalid',
		phase: 'maybeDone',
		code: 'RESPONSE_TOO_LARGE',
		message: `The answer is larger than ${maxBytes} bytes`,
		hint: 'Is this really the address of the system, and not that of a web page or a file?',
	});
