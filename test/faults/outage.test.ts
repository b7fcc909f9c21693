import type { EffectOracle } from '../../sandbox/faults/effects.ts';
import { startEffectOracle } from '../../sandbox/faults/effects.ts';
import type { FaultProxy } from '../../sandbox/faults/proxy.ts';
import { startFaultProxy } from '../../sandbox/faults/proxy.ts';
import { keysOf, oracleClient } from './oracleClient';

const ITEMS = 10_000;
const OUTAGE_MS = process.env.CI ? 20_000 : 6_000;
const FIRST_SUCCESS_MS = 3_000;

let oracle: EffectOracle;
let proxy: FaultProxy;
beforeEach(async () => {
	oracle = await startEffectOracle();
	proxy = await startFaultProxy({ upstream: oracle.origin });
});
afterEach(async () => {
	await proxy.close();
	await oracle.close();
});

/** Requests and refused connections: what the clients asked of the server. */
const load = () => (proxy.requests.length + proxy.refusedConnections) / ITEMS;

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function arrivals(count: number) {
	while (proxy.requests.length < count) await later(5);
}

test('total outage, fail fast: the items fail at once and the server is left alone', async () => {
	await proxy.outage('reset');
	const began = Date.now();
	const client = oracleClient(proxy.origin, { onOutage: 'failFast' });
	const ended = await client.all('put', keysOf('down', ITEMS), 50);
	const tookMs = Date.now() - began;
	const asked = load();
	console.log(`fail fast: load ${asked}, ${tookMs} ms`);
	expect(ended.filter(({ failure }) => failure)).toHaveLength(ITEMS);
	expect(asked).toBeLessThanOrEqual(0.01);
	expect(tookMs).toBeLessThan(10_000);
	// What was never sent is called so: it may be repeated without a thought.
	const sent = ended.filter(({ failure }) => (failure?.attempts ?? 0) > 0);
	expect(sent.length).toBeLessThanOrEqual(ITEMS / 100);
	expect(
		ended.every(({ failure }) => (failure?.attempts ?? 0) > 0 || failure?.phase === 'notSent'),
	).toBe(true);
}, 60_000);

test('an outage in the middle of a batch, wait mode: the batch pauses, no item fails', async () => {
	const client = oracleClient(proxy.origin);
	const running = client.all('put', keysOf('batch', ITEMS), 50);
	await arrivals(2_000);
	await proxy.outage('reset');
	const beganAt = Date.now();
	await later(OUTAGE_MS);
	const answeredBefore = oracle.effects.size;
	await proxy.outage('off');
	const endedAt = Date.now();
	const ended = await running;
	const first = Math.min(...ended.map(({ at }) => at).filter((at) => at > endedAt));
	console.log(
		`outage ${endedAt - beganAt} ms: load ${load()}, first success after ${first - endedAt} ms`,
	);
	expect(answeredBefore).toBeLessThan(ITEMS / 2);
	expect(ended.filter(({ failure }) => failure)).toEqual([]);
	expect(oracle.effects.size).toBe(ITEMS);
	expect(load()).toBeLessThanOrEqual(1.02);
	expect(first - endedAt).toBeLessThanOrEqual(FIRST_SUCCESS_MS);
}, 120_000);

test('however unlucky the moment, the first success comes 3 s after the outage at the latest', async () => {
	// The longest pauses that the jitter allows, and an end just after a probe has failed.
	const client = oracleClient(proxy.origin, { random: () => 0.999 });
	await proxy.outage('reset');
	const running = client.all('put', keysOf('unlucky', 60), 50);
	const openedAt = Date.now();
	let probes = proxy.refusedConnections;
	let probedAt = openedAt;
	while (Date.now() - openedAt < 7_800) {
		await later(20);
		if (proxy.refusedConnections > probes) probedAt = Date.now();
		probes = proxy.refusedConnections;
		// The other probes of this round fail as well.
		if (probedAt - openedAt > 5_500 && Date.now() - probedAt > 100) break;
	}
	await proxy.outage('off');
	const endedAt = Date.now();
	const ended = await running;
	const first = Math.min(...ended.map(({ at }) => at)) - endedAt;
	console.log(
		`last probe ${endedAt - probedAt} ms before the end, first success ${first} ms after it`,
	);
	expect(ended.filter(({ failure }) => failure)).toEqual([]);
	expect(first).toBeLessThanOrEqual(FIRST_SUCCESS_MS);
}, 60_000);

test('an outage of an answering server (503) pauses a batch just as a dead one does', async () => {
	const client = oracleClient(proxy.origin);
	const running = client.all('keyed', keysOf('busy', 2_000), 50);
	await arrivals(500);
	proxy.faults = () => 'unavailable';
	await later(2_500);
	proxy.faults = () => 'pass';
	const ended = await running;
	expect(ended.filter(({ failure }) => failure)).toEqual([]);
	expect([...oracle.effects.values()].every(({ commits }) => commits === 1)).toBe(true);
	expect(proxy.requests.length).toBeLessThanOrEqual(2_000 * 1.06);
}, 60_000);

test('an outage longer than the deadline: items fail, but not one deadline after the other', async () => {
	await proxy.outage('refuse');
	const began = Date.now();
	const client = oracleClient(proxy.origin, { deadlineMs: 1_500 });
	const ended = await client.all('unkeyed', keysOf('long', 2_000), 20);
	const tookMs = Date.now() - began;
	console.log(`2,000 items, deadline 1.5 s, outage without end: ${tookMs} ms`);
	expect(ended.every(({ failure }) => failure?.phase === 'notSent')).toBe(true);
	expect(tookMs).toBeLessThan(4_000);
}, 60_000);
