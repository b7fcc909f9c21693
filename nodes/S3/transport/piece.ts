/** How much is handed on at once: n8n's file store makes one write of it, at the same cost. */
export const BLOCK_BYTES = 1024 * 1024;

/** Blocks that are used again once their reader has given them back. */
export class Blocks {
	private readonly free: Buffer[] = [];

	take(bytes: number): Buffer {
		if (bytes < BLOCK_BYTES) return Buffer.allocUnsafe(bytes);
		return this.free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
	}

	/** Only from who knows that nobody reads it any more. */
	give(block: Buffer): void {
		if (block.length === BLOCK_BYTES) this.free.push(block);
	}
}

/**
 * A run of bytes of known length that arrives in small chunks and is read, by one reader, in blocks.
 * It is kept until it is read, however slow the reader is: nobody waits for it with an open
 * connection.
 */
export class Piece {
	/** of the object: the next byte that is missing */
	position: number;
	private block?: Buffer;
	private filled = 0;
	private readonly full: Buffer[] = [];
	private failure: unknown;
	private wake = () => {};

	/** @param end exclusive */
	constructor(
		private readonly blocks: Blocks,
		start: number,
		readonly end: number,
	) {
		this.position = start;
	}

	get complete(): boolean {
		return this.position === this.end;
	}

	/** @returns false: these were more bytes than belong to it */
	add(chunk: Buffer): boolean {
		let taken = 0;
		while (taken < chunk.length && !this.complete) {
			this.block ??= this.blocks.take(Math.min(BLOCK_BYTES, this.end - this.position));
			const copied = chunk.copy(this.block, this.filled, taken);
			this.filled += copied;
			this.position += copied;
			taken += copied;
			if (this.filled === this.block.length) this.pass(this.block);
		}
		return taken === chunk.length;
	}

	/** What it has so far is of no use. */
	fail(failure: unknown): void {
		this.failure = failure;
		this.wake();
	}

	/** The next block; `undefined` at the end. */
	async next(): Promise<Buffer | undefined> {
		for (;;) {
			if (this.failure !== undefined) throw this.failure;
			const block = this.full.shift();
			if (block || this.complete) return block;
			await new Promise<void>((resolve) => (this.wake = resolve));
		}
	}

	private pass(block: Buffer): void {
		this.full.push(block);
		this.block = undefined;
		this.filled = 0;
		this.wake();
	}
}
