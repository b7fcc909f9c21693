import type { Clock } from '../../nodes/shared/ground/clock';

export interface VirtualClock extends Clock {
	/** Lets `ms` pass: every timer that falls due runs in its order, with all that follows from it. */
	advance(ms: number): Promise<void>;
	/** timers that have neither fired nor been cancelled */
	pending(): number;
}

/** Lets everything run that waits for nothing but promises. */
export const settled = async (): Promise<void> => {
	await new Promise((resolve) => setImmediate(resolve));
};

/** A clock that stands still until it is told to go on. */
export function virtualClock(startMs = Date.UTC(2026, 0, 1)): VirtualClock {
	let nowMs = startMs;
	let order = 0;
	const timers = new Map<number, { at: number; then: () => void }>();
	const earliest = (until: number) => {
		let first: [number, { at: number; then: () => void }] | undefined;
		for (const entry of timers) {
			if (entry[1].at <= until && (!first || entry[1].at < first[1].at)) first = entry;
		}
		return first;
	};
	return {
		now: () => nowMs,
		timer(ms, then) {
			const id = order++;
			timers.set(id, { at: nowMs + Math.max(0, ms), then });
			return () => timers.delete(id);
		},
		async advance(ms) {
			const until = nowMs + ms;
			await settled();
			for (let due = earliest(until); due; due = earliest(until)) {
				timers.delete(due[0]);
				nowMs = Math.max(nowMs, due[1].at);
				due[1].then();
				await settled();
			}
			nowMs = until;
		},
		pending: () => timers.size,
	};
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
