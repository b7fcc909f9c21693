import type { FaultKind } from '../../sandbox/faults/proxy.ts';
import type { FaultyStorage } from './storage';
import { BUCKET, createBucket, s3Node, startFaultyStorage, textItems, uploadText } from './storage';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

// The user presses "Stop". The goal is 100 ms; the rest is for a busy machine.
const LATEST_MS = 250;

let storage: FaultyStorage;
let watched: WatchedEngine;
beforeEach(async () => {
	storage = await startFaultyStorage({ retryAfterSeconds: 20 });
	watched = await openWatchedEngine();
	watched.engine.credentials.resilientS3Api = storage.credential;
	await watched.engine.run(s3Node('setup', createBucket));
	watched.executions.length = 0;
	storage.proxy.requests.length = 0;
});
afterEach(async () => await storage.close());

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Parameters = Record<string, unknown>;
type Items = Array<{ json: { key: string; text: string } }>;

/** Runs the node, presses "Stop" once `ready`, and returns how the node took it. */
async function stopWhen(
	ready: () => boolean,
	parameters: Parameters = uploadText({ failedOutput: true }),
	items: Items = textItems('item', 50),
) {
	let cancel = () => {};
	const running = watched.engine.run(s3Node(`stop ${storage.proxy.port}`, parameters), {
		items,
		started: (run) => {
			cancel = () => run.cancel();
		},
	});
	while (!ready()) await later(5);
	const [execution] = watched.executions;
	// The node still works: otherwise stopping it would prove nothing.
	expect(execution?.endedAt).toBeUndefined();
	const stoppedAt = Date.now();
	cancel();
	const { run, errorOf } = await running;
	while (execution?.endedAt === undefined && Date.now() < stoppedAt + 5_000) await later(1);
	const returnedMs = (execution?.endedAt ?? Infinity) - stoppedAt;
	const sentAtStop = storage.proxy.requests.length + storage.proxy.refusedConnections;
	while (storage.proxy.busyConnections() > 0 && Date.now() < stoppedAt + 5_000) await later(1);
	const closedMs = Date.now() - stoppedAt;
	expect(returnedMs).toBeLessThan(LATEST_MS);
	expect(closedMs).toBeLessThan(LATEST_MS);
	expect(run.status).toBe('canceled');
	// Nothing is sent after the stop.
	await later(700);
	expect(storage.proxy.requests.length + storage.proxy.refusedConnections).toBe(sentAtStop);
	return { execution, returnedMs, closedMs, nodeError: errorOf('E') };
}

const hit = (kind: FaultKind, count: number) => () =>
	storage.proxy.requests.filter(({ fault }) => fault === kind).length >= count;

test('during a backoff', async () => {
	// Throttled pauses grow to seconds; the limiter's share of the requests stays small.
	storage.proxy.faults = () => 'throttle';
	const report = await stopWhen(hit('throttle', 15));
	console.log('backoff', report.returnedMs, report.closedMs, String(report.execution?.error));
});

test('while the server does not answer', async () => {
	storage.proxy.faults = () => 'halfOpen';
	const report = await stopWhen(() => storage.proxy.busyConnections() === 10);
	console.log('half-open', report.returnedMs, report.closedMs);
	for (const { endedBy } of storage.proxy.requests) expect(endedBy).toBe('client');
});

test('while the answers drip', async () => {
	storage.proxy.faults = () => 'drip';
	const report = await stopWhen(() => storage.proxy.busyConnections() === 10);
	console.log('drip', report.returnedMs, report.closedMs);
});

test('while the batch waits for the end of an outage', async () => {
	await storage.proxy.outage('reset');
	const began = Date.now();
	const report = await stopWhen(() => Date.now() - began > 1_200);
	console.log('outage', report.returnedMs, report.closedMs);
	await storage.proxy.outage('off');
});

test('during a pause that Retry-After asked for', async () => {
	storage.proxy.faults = () => 'throttleSeconds';
	const began = Date.now();
	const report = await stopWhen(
		() => hit('throttleSeconds', 1)() && Date.now() - began > 300 && storage.proxy.busyConnections() === 0,
	);
	console.log('Retry-After', report.returnedMs, report.closedMs);
});

test('in the middle of a large multipart upload: nothing of it stays at the server', async () => {
	const MIB = 1024 * 1024;
	let parts = 0;
	storage.proxy.faults = ({ path }) =>
		path.includes('partNumber=') && ++parts > 3 ? 'halfOpen' : 'pass';
	const parameters = {
		...uploadText({ failedOutput: true }),
		options: { partSize: 5, parallelParts: 4 },
	};
	let cancelled = false;
	const sawParts = () => {
		cancelled = hit('halfOpen', 4)();
		return cancelled;
	};
	let cancel = () => {};
	const running = watched.engine.run(s3Node(`stop ${storage.proxy.port}`, parameters), {
		items: [{ json: { key: 'large', text: 'x'.repeat(60 * MIB) } }],
		started: (run) => {
			cancel = () => run.cancel();
		},
	});
	while (!sawParts()) await later(5);
	expect(storage.sandbox.openUploads()).toHaveLength(1);
	const [execution] = watched.executions;
	expect(execution?.endedAt).toBeUndefined();
	const stoppedAt = Date.now();
	cancel();
	const { run } = await running;
	while (execution?.endedAt === undefined && Date.now() < stoppedAt + 5_000) await later(1);
	const returnedMs = (execution?.endedAt ?? Infinity) - stoppedAt;
	while (storage.sandbox.openUploads().length > 0 && Date.now() < stoppedAt + 5_000) await later(5);
	const abortedMs = Date.now() - stoppedAt;
	while (storage.proxy.busyConnections() > 0 && Date.now() < stoppedAt + 5_000) await later(1);
	console.log('multipart', returnedMs, 'aborted after', abortedMs, 'closed', Date.now() - stoppedAt);
	expect(returnedMs).toBeLessThan(LATEST_MS);
	expect(run.status).toBe('canceled');
	expect(storage.sandbox.openUploads()).toEqual([]);
	expect(abortedMs).toBeLessThan(2_000);
	expect(storage.proxy.busyConnections()).toBe(0);
	expect(storage.sandbox.read(BUCKET, 'large')).toBeUndefined();
}, 30_000);

test('connections kept for the next run are closed soon after', async () => {
	await watched.engine.run(s3Node('idle', uploadText()), { items: textItems('idle', 20) });
	expect(storage.proxy.openConnections()).toBeGreaterThan(0);
	expect(storage.proxy.busyConnections()).toBe(0);
	const began = Date.now();
	while (storage.proxy.openConnections() > 0 && Date.now() - began < 20_000) await later(50);
	console.log('idle connections closed after', Date.now() - began);
	expect(storage.proxy.openConnections()).toBe(0);
}, 30_000);
