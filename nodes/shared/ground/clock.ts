/** Time as the policies see it, so that tests can hand in their own. */
export interface Clock {
	/** ms since 1970 */
	now(): number;
	/** Calls `then` once after `ms`; the returned function cancels it. */
	timer(ms: number, then: () => void): () => void;
}

// setTimeout fires at once for a delay that does not fit in 31 bits.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
	now: () => Date.now(),
	timer(ms, then) {
		const handle = setTimeout(then, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
		return () => clearTimeout(handle);
	},
};

/**
 * Waits `ms`, or rejects with the signal's reason the moment it is aborted.
 */
export async function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		if (signal?.aborted) return reject(reasonOf(signal));
		const stop = () => {
			cancel();
			if (signal) reject(reasonOf(signal));
		};
		const cancel = clock.timer(ms, () => {
			signal?.removeEventListener('abort', stop);
			resolve();
		});
		signal?.addEventListener('abort', stop, { once: true });
	});
}

/** The abort reason as an Error, whatever the aborting side passed. */
export function reasonOf(signal: AbortSignal): Error {
	return signal.reason instanceof Error ? signal.reason : new Error('The operation was aborted');
}
