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
	private readonly waiting: Array<(buffer: Buffer) => void> = [];
	private owned = 0;

	/**
	 * @param bytes size of each buffer
	 * @param most how many of them this upload may hold
	 */
	constructor(
		private readonly bytes: number,
		private readonly most: number,
	) {}

	/**
	 * A free buffer: at once if there is one or memory for one more, else when one comes back.
	 * @param signal ends the wait for memory that other uploads hold; rejects as cancelled
	 */
	async take(signal: AbortSignal): Promise<Buffer> {
		const free = this.free.pop();
		if (free) return free;
		// Only an upload that holds nothing waits for others: it can never block one that it waits for.
		if (this.owned === 0) await this.reserve(signal);
		else if (this.owned < this.most && queue.length === 0 && fits(this.bytes)) taken += this.bytes;
		else return await new Promise((resolve) => this.waiting.push(resolve));
		// Before there is a buffer: where there is no memory for it, the reservation is given back.
		this.owned++;
		return Buffer.allocUnsafeSlow(this.bytes);
	}

	put(buffer: Buffer): void {
		const waiter = this.waiting.shift();
		if (waiter) waiter(buffer);
		else this.free.push(buffer);
	}

	/** Returns the memory when the upload is over, well or not. */
	close(): void {
		giveBack(this.owned * this.bytes);
		this.owned = 0;
		this.free.length = 0;
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
