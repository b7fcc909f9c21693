import type { EffectOracle } from '../../sandbox/faults/effects.ts';
import { startEffectOracle } from '../../sandbox/faults/effects.ts';
import type { FaultKind, FaultProxy } from '../../sandbox/faults/proxy.ts';
import { startFaultProxy } from '../../sandbox/faults/proxy.ts';
import { Registry } from '../../nodes/shared/resilience/registry';
import { keysOf, oracleClient } from './oracleClient';

// Two credentials in one process. Nobody who uses the healthy one notices that the other is down.

const limits = { concurrency: 10, perSecond: 0 };

let oracle: EffectOracle;
let healthy: FaultProxy;
let broken: FaultProxy;
beforeEach(async () => {
	oracle = await startEffectOracle({ answerMs: 5 });
	healthy = await startFaultProxy({ upstream: oracle.origin });
	broken = await startFaultProxy({ upstream: oracle.origin, retryAfterSeconds: 30 });
});
afterEach(async () => {
	await Promise.all([healthy.close(), broken.close()]);
	await oracle.close();
});

const p95 = (values: number[]) =>
	[...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Infinity;

test.each<FaultKind | 'dead'>(['dead', 'halfOpen', 'unavailable', 'throttleSeconds'])(
	'credential A %s: all of B succeeds at the first try, as fast as before',
	async (kind) => {
		const registry = new Registry();
		const stop = new AbortController();
		const a = oracleClient(broken.origin, { owner: 'A', registry, limits, signal: stop.signal });
		const b = oracleClient(healthy.origin, { owner: 'B', registry, limits });
		const measure = async (prefix: string) => {
			const took: number[] = [];
			const worker = async (number: number) => {
				for (const key of keysOf(`${prefix}-${number}`, 60)) {
					const began = performance.now();
					expect((await b.call('put', key)).failure).toBeUndefined();
					took.push(performance.now() - began);
				}
			};
			await Promise.all(Array.from({ length: 5 }, async (_, number) => await worker(number)));
			return p95(took);
		};
		await measure('warm');
		const alone = await measure('alone');
		if (kind === 'dead') await broken.outage('reset');
		else broken.faults = () => kind;
		const down = a.all('put', keysOf('A', 1_000), 50);
		await new Promise((resolve) => setTimeout(resolve, 200));
		const beside = await measure('beside');
		stop.abort();
		const ended = await down;
		console.log(`${kind}: p95 of B ${alone.toFixed(1)} ms alone, ${beside.toFixed(1)} ms beside A`);
		expect(ended.filter(({ failure }) => !failure)).toEqual([]);
		expect(healthy.requests.length).toBe(3 * 300);
		// On a busy machine the noise is large; a shared gate, limiter or pool costs whole seconds.
		expect(beside).toBeLessThan(alone * 3 + 100);
	},
	30_000,
);

test('the same server, down for the one credential that shares everything, does hold it up', async () => {
	const registry = new Registry();
	const first = oracleClient(healthy.origin, { owner: 'A', registry, limits });
	const second = oracleClient(healthy.origin, { owner: 'A', registry, limits, deadlineMs: 400 });
	await healthy.outage('reset');
	const running = first.all('put', keysOf('A', 100), 50);
	await new Promise((resolve) => setTimeout(resolve, 600));
	const seen = healthy.refusedConnections;
	const { failure } = await second.call('put', 'B');
	// It waits for the system like everybody else, without asking it again.
	expect(failure).toMatchObject({ phase: 'notSent' });
	expect(healthy.refusedConnections - seen).toBeLessThanOrEqual(3);
	await healthy.outage('off');
	expect((await running).filter((ended) => ended.failure)).toEqual([]);
}, 30_000);
