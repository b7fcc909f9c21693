import type { IncomingMessage } from 'node:http';
import { reasonOf } from '../ground/clock';
import { Failure } from '../resilience/failure';
import { networkFailure } from './networkFailure';
import type { Wire } from './wire';

/** The body of an answer, to be read once, and to be destroyed where it is not read to its end. */
export interface Body extends AsyncIterable<Buffer> {
	/** Stops reading. A connection with unread data cannot be used again and is closed. */
	destroy(): void;
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
			if (this.signal.aborted) throw reasonOf(this.signal);
			throw networkFailure(this.wire.closedFor ?? error, true);
		} finally {
			this.destroy();
		}
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

const tooLarge = (maxBytes: number) =>
	new Failure({
		kind: 'invalid',
		phase: 'maybeDone',
		code: 'RESPONSE_TOO_LARGE',
		message: `The answer is larger than ${maxBytes} bytes`,
		hint: 'Is this really the address of the system, and not that of a web page or a file?',
	});
