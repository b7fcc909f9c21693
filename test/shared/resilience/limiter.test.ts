import { getEventListeners } from 'node:events';
import { Limiter } from '../../../nodes/shared/resilience/limiter';
import type { VirtualClock } from '../virtualClock';
import { settled, virtualClock } from '../virtualClock';

const { signal } = new AbortController();

let clock: VirtualClock;

beforeEach(() => {
	clock = virtualClock();
});

/** Asks for a place and notes who got one, and when. */
const user = (limiter: Limiter, starts: Array<{ who: string; at: number }>) => (who: string) => {
	void Promise.resolve(limiter.acquire(signal)).then(() => starts.push({ who, at: clock.now() }));
};

/** Starts `calls` that take `tookMs` each, and returns when they began, in ms from now. */
async function load(limiter: Limiter, calls: number, tookMs: number, forMs: number) {
	const begin = clock.now();
	const starts: number[] = [];
	for (let n = 0; n < calls; n++) {
		void Promise.resolve(limiter.acquire(signal)).then(() => {
			starts.push(clock.now() - begin);
			clock.timer(tookMs, () => limiter.release());
		});
	}
	await clock.advance(forMs);
	return starts;
}

const most = (starts: number[], windowMs: number) =>
	Math.max(
		...starts.map((from) => starts.filter((at) => at >= from && at < from + windowMs).length),
	);

describe('concurrency', () => {
	test('never more in flight than allowed, and first come, first served', async () => {
		const limiter = new Limiter(clock, { concurrency: 3, perSecond: 0 });
		const starts: Array<{ who: string; at: number }> = [];
		const ask = user(limiter, starts);
		for (const who of 'abcdefgh') ask(who);
		await settled();
		expect(starts.map(({ who }) => who).join('')).toBe('abc');
		limiter.release();
		limiter.release();
		await settled();
		expect(starts.map(({ who }) => who).join('')).toBe('abcde');
		for (let n = 0; n < 6; n++) limiter.release();
		await settled();
		expect(starts.map(({ who }) => who).join('')).toBe('abcdefgh');
	});

	test('0 means no limit', async () => {
		const limiter = new Limiter(clock, { concurrency: 0, perSecond: 0 });
		for (let n = 0; n < 1_000; n++) expect(limiter.acquire(signal)).toBeUndefined();
	});

	test('a late comer does not overtake who waits', async () => {
		const limiter = new Limiter(clock, { concurrency: 1, perSecond: 0 });
		const starts: Array<{ who: string; at: number }> = [];
		const ask = user(limiter, starts);
		ask('first');
		ask('second');
		await settled();
		limiter.release();
		ask('third');
		await settled();
		expect(starts.map(({ who }) => who)).toEqual(['first', 'second']);
	});
});

describe('rate', () => {
	test.each([1, 5, 7.5, 10, 50, 333])('%d a second, within 5 %%', async (perSecond) => {
		const limiter = new Limiter(clock, { concurrency: 0, perSecond });
		const seconds = perSecond < 10 ? 60 : 10;
		const starts = await load(limiter, perSecond * seconds * 2, 0, seconds * 1_000);
		const rate = starts.length / seconds;
		expect(rate).toBeGreaterThanOrEqual(perSecond * 0.95);
		expect(rate).toBeLessThanOrEqual(perSecond * 1.05 + 1 / seconds);
		// A server that counts in seconds must not see more than the limit and one burst.
		expect(most(starts, 1_000)).toBeLessThanOrEqual(perSecond + Math.max(1, perSecond / 10) + 1);
	});

	test('less than one a second', async () => {
		const limiter = new Limiter(clock, { concurrency: 0, perSecond: 0.2 });
		const starts = await load(limiter, 100, 0, 60_000);
		expect(starts.length).toBeGreaterThanOrEqual(12);
		expect(starts.length).toBeLessThanOrEqual(13);
	});

	test('an idle hour saves up no more than one small burst', async () => {
		const limiter = new Limiter(clock, { concurrency: 0, perSecond: 50 });
		await clock.advance(3_600_000);
		const starts = await load(limiter, 500, 0, 1_000);
		expect(starts.filter((at) => at === 0)).toHaveLength(5);
		expect(starts.length).toBeLessThanOrEqual(56);
	});

	test('a clock that is set back does not stop everything for that time', async () => {
		let nowMs = 7_200_000;
		const moving = { now: () => nowMs + clock.now(), timer: clock.timer };
		const limiter = new Limiter(moving, { concurrency: 0, perSecond: 10 });
		await load(limiter, 5, 0, 1_000);
		nowMs -= 3_600_000;
		const starts = await load(limiter, 10, 0, 3_000);
		expect(starts).toHaveLength(10);
	});
});

describe('pause', () => {
	test('nobody starts before its end, waiting or new; then they go on', async () => {
		const limiter = new Limiter(clock, { concurrency: 2, perSecond: 0 });
		const starts: Array<{ who: string; at: number }> = [];
		const ask = user(limiter, starts);
		const begin = clock.now();
		ask('a');
		ask('b');
		ask('waiting');
		limiter.pause(3_000);
		limiter.release();
		limiter.release();
		ask('new');
		await clock.advance(2_999);
		expect(starts).toHaveLength(2);
		await clock.advance(1);
		expect(starts.slice(2)).toEqual([
			{ who: 'waiting', at: begin + 3_000 },
			{ who: 'new', at: begin + 3_000 },
		]);
	});

	test('a shorter pause does not end a longer one, a longer one extends it', async () => {
		const limiter = new Limiter(clock, { concurrency: 0, perSecond: 0 });
		const starts: Array<{ who: string; at: number }> = [];
		limiter.pause(3_000);
		user(limiter, starts)('a');
		limiter.pause(1_000);
		await clock.advance(2_000);
		limiter.pause(5_000);
		await clock.advance(4_999);
		expect(starts).toHaveLength(0);
		await clock.advance(1);
		expect(starts).toHaveLength(1);
	});
});

describe('cancelled while waiting', () => {
	test('leaves the queue at once; nothing of it is left', async () => {
		const limiter = new Limiter(clock, { concurrency: 0, perSecond: 0 });
		const controller = new AbortController();
		limiter.pause(300_000);
		const waiting = limiter.acquire(controller.signal);
		controller.abort(new Error('stopped'));
		await expect(waiting).rejects.toThrow('stopped');
		expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
		expect(clock.pending()).toBe(0);
	});

	test('those behind it still get their turn', async () => {
		const limiter = new Limiter(clock, { concurrency: 0, perSecond: 1 });
		const controller = new AbortController();
		const starts: Array<{ who: string; at: number }> = [];
		await load(limiter, 1, 0, 0);
		const waiting = Promise.resolve(limiter.acquire(controller.signal)).catch(() => {});
		user(limiter, starts)('behind');
		controller.abort();
		await waiting;
		await clock.advance(1_000);
		expect(starts).toHaveLength(1);
	});

	test('does not wait when it was cancelled before', async () => {
		const limiter = new Limiter(clock, { concurrency: 1, perSecond: 0 });
		expect(limiter.acquire(signal)).toBeUndefined();
		const refused = Promise.resolve().then(
			async () => await limiter.acquire(AbortSignal.abort(new Error('before'))),
		);
		await expect(refused).rejects.toThrow('before');
		limiter.release();
		expect(limiter.acquire(signal)).toBeUndefined();
	});
});

describe('configured anew', () => {
	test.each([
		['0', 0, 10],
		['5', 5, 5],
		['1', 1, 2],
	])('concurrency 2 to %s holds for who waits already', async (_to, concurrency, running) => {
		const limiter = new Limiter(clock, { concurrency: 2, perSecond: 0 });
		const starts: Array<{ who: string; at: number }> = [];
		for (const who of 'abcdefghij') user(limiter, starts)(who);
		await settled();
		limiter.configure({ concurrency, perSecond: 0 });
		await settled();
		expect(starts).toHaveLength(running);
	});

	test('a rate of 1 to none lets all go, and back', async () => {
		const limiter = new Limiter(clock, { concurrency: 0, perSecond: 1 });
		const starts: Array<{ who: string; at: number }> = [];
		for (const who of 'abcdefghij') user(limiter, starts)(who);
		await settled();
		expect(starts).toHaveLength(1);
		limiter.configure({ concurrency: 0, perSecond: 0 });
		await settled();
		expect(starts).toHaveLength(10);
		limiter.configure({ concurrency: 0, perSecond: 1 });
		expect((await load(limiter, 20, 0, 5_000)).length).toBeLessThanOrEqual(6);
		expect(clock.pending()).toBe(1);
	});
});

describe('told "too many"', () => {
	test('fewer in flight, by steps of a second, but never below a quarter', async () => {
		const limiter = new Limiter(clock, { concurrency: 40, perSecond: 0 });
		const inFlight = async () => (await load(limiter, 40, 1, 0)).length;
		limiter.throttled();
		limiter.throttled();
		expect(await inFlight()).toBe(28);
		await clock.advance(10);
		for (let n = 0; n < 20; n++) {
			await clock.advance(1_000);
			limiter.throttled();
		}
		expect(await inFlight()).toBe(10);
	});

	test('grows back with success', async () => {
		const limiter = new Limiter(clock, { concurrency: 10, perSecond: 0 });
		limiter.throttled();
		for (let n = 0; n < 1_000; n++) limiter.succeeded();
		expect(await load(limiter, 20, 1_000_000, 0)).toHaveLength(10);
	});

	test('one at a time stays possible', async () => {
		const limiter = new Limiter(clock, { concurrency: 1, perSecond: 0 });
		for (let n = 0; n < 20; n++) {
			limiter.throttled();
			await clock.advance(1_000);
		}
		expect(await load(limiter, 5, 1_000_000, 0)).toHaveLength(1);
	});
});
