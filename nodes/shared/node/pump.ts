/**
 * Runs `work` for 0 ... count-1 with at most `concurrency` at a time, started in order. `work` must
 * not reject. Starts nothing more once `stopped` says so, but waits for what has begun.
 */
export async function pump(
	count: number,
	concurrency: number,
	work: (index: number) => Promise<void>,
	stopped: () => boolean,
): Promise<void> {
	let next = 0;
	const worker = async () => {
		while (next < count && !stopped()) await work(next++);
	};
	await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker));
}

/** Work of the same lane is done one after the other, in the order of the calls. */
export class Lanes {
	private readonly last = new Map<string, Promise<unknown>>();

	async run<T>(lane: string, work: () => Promise<T>): Promise<T> {
		const before = this.last.get(lane);
		const mine = before ? before.then(work, work) : work();
		this.last.set(lane, mine);
		try {
			return await mine;
		} finally {
			if (this.last.get(lane) === mine) this.last.delete(lane);
		}
	}
}
