import { startEffectOracle } from '../../sandbox/faults/effects.ts';
import type { FaultKind } from '../../sandbox/faults/proxy.ts';
import { startFaultProxy } from '../../sandbox/faults/proxy.ts';
import { oracleClient } from './oracleClient';
import type { FaultyStorage } from './storage';
import { BUCKET, createBucket, s3Node, startFaultyStorage, textItems, uploadText } from './storage';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

// A server that sends a byte now and then, or nothing at all, must not outlive the deadline.

// The goal is 1,250; the rest is for a busy machine.
const LATEST_MS = 1_500;

let storage: FaultyStorage;
let watched: WatchedEngine;
beforeAll(async () => {
	storage = await startFaultyStorage({ dripMs: 20 });
	watched = await openWatchedEngine();
	watched.engine.credentials.resilientS3Api = storage.credential;
	await watched.engine.run(s3Node('setup', createBucket));
	await watched.engine.run(s3Node('setup', uploadText()), {
		items: [{ json: { key: 'big', text: 'x'.repeat(100_000) } }],
	});
});
afterAll(async () => await storage.close());

const download = (resilience: object) => ({
	resource: 'object',
	operation: 'download',
	bucket: BUCKET,
	key: 'big',
	resilience,
});

test.each<[string, FaultKind]>([
	['upload', 'halfOpen'],
	['upload', 'drip'],
	['download', 'halfOpen'],
	['download', 'drip'],
	['download', 'dripBody'],
])('%s against %s ends with its deadline of 1 s, and closes the connection', async (how, kind) => {
	const { proxy } = storage;
	proxy.faults = () => kind;
	proxy.requests.length = 0;
	watched.executions.length = 0;
	const resilience = { deadline: 1, failedOutput: true };
	const parameters = how === 'upload' ? uploadText(resilience) : download(resilience);
	const { outputs, run } = await watched.engine.run(s3Node(`${how} ${kind}`, parameters), {
		items: textItems(`${how}-${kind}`, 3),
	});
	proxy.faults = () => 'pass';
	const [execution] = watched.executions;
	const tookMs = (execution?.endedAt ?? Infinity) - (execution?.startedAt ?? 0);
	expect(run.status).toBe('success');
	expect(tookMs).toBeGreaterThanOrEqual(990);
	expect(tookMs).toBeLessThan(LATEST_MS);
	const [done = [], failed = []] = outputs('E');
	expect([done.length, failed.length]).toEqual([0, 3]);
	for (const { json } of failed)
		expect(json.error).toMatchObject({ kind: 'timeout', phase: 'maybeDone', code: 'DEADLINE' });
	await connectionsClosed(proxy);
	expect(proxy.requests).toHaveLength(3);
	for (const { endedBy } of proxy.requests) expect(endedBy).toBe('client');
	console.log(
		`${how} ${kind}: done after ${tookMs} ms, connections closed after ${proxy.requests.map(({ endedAt = 0 }) => endedAt - (execution?.startedAt ?? 0))}`,
	);
});

test('a hung request is given up in time for another try, unless it may have been done', async () => {
	const oracle = await startEffectOracle();
	let number = 0;
	const proxy = await startFaultProxy({
		upstream: oracle.origin,
		faults: () => (number++ === 0 ? 'halfOpen' : 'pass'),
	});
	const client = oracleClient(proxy.origin, { attemptTimeoutMs: 300, deadlineMs: 5_000 });
	expect((await client.call('keyed', 'keyed')).failure).toBeUndefined();
	expect(oracle.effects.get('keyed')).toMatchObject({ commits: 1, deliveries: 1 });
	number = 0;
	const { failure } = await client.call('unkeyed', 'unkeyed');
	expect(failure).toMatchObject({ kind: 'timeout', phase: 'maybeDone', attempts: 1 });
	await connectionsClosed(proxy);
	await proxy.close();
	await oracle.close();
});

async function connectionsClosed({ busyConnections }: { busyConnections(): number }) {
	const until = Date.now() + 250;
	while (busyConnections() > 0 && Date.now() < until)
		await new Promise((resolve) => setTimeout(resolve, 5));
	expect(busyConnections()).toBe(0);
}
