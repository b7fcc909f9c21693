import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { cancelled } from '../../shared/resilience/deadline';
import { Failure } from '../../shared/resilience/failure';

/** What is to be stored: in memory, in a file of this machine, or as a stream to be read once. */
export type Content = Buffer | { path: string } | Readable;

export const isFile = (content: Content): content is { path: string } =>
	!Buffer.isBuffer(content) && !(content instanceof Readable);

/** Bytes that are read once, from the first to the last, into buffers of the reader. */
export interface Source {
	/** how many were read */
	readonly bytes: number;
	/** in bytes, where it is known without reading */
	readonly size: number | undefined;
	/** @returns how many bytes are in it now: less than its length only at the end */
	fill(buffer: Buffer): Promise<number>;
	/** Nothing more comes. */
	ended(): Promise<boolean>;
	close(): Promise<void>;
}

/** @param size of a stream, in bytes, where it is known */
export async function openSource(
	content: Content,
	size: number | undefined,
	signal: AbortSignal,
): Promise<Source> {
	if (Buffer.isBuffer(content)) return new MemorySource(content);
	if (content instanceof Readable) return new StreamSource(content, size, signal);
	const file = await open(content.path).catch(unreadable);
	try {
		return new FileSource(file, size ?? (await file.stat()).size);
	} catch (error) {
		await file.close();
		return unreadable(error);
	}
}

class MemorySource implements Source {
	bytes = 0;
	readonly size: number;

	constructor(private readonly content: Buffer) {
		this.size = content.length;
	}

	async fill(buffer: Buffer): Promise<number> {
		const copied = this.content.copy(buffer, 0, this.bytes);
		this.bytes += copied;
		return copied;
	}

	async ended(): Promise<boolean> {
		return this.bytes === this.size;
	}

	async close(): Promise<void> {}
}

/** The kernel writes straight into the buffer: nothing is allocated, nothing copied. */
class FileSource implements Source {
	bytes = 0;
	private endSeen = false;

	constructor(
		private readonly file: FileHandle,
		readonly size: number,
	) {}

	async fill(buffer: Buffer): Promise<number> {
		let filled = 0;
		while (filled < buffer.length && !this.endSeen) {
			const wanted = buffer.length - filled;
			const { bytesRead } = await this.file
				.read(buffer, filled, wanted, this.bytes)
				.catch(unreadable);
			filled += bytesRead;
			this.bytes += bytesRead;
			this.endSeen = bytesRead === 0 || (bytesRead < wanted && this.bytes === this.size);
		}
		return filled;
	}

	async ended(): Promise<boolean> {
		return this.endSeen || this.bytes >= (await this.file.stat().catch(unreadable)).size;
	}

	async close(): Promise<void> {
		await this.file.close();
	}
}

/** Cuts a stream, whatever the size of its chunks. */
class StreamSource implements Source {
	bytes = 0;
	private readonly chunks: AsyncIterator<Buffer | string>;
	private rest: Buffer = Buffer.alloc(0);
	private readonly stop = () => void this.stream.destroy();

	constructor(
		private readonly stream: Readable,
		readonly size: number | undefined,
		private readonly signal: AbortSignal,
	) {
		// It may break before anyone reads; the reader still gets the error.
		stream.on('error', () => {});
		this.chunks = (stream as AsyncIterable<Buffer | string>)[Symbol.asyncIterator]();
		signal.addEventListener('abort', this.stop, { once: true });
	}

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

	async close(): Promise<void> {
		this.signal.removeEventListener('abort', this.stop);
		this.stream.destroy();
	}

	private async next(): Promise<IteratorResult<Buffer | string>> {
		try {
			return await this.chunks.next();
		} catch (cause) {
			if (this.signal.aborted) throw cancelled(this.signal, 'notSent');
			return unreadable(cause);
		}
	}
}

/** @throws Failure where the source is not as long as it was said to be */
export async function checkLength(source: Source): Promise<void> {
	const ended = await source.ended();
	const { bytes, size } = source;
	if (size === undefined || (ended && bytes === size)) return;
	throw new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'SOURCE_LENGTH',
		message: `The file should have ${size} bytes but ${ended ? `ended after ${bytes}` : 'has more'}: nothing was stored`,
		hint: 'The file changed or was cut off before it came here: produce it again.',
	});
}

function unreadable(cause: unknown): never {
	throw new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'SOURCE_BROKEN',
		message: `The file cannot be read: ${cause instanceof Error ? cause.message : String(cause)}; nothing was stored`,
		cause,
	});
}
