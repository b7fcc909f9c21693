/**
 * Runs `work` for 0 ... count-1 with at most `concurrency` at a time, started in order. Starts nothing
 * more once `stopped` says so, but waits for what has begun. Should `work` reject, so does this, and
 * nobody watches what goes on.
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
