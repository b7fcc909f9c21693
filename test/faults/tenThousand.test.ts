import type { EffectOracle } from '../../sandbox/faults/effects.ts';
import { startEffectOracle } from '../../sandbox/faults/effects.ts';
import type { FaultProxy } from '../../sandbox/faults/proxy.ts';
import { randomFaults, startFaultProxy } from '../../sandbox/faults/proxy.ts';
import type { Ended, How } from './oracleClient';
import { keysOf, oracleClient, valueOf } from './oracleClient';

// 10,000 items through the policies and the HTTP client, every fifth request hit by a fault.

const ITEMS = 10_000;
// Eight faults in a row hit an item with probability 0.2^8: of 10,000 items, 0.026 fail in a run.
const MOST_FAILED = 2;
const FAULTS = { throttle: 0.05, unavailable: 0.05, resetBefore: 0.05, resetAfter: 0.05 };

let oracle: EffectOracle;
let proxy: FaultProxy;
beforeEach(async () => {
	oracle = await startEffectOracle();
	proxy = await startFaultProxy({ upstream: oracle.origin, faults: randomFaults(2024, FAULTS) });
});
afterEach(async () => {
	await proxy.close();
	await oracle.close();
});

async function run(how: How): Promise<{ done: Ended[]; failed: Ended[]; load: number }> {
	const keys = keysOf(how, ITEMS);
	const ended = await oracleClient(proxy.origin).all(how, keys, 50);
	expect(ended.map(({ key }) => key)).toEqual(keys);
	expect(proxy.upstreamErrors).toBe(0);
	for (const key of oracle.effects.keys()) expect(key).toMatch(new RegExp(`^${how}-\\d+$`));
	const hit = proxy.requests.filter(({ fault }) => fault !== 'pass').length;
	// The test means something only if the faults were there.
	expect(hit / proxy.requests.length).toBeGreaterThan(0.18);
	return {
		done: ended.filter(({ failure }) => !failure),
		failed: ended.filter(({ failure }) => failure),
		load: proxy.requests.length / ITEMS,
	};
}

/** Whoever reads "not sent" or "rejected" may repeat the item: then nothing may have happened. */
function expectHonest(failed: Ended[]) {
	const sure = failed.filter(({ failure }) => failure?.phase !== 'maybeDone');
	expect(sure.filter(effect)).toEqual([]);
}

const effect = ({ key }: Ended) => oracle.effects.get(key);

test('repeatable: of 10,000 items none is lost, all are stored as they are, for at most 1.27 requests per item', async () => {
	const { done, failed, load } = await run('put');
	expect(done.length + failed.length).toBe(ITEMS);
	expect(failed.length).toBeLessThanOrEqual(MOST_FAILED);
	for (const ended of done) expect(effect(ended)?.value).toBe(valueOf(ended.key));
	expect(load).toBeLessThanOrEqual(1.27);
}, 120_000);

test('keyed: of 10,000 items none is lost and none is done twice, for at most 1.27 requests per item', async () => {
	const { done, failed, load } = await run('keyed');
	expect(done.length + failed.length).toBe(ITEMS);
	expect(failed.length).toBeLessThanOrEqual(MOST_FAILED);
	expect(done.filter((ended) => effect(ended)?.commits !== 1)).toEqual([]);
	expect([...oracle.effects.values()].filter(({ commits }) => commits > 1)).toEqual([]);
	expectHonest(failed);
	// Lost answers were asked for again; it is the key that prevented a second effect.
	expect(done.filter((ended) => (effect(ended)?.deliveries ?? 0) > 1).length).toBeGreaterThan(100);
	expect(load).toBeLessThanOrEqual(1.27);
}, 120_000);

test('neither: nothing is sent twice that may be done, and each doubt is said', async () => {
	const { done, failed } = await run('unkeyed');
	expect(done.length + failed.length).toBe(ITEMS);
	expect(done.filter((ended) => effect(ended)?.commits !== 1)).toEqual([]);
	expect([...oracle.effects.values()].filter(({ commits }) => commits > 1)).toEqual([]);
	// The faults leave about one item in ten in doubt, half of them done.
	const doubtful = failed.filter(({ failure }) => failure?.phase === 'maybeDone');
	expect(doubtful.length).toBeGreaterThan(800);
	expect(doubtful.filter(effect).length).toBeGreaterThan(400);
	expectHonest(failed);
}, 120_000);

test('keyed, every kind of fault at once: none of 1,000 is lost, none is done twice', async () => {
	proxy.faults = randomFaults(77, {
		latency: 0.03,
		error: 0.03,
		resetAfter: 0.03,
		truncate: 0.03,
		duplicate: 0.03,
		throttleSeconds: 0.003,
		halfOpen: 0.01,
		drip: 0.01,
		dripBody: 0.01,
	});
	const client = oracleClient(proxy.origin, { attemptTimeoutMs: 1_500 });
	const ended = await client.all('keyed', keysOf('all', 1_000), 50);
	expect(ended).toHaveLength(1_000);
	expect(ended.filter(({ failure }) => failure)).toEqual([]);
	expect([...oracle.effects.values()].filter(({ commits }) => commits !== 1)).toEqual([]);
	expect(oracle.effects.size).toBe(1_000);
	expect(proxy.counts.size).toBe(10);
}, 60_000);

test('the oracle tells: without the policies the same faults do lose and double', async () => {
	const keys = keysOf('naive', 500);
	const send = async (key: string) =>
		await fetch(`${proxy.origin}/effects/${key}`, { method: 'POST', body: 'x' }).then(
			({ ok }) => ok,
			() => false,
		);
	for (const key of keys) for (let n = 0; n < 8 && !(await send(key)); n++);
	expect([...oracle.effects.values()].filter(({ commits }) => commits > 1).length).toBeGreaterThan(
		0,
	);
});
