import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { INodeExecutionData } from 'n8n-workflow';
import { randomFaults } from '../../sandbox/faults/proxy.ts';
import type { FaultyStorage } from './storage';
import { BUCKET, createBucket, s3Node, startFaultyStorage, textItems, uploadText } from './storage';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

// Files of several requests: every byte arrives, in its place, whatever breaks on the way.

const MIB = 1024 * 1024;
const OUTAGE_MS = process.env.CI ? 20_000 : 4_000;

let storage: FaultyStorage;
let watched: WatchedEngine;
beforeEach(async () => {
	storage = await startFaultyStorage();
	watched = await openWatchedEngine({ binary: 'filesystem' });
	watched.engine.credentials.resilientS3Api = storage.credential;
	await watched.engine.run(s3Node(`t${storage.proxy.port}`, createBucket));
});
afterEach(async () => await storage.close());

const run = async (parameters: Record<string, unknown>, items: INodeExecutionData[]) =>
	await watched.engine.run(s3Node(`t${storage.proxy.port}`, parameters), { items });

const hash = (bytes: Buffer | undefined) =>
	bytes && createHash('sha256').update(bytes).digest('hex');

test('a multipart upload whose parts, first and last request break is stored whole, once', async () => {
	const bytes = randomBytes(33 * MIB);
	const file = await watched.engine.files.store(
		{ type: 'execution', workflowId: 'w1', executionId: 'e1' },
		bytes,
		{ mimeType: 'application/octet-stream', fileName: 'a.bin', data: '' },
	);
	// Each request breaks at its first try: some before, some after they had their effect.
	const seen = new Map<string, number>();
	storage.proxy.faults = ({ method, path }) => {
		const name = `${method} ${path}`;
		const tries = (seen.get(name) ?? 0) + 1;
		seen.set(name, tries);
		if (tries > 1 || !path.includes('large')) return 'pass';
		const part = Number(/partNumber=(\d+)/.exec(path)?.[1] ?? 0);
		return part % 2 === 1 ? 'resetBefore' : 'resetAfter';
	};
	const parameters = {
		resource: 'object',
		operation: 'upload',
		bucket: BUCKET,
		key: 'large',
		source: 'binary',
		binaryPropertyName: 'data',
		options: { partSize: 5, parallelParts: 3 },
	};
	const { outputs, errorOf } = await run(parameters, [{ json: {}, binary: { data: file } }]);
	expect(errorOf('E')).toBeUndefined();
	expect(outputs('E')[0]?.[0]?.json).toMatchObject({ key: 'large', size: bytes.length, parts: 7 });
	expect(hash(storage.sandbox.read(BUCKET, 'large'))).toBe(hash(bytes));
	expect(storage.writes().get('large')).toBe(1);
	const repeated = [...seen.values()].filter((tries) => tries > 1).length;
	expect(repeated).toBeGreaterThanOrEqual(9);
}, 60_000);

test('downloads that break off are continued: every byte is right', async () => {
	const texts = ['a', 'b', 'c', 'd'].map((name) => ({
		json: { key: name, text: randomBytes(300_000).toString('hex') },
	}));
	await run(uploadText(), texts);
	storage.proxy.requests.length = 0;
	storage.proxy.faults = randomFaults(4, { truncate: 0.4, resetBefore: 0.1, unavailable: 0.1 });
	const parameters = {
		resource: 'object',
		operation: 'download',
		bucket: BUCKET,
		key: '={{ $json.key }}',
		resilience: { maxAttempts: 10 },
	};
	const { outputs, errorOf } = await run(parameters, texts);
	expect(errorOf('E')).toBeUndefined();
	const [items = []] = outputs('E');
	expect(items).toHaveLength(4);
	for (const [at, { binary }] of items.entries()) {
		const id = binary?.data?.id ?? '';
		const received = await buffer(await watched.engine.files.getAsStream(id));
		expect(hash(received)).toBe(hash(Buffer.from(texts[at]?.json.text ?? '')));
	}
	expect(storage.proxy.counts.get('truncate')).toBeGreaterThan(0);
}, 60_000);

test('an outage in the middle of a batch of uploads: the node waits, and no item fails', async () => {
	const items = textItems('batch', 1_000);
	const running = run(uploadText({ failedOutput: true, concurrency: 20 }), items);
	const uploads = () => storage.sandbox.effects.size;
	while (uploads() < 200) await new Promise((resolve) => setTimeout(resolve, 5));
	await storage.proxy.outage('refuse');
	const before = uploads();
	await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
	expect(uploads()).toBe(before);
	await storage.proxy.outage('off');
	const { outputs } = await running;
	expect(outputs('E').map(({ length }) => length)).toEqual([1_000, 0]);
	expect(outputs('E')[0]?.map(({ json }) => json.key)).toEqual(items.map(({ json }) => json.key));
	for (const { json } of items)
		expect(storage.sandbox.read(BUCKET, json.key)?.toString()).toBe(json.text);
}, 90_000);
