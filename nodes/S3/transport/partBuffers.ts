import { cancelled } from '../../shared/resilience/deadline';

// Uploads of all runs together hold no more part buffers than this: six parts of 16 MiB.
const MAX_BYTES = 96 * 1024 * 1024;

let taken = 0;
let queue: Array<{ bytes: number; admit: () => void }> = [];

const fits = (bytes: number) => taken === 0 || taken + bytes <= MAX_BYTES;

function giveBack(bytes: number): void {
	taken -= bytes;
	for (let next = queue[0]; next && fits(next.bytes); next = queue[0]) {
		queue.shift();
		taken += next.bytes;
		next.admit();
	}
}

/**
 * The part buffers of one upload, used again and again: fresh ones of this size would have to be
 * paged in by the kernel each time and be freed only when the garbage collector gets to it.
 */
export class PartBuffers {
	private readonly free: Buffer[] = [];
	private readonly waiting: Array<() => void> = [];
	private owned = 0;
	private held = 0;

	/**
	 * @param bytes size of each buffer, until it grows
	 * @param most how many of them this upload may hold
	 */
	constructor(
		private bytes: number,
		private readonly most: number,
	) {}

	/**
	 * A free buffer: at once if there is one or memory for one more, else when one comes back.
	 * @param signal ends the wait for memory that other uploads hold; rejects as cancelled
	 */
	async take(signal: AbortSignal): Promise<Buffer> {
		for (;;) {
			const free = this.free.pop();
			if (free) return free;
			// Only an upload that holds nothing waits for others: it can never block one that it waits for.
			if (this.owned === 0) await this.reserve(signal);
			else if (this.owned < this.most && queue.length === 0 && fits(this.bytes))
				taken += this.bytes;
			else {
				await new Promise<void>((resolve) => this.waiting.push(resolve));
				continue;
			}
			// Before there is a buffer: where there is no memory for it, the reservation is given back.
			this.owned++;
			this.held += this.bytes;
			return Buffer.allocUnsafeSlow(this.bytes);
		}
	}

	put(buffer: Buffer): void {
		if (buffer.length < this.bytes) this.drop(buffer);
		else this.free.push(buffer);
		this.waiting.shift()?.();
	}

	/** From now on buffers are so large; smaller ones are given up as they come back. */
	grow(bytes: number): void {
		if (bytes <= this.bytes) return;
		this.bytes = bytes;
		for (const buffer of this.free.splice(0)) this.drop(buffer);
	}

	/** Returns the memory when the upload is over, well or not. */
	close(): void {
		giveBack(this.held);
		this.owned = 0;
		this.held = 0;
		this.free.length = 0;
	}

	private drop(buffer: Buffer): void {
		this.owned--;
		this.held -= buffer.length;
		giveBack(buffer.length);
	}

	private async reserve(signal: AbortSignal): Promise<void> {
		if (signal.aborted) throw cancelled(signal, 'notSent');
		if (queue.length === 0 && fits(this.bytes)) {
			taken += this.bytes;
			return;
		}
		await new Promise<void>((resolve, reject) => {
			const leave = () => {
				queue = queue.filter((other) => other !== entry);
				// Who was behind may fit where this one did not.
				giveBack(0);
				reject(cancelled(signal, 'notSent'));
			};
			const entry = {
				bytes: this.bytes,
				admit: () => {
					signal.removeEventListener('abort', leave);
					resolve();
				},
			};
			signal.addEventListener('abort', leave, { once: true });
			queue.push(entry);
		});
	}
}
