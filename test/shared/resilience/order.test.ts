import { settled } from '../virtualClock';
import { about, bench, failing, outcomeOf } from './calls';

test('every attempt pays the limiter, retries included', async () => {
	const { clock, send } = bench({ limits: { concurrency: 0, perSecond: 2 }, random: () => 0 });
	const at: number[] = [];
	const begin = clock.now();
	const outcome = outcomeOf(
		send(about(), async () => {
			at.push(clock.now() - begin);
			if (at.length < 5) throw failing();
		}),
	);
	await clock.advance(10_000);
	expect(outcome.done).toBe(true);
	expect(at).toEqual([0, 500, 1_000, 1_500, 2_000]);
});

test('an attempt in a pause holds no place: others go on', async () => {
	const { clock, send } = bench({ limits: { concurrency: 1, perSecond: 0 } });
	const pausing = outcomeOf(
		send(about(), async (_signal, attempt) => {
			if (attempt === 1) throw failing();
		}),
	);
	await settled();
	const other = outcomeOf(send(about(), async () => 'done'));
	await settled();
	expect(other.value).toBe('done');
	expect(pausing.done).toBe(false);
	await clock.advance(50);
	expect(pausing.done).toBe(true);
});

test('every attempt asks the gate: a gate that opens in the pause stops the retry', async () => {
	const { clock, send, registry } = bench({ onOutage: 'failFast' });
	let sent = 0;
	const outcome = outcomeOf(
		send(about(), async () => {
			sent++;
			throw failing();
		}),
	);
	await settled();
	registry.scope(about().scope, { concurrency: 50, perSecond: 0 }).gate.open();
	await clock.advance(50);
	expect(sent).toBe(1);
	expect(outcome.failure).toMatchObject({ code: 'HTTP 503', phase: 'rejected', attempts: 1 });
});

test('who waits at the gate holds no place of the limiter', async () => {
	const { clock, send, registry } = bench({ limits: { concurrency: 3, perSecond: 0 } });
	const { gate, limiter } = registry.scope(about().scope, { concurrency: 3, perSecond: 0 });
	gate.open();
	const calls = Array.from({ length: 10 }, () => outcomeOf(send(about(), async () => 'done')));
	await settled();
	const { signal } = new AbortController();
	expect([1, 2, 3].map(() => limiter.acquire(signal))).toEqual([undefined, undefined, undefined]);
	for (let n = 0; n < 3; n++) limiter.release();
	await clock.advance(500);
	expect(calls.every(({ value }) => value === 'done')).toBe(true);
});

test('two runs with the same credential share one limit; another credential has its own', async () => {
	const { clock, another } = bench({ limits: { concurrency: 2, perSecond: 0 } });
	let inFlight = 0;
	let highest = 0;
	const attempt = async () => {
		highest = Math.max(highest, ++inFlight);
		await new Promise<void>((resolve) => clock.timer(100, resolve));
		inFlight--;
	};
	const [one, two] = [another(), another()];
	for (let n = 0; n < 10; n++) {
		outcomeOf(one(about(), attempt));
		outcomeOf(two(about(), attempt));
	}
	await clock.advance(999);
	expect(highest).toBe(2);
	await clock.advance(1);
	expect(inFlight).toBe(0);
	for (let n = 0; n < 2; n++) {
		outcomeOf(one(about(), attempt));
		outcomeOf(two(about({ scope: 'other' }), attempt));
	}
	await settled();
	expect(highest).toBe(4);
	await clock.advance(1_000);
});

test('two runs share one rate, and both get their part', async () => {
	const { clock, another } = bench({ limits: { concurrency: 0, perSecond: 20 } });
	const sent = { one: 0, two: 0 };
	const [one, two] = [another(), another()];
	for (let n = 0; n < 300; n++) {
		outcomeOf(one(about(), async () => sent.one++));
		outcomeOf(two(about(), async () => sent.two++));
	}
	await clock.advance(10_000);
	expect(sent.one + sent.two).toBeGreaterThanOrEqual(190);
	expect(sent.one + sent.two).toBeLessThanOrEqual(203);
	expect(Math.abs(sent.one - sent.two)).toBeLessThanOrEqual(1);
});
