import type { INode, INodeExecutionData } from 'n8n-workflow';
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
	watched = await openWatchedEngine({ binary: 'filesystem' });
	watched.engine.credentials.resilientS3Api = storage.credential;
	await watched.engine.run(s3Node('setup', createBucket));
	watched.executions.length = 0;
	storage.proxy.requests.length = 0;
});
afterEach(async () => await storage.close());

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs the node, presses "Stop" once `ready`, and tells how the node took it. */
async function stopWhen(
	ready: () => boolean,
	parameters: Record<string, unknown> = uploadText({ failedOutput: true }),
	items: INodeExecutionData[] = textItems('item', 50),
	more: Partial<INode> = {},
) {
	const { executions, engine } = watched;
	const { proxy } = storage;
	let cancel = () => {};
	const running = engine.run(s3Node(`stop ${proxy.port}`, parameters, more), {
		items,
		started: (run) => {
			cancel = () => run.cancel();
		},
	});
	while (!ready()) await later(5);
	const [execution] = executions;
	// The node still works: otherwise stopping it would prove nothing.
	expect(executions).toHaveLength(1);
	expect(execution?.endedAt).toBeUndefined();
	const stoppedAt = Date.now();
	cancel();
	const { run } = await running;
	const until = stoppedAt + 3_000;
	while (executions.some(({ endedAt }) => !endedAt) && Date.now() < until) await later(1);
	const returnedMs = (execution?.endedAt ?? Infinity) - stoppedAt;
	while (proxy.busyConnections() > 0 && Date.now() < until) await later(1);
	const closedMs = Date.now() - stoppedAt;
	const sent = proxy.requests.length + proxy.refusedConnections;
	await later(700);
	const sentLater = proxy.requests.length + proxy.refusedConnections - sent;
	return { returnedMs, closedMs, sentLater, status: run.status };
}

type Stopped = Awaited<ReturnType<typeof stopWhen>>;

function expectStopped(what: string, stopped: Stopped, closedWithinMs = LATEST_MS) {
	const { returnedMs, closedMs, sentLater, status } = stopped;
	console.log(
		`${what}: node returned after ${returnedMs} ms, connections closed by ${closedMs} ms`,
	);
	expect(returnedMs).toBeLessThan(LATEST_MS);
	expect(closedMs).toBeLessThan(closedWithinMs);
	expect(sentLater).toBe(0);
	// Else n8n lists the run as failed and starts the error workflow.
	expect(status).toBe('canceled');
}

const hit = (kind: FaultKind, count: number) => () =>
	storage.proxy.requests.filter(({ fault }) => fault === kind).length >= count;

test('during a backoff', async () => {
	storage.proxy.faults = () => 'throttle';
	// At the second refusal of each item the pauses are up to two seconds.
	expectStopped('backoff', await stopWhen(hit('throttle', 15)));
});

test('while the server does not answer', async () => {
	storage.proxy.faults = () => 'halfOpen';
	const report = await stopWhen(() => storage.proxy.busyConnections() === 10);
	expectStopped('half-open', report);
	for (const { endedBy } of storage.proxy.requests) expect(endedBy).toBe('client');
});

test('while the answers drip', async () => {
	storage.proxy.faults = () => 'drip';
	expectStopped('drip', await stopWhen(() => storage.proxy.busyConnections() === 10));
});

test('while the batch waits for the end of an outage', async () => {
	await storage.proxy.outage('reset');
	const began = Date.now();
	expectStopped('outage', await stopWhen(() => Date.now() - began > 1_200));
});

test('during a pause that Retry-After asked for', async () => {
	storage.proxy.faults = () => 'throttleSeconds';
	const paused = () => hit('throttleSeconds', 10)() && storage.proxy.busyConnections() === 0;
	expectStopped('Retry-After', await stopWhen(paused));
});

test.each(['continueRegularOutput', 'continueErrorOutput', 'stopWorkflow'] as const)(
	'with Retry On Fail and on error = %s nothing is sent after the stop',
	async (onError) => {
		storage.proxy.faults = () => 'halfOpen';
		const report = await stopWhen(
			() => storage.proxy.busyConnections() === 10,
			uploadText(),
			undefined,
			{ onError, retryOnFail: true, maxTries: 5, waitBetweenTries: 1 },
		);
		expectStopped(`Retry On Fail, ${onError}`, report);
	},
);

test('in the middle of a large multipart upload: nothing of it stays at the server', async () => {
	let parts = 0;
	storage.proxy.faults = ({ path }) =>
		path.includes('partNumber=') && ++parts > 3 ? 'halfOpen' : 'pass';
	const file = { mimeType: 'application/octet-stream', fileName: 'large.bin' };
	const stored = await watched.engine.files.store(
		{ type: 'execution', workflowId: 'w1', executionId: 'e1' },
		Buffer.alloc(60 * 1024 * 1024, 'x'),
		{ ...file, data: '' },
	);
	const parameters = {
		resource: 'object',
		operation: 'upload',
		bucket: BUCKET,
		key: 'large',
		source: 'binary',
		binaryPropertyName: 'data',
		options: { partSize: 5, parallelParts: 4 },
	};
	const items = [{ json: {}, binary: { data: stored } }];
	let openAtStop = 0;
	const ready = () => {
		openAtStop = storage.sandbox.openUploads().length;
		return hit('halfOpen', 4)();
	};
	const report = await stopWhen(ready, parameters, items);
	expect(openAtStop).toBe(1);
	expect(storage.sandbox.openUploads()).toEqual([]);
	expect(storage.sandbox.read(BUCKET, 'large')).toBeUndefined();
	// The last connection is that of the request which frees the parts.
	expectStopped('multipart', report, 1_500);
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
