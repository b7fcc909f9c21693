import type { INodeExecutionData, IPairedItemData } from 'n8n-workflow';
import { randomFaults } from '../../sandbox/faults/proxy.ts';
import type { FaultyStorage } from './storage';
import { BUCKET, createBucket, s3Node, startFaultyStorage, textItems, uploadText } from './storage';
import { openWatchedEngine } from './watchedEngine';

const ITEMS = process.env.CI ? 10_000 : 2_000;
// Eight faults in a row hit an item with probability 0.2^8: of 10,000 items, 0.026 fail in a run.
const MOST_FAILED = 2;
const FAULTS = { throttle: 0.05, unavailable: 0.05, resetBefore: 0.05, resetAfter: 0.05 };

let storage: FaultyStorage;
beforeAll(async () => (storage = await startFaultyStorage()));
afterAll(async () => await storage.close());

test('Resilient S3 uploads thousands of objects through 20 % faults: all there, in order', async () => {
	const { engine } = await openWatchedEngine();
	engine.credentials.resilientS3Api = storage.credential;
	await engine.run(s3Node('many', createBucket));
	storage.proxy.faults = randomFaults(99, FAULTS);
	storage.proxy.requests.length = 0;
	const items = textItems('many', ITEMS);
	const began = Date.now();
	const { outputs, errorOf, run } = await engine.run(
		s3Node('many', uploadText({ concurrency: 50, maxAttempts: 8, failedOutput: true })),
		{ items },
	);
	expect(errorOf('E')).toBeUndefined();
	expect(run.status).toBe('success');
	const [done = [], failed = []] = outputs('E');
	expect(done.length + failed.length).toBe(ITEMS);
	expect(failed.length).toBeLessThanOrEqual(MOST_FAILED);
	const stored = (key: string) => storage.sandbox.read(BUCKET, key)?.toString();
	const numberOf = ({ pairedItem }: INodeExecutionData) => (pairedItem as IPairedItemData).item;
	const numbers = done.map(numberOf);
	expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
	expect([...numbers, ...failed.map(numberOf)].sort((a, b) => a - b)).toEqual([...items.keys()]);
	for (const item of done) {
		const key = `many-${numberOf(item)}`;
		expect(item.json.key).toBe(key);
		expect(stored(key)).toBe(`text of ${key}`);
	}
	for (const { json } of failed) {
		const { input, error } = json as { input: { key: string }; error: { phase: string } };
		if (error.phase !== 'maybeDone') expect(stored(input.key)).toBeUndefined();
	}
	const load = storage.proxy.requests.length / ITEMS;
	console.log(Date.now() - began, load, new Map(storage.proxy.counts));
	expect(load).toBeGreaterThan(1.15);
	expect(load).toBeLessThanOrEqual(1.27);
	expect(storage.proxy.upstreamErrors).toBe(0);
}, 480_000);
