import { LATENCY_BOUNDS_MS } from '../../../nodes/shared/resilience/metrics';
import { about, bench, failing, outcomeOf } from './calls';

const after = (clock: { timer(ms: number, then: () => void): unknown }, ms: number) =>
	new Promise<void>((resolve) => clock.timer(ms, resolve));

test('counts calls, requests, retries, failures by kind, and how long calls took', async () => {
	const { clock, send, registry } = bench({ maxAttempts: 2 });
	outcomeOf(send(about(), async () => await after(clock, 30)));
	outcomeOf(
		send(about(), async (_signal, attempt) => {
			if (attempt === 1) throw failing();
		}),
	);
	for (const kind of ['auth', 'unavailable', 'auth'] as const) {
		outcomeOf(
			send(about({ operation: 'Fail' }), async () => {
				throw failing({ kind });
			}),
		);
	}
	await clock.advance(60_000);
	const { operations, gateOpenings } = registry.metrics.snapshot();
	expect(gateOpenings).toBe(0);
	expect(operations).toHaveLength(2);
	expect(operations[0]).toMatchObject({
		system: 'test',
		operation: 'Do',
		calls: 2,
		requests: 3,
		retries: 1,
		failures: {},
	});
	expect(operations[1]).toMatchObject({
		operation: 'Fail',
		calls: 3,
		requests: 4,
		retries: 1,
		failures: { auth: 2, unavailable: 1 },
	});
	expect(operations[0]?.latencySumMs).toBeCloseTo(80, 1);
});

test.each([
	[0, 0],
	[5, 0],
	[6, 1],
	[10_000, LATENCY_BOUNDS_MS.length - 1],
	[10_001, LATENCY_BOUNDS_MS.length],
	[1_000_000, LATENCY_BOUNDS_MS.length],
])('a call of %i ms counts in bucket %i and in no other', async (tookMs, bucket) => {
	const { clock, send, registry } = bench({ deadlineMs: 0 });
	outcomeOf(send(about(), async () => (tookMs > 0 ? await after(clock, tookMs) : undefined)));
	await clock.advance(2_000_000);
	const expected = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
	expected[bucket] = 1;
	expect(registry.metrics.snapshot().operations[0]?.latency).toEqual(expected);
});

test('a snapshot is a copy', () => {
	const { registry } = bench();
	registry.metrics.of('test', 'Do').calls = 1;
	const snapshot = registry.metrics.snapshot();
	registry.metrics.of('test', 'Do').calls = 2;
	expect(snapshot.operations[0]?.calls).toBe(1);
});

test('each opening of a gate is counted', async () => {
	const { clock, registry } = bench();
	registry.scope('A', { concurrency: 1, perSecond: 0 }).gate.open();
	registry.scope('B', { concurrency: 1, perSecond: 0 }).gate.open();
	await clock.advance(1_000);
	expect(registry.metrics.snapshot().gateOpenings).toBe(2);
});
