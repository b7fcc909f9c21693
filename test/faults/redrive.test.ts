import type { INodeExecutionData } from 'n8n-workflow';
import { startEffectOracle } from '../../sandbox/faults/effects.ts';
import { randomFaults, startFaultProxy } from '../../sandbox/faults/proxy.ts';
import { postNode } from './postNode';
import type { FaultyStorage } from './storage';
import { BUCKET, createBucket, s3Node, startFaultyStorage, textItems, uploadText } from './storage';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

// The records of the Failed output go back into the same node, as the user would connect them.

let storage: FaultyStorage;
let watched: WatchedEngine;
beforeAll(async () => {
	storage = await startFaultyStorage();
	watched = await openWatchedEngine();
	watched.engine.credentials.resilientS3Api = storage.credential;
	await watched.engine.run(s3Node('redrive', createBucket));
});
afterAll(async () => await storage.close());

const onceEach = async (items: INodeExecutionData[], parameters: Record<string, unknown>) =>
	(await watched.engine.run(s3Node('redrive', parameters), { items })).outputs('E');

test('what failed in an unlucky hour is done later, exactly once, in order', async () => {
	const items = textItems('later', 200);
	const parameters = uploadText({ maxAttempts: 1, failedOutput: true });
	storage.proxy.faults = randomFaults(3, { unavailable: 0.2, resetBefore: 0.1 });
	const [done = [], failed = []] = await onceEach(items, parameters);
	expect(failed.length).toBeGreaterThan(30);
	expect(done.length + failed.length).toBe(200);
	storage.proxy.faults = () => 'pass';
	const [redone = [], stillFailed = []] = await onceEach(failed, parameters);
	expect(stillFailed).toEqual([]);
	expect(redone.map(({ json }) => json.key)).toEqual(
		failed.map(({ json }) => (json.input as { key: string }).key),
	);
	expect(redone.map(({ pairedItem }) => pairedItem)).toEqual(failed.map((_, item) => ({ item })));
	for (const { json } of items) {
		expect(storage.sandbox.read(BUCKET, json.key)?.toString()).toBe(json.text);
		expect(storage.writes().get(json.key)).toBe(1);
	}
});

test('files travel with their failed record', async () => {
	const bytes = Buffer.from([0, 255, 1, 254]);
	const binary = {
		data: { data: bytes.toString('base64'), mimeType: 'image/png', fileName: 'a.png' },
	};
	const parameters = {
		resource: 'object',
		operation: 'upload',
		bucket: BUCKET,
		key: '={{ $json.name }}/{{ $binary.data.fileName }}',
		source: 'binary',
		binaryPropertyName: 'data',
		resilience: { maxAttempts: 1, failedOutput: true },
	};
	storage.proxy.faults = () => 'unavailable';
	const [, failed = []] = await onceEach([{ json: { name: 'file' }, binary }], parameters);
	expect(failed).toHaveLength(1);
	storage.proxy.faults = () => 'pass';
	const [redone = []] = await onceEach(failed, parameters);
	expect(redone).toHaveLength(1);
	expect(storage.sandbox.read(BUCKET, 'file/a.png')).toEqual(bytes);
});

test('for another node a record is an item like any other', async () => {
	const parameters = uploadText({ maxAttempts: 1, failedOutput: true });
	storage.proxy.faults = () => 'unavailable';
	const [, failed = []] = await onceEach(textItems('other', 1), parameters);
	expect(failed[0]?.json.node).toBe('E');
	storage.proxy.faults = () => 'pass';
	const elsewhere = failed.map((item) => ({ ...item, json: { ...item.json, node: 'Upload' } }));
	const note = {
		...parameters,
		key: '={{ $json.input.key }}.failed',
		text: '={{ $json.error.code }}',
	};
	const [done = []] = await onceEach(elsewhere, note);
	expect(done.map(({ json }) => json.key)).toEqual(['other-0.failed']);
	expect(storage.sandbox.read(BUCKET, 'other-0.failed')?.toString()).toBe('HTTP 503');
});

test('a record that fails again keeps its first input, and can be fed back any number of times', async () => {
	const parameters = uploadText({ maxAttempts: 1, failedOutput: true });
	storage.proxy.faults = () => 'unavailable';
	let records = (await onceEach(textItems('again', 2), parameters))[1] ?? [];
	const first = records.map(({ json }) => json.idempotencyKey);
	for (let round = 0; round < 3; round++) records = (await onceEach(records, parameters))[1] ?? [];
	expect(records.map(({ json }) => json.input)).toEqual(
		textItems('again', 2).map(({ json }) => json),
	);
	// The same work has the same key, so records can be deduplicated.
	expect(records.map(({ json }) => json.idempotencyKey)).toEqual(first);
	storage.proxy.faults = () => 'pass';
	const [done = []] = await onceEach(records, parameters);
	expect(done.map(({ json }) => json.key)).toEqual(['again-0', 'again-1']);
	expect([storage.writes().get('again-0'), storage.writes().get('again-1')]).toEqual([1, 1]);
});

test('of effects that cannot be repeated, those that were refused are done exactly once', async () => {
	const oracle = await startEffectOracle();
	const proxy = await startFaultProxy({
		upstream: oracle.origin,
		faults: randomFaults(8, { unavailable: 0.2, resetAfter: 0.1 }),
	});
	watched.nodeTypes['test.post'] = await postNode(proxy.origin);
	const node = {
		type: 'test.post',
		parameters: {
			resource: 'effect',
			operation: 'post',
			key: '={{ $json.key }}',
			resilience: { maxAttempts: 1, failedOutput: true },
		},
	};
	const items = Array.from({ length: 200 }, (_, number) => ({ json: { key: `post-${number}` } }));
	const [, failed = []] = (await watched.engine.run(node, { items })).outputs('E');
	const refused = failed.filter(
		({ json }) => (json.error as { phase: string }).phase !== 'maybeDone',
	);
	expect(refused.length).toBeGreaterThan(20);
	expect(failed.length - refused.length).toBeGreaterThan(8);
	proxy.faults = () => 'pass';
	const [redone = []] = (await watched.engine.run(node, { items: refused })).outputs('E');
	expect(redone).toHaveLength(refused.length);
	expect(oracle.effects.size).toBe(200);
	for (const { commits } of oracle.effects.values()) expect(commits).toBe(1);
	await proxy.close();
	await oracle.close();
});
