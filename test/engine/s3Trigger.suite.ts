import type { INode, INodeExecutionData } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';
import { createBucket } from '../../nodes/S3/transport/buckets';
import { deleteObject } from '../../nodes/S3/transport/deleteObject';
import { putObject } from '../../nodes/S3/transport/objects';
import type { S3Client } from '../../nodes/S3/transport/client';
import type { S3Sandbox } from '../../sandbox/s3/server.ts';
import { startS3Sandbox } from '../../sandbox/s3/server.ts';
import { clientOf } from '../S3/clientOf';
import { Engine } from './engine';
import type { HostOptions } from './triggerHost';
import { Database, TriggerHost } from './triggerHost';

/** @param from folder with the n8n-core to run on; the newest one where it is left out */
export function s3TriggerSuite(from?: string): void {
	let sandbox: S3Sandbox;
	let engine: Engine;
	let s3: S3Client;
	let buckets = 0;
	const hosts: TriggerHost[] = [];

	beforeAll(async () => {
		sandbox = await startS3Sandbox();
		engine = await Engine.open({ from });
		s3 = clientOf(sandbox);
		const { endpoint, region, accounts } = sandbox;
		engine.credentials.resilientS3Api = { endpoint, region, ...accounts[0] };
	});
	afterEach(() => {
		for (const host of hosts.splice(0)) host.kill();
		sandbox.faults.clear();
	});
	afterAll(async () => await sandbox.close());

	const bucketOf = async (...keys: string[]) => {
		const bucket = `watched-${buckets++}`;
		await createBucket(s3, bucket, { ifExists: 'fail' });
		for (const key of keys) await put(bucket, key);
		return bucket;
	};
	const put = async (bucket: string, key: string, text = key) =>
		await putObject(s3, bucket, key, Buffer.from(text), { 'content-type': 'text/plain' });
	const trigger = (bucket: string, parameters: object = {}): Partial<INode> => ({
		type: 'n8n-nodes-resilient.s3Trigger',
		credentials: { resilientS3Api: { id: 'engine', name: 'S3' } },
		parameters: { bucket, pollSeconds: 1, ...parameters },
	});
	const start = async (node: Partial<INode>, database: Database, options: HostOptions = {}) => {
		const host = new TriggerHost(engine, database, options);
		hosts.push(host);
		await host.activate(node);
		return host;
	};
	const until = async (what: () => boolean, withinMs = 20_000) => {
		const end = Date.now() + withinMs;
		while (!what() && Date.now() < end) await wait(20);
	};
	const seen = (database: Database) =>
		database.events().map(({ event, key }) => `${String(event)} ${String(key)}`);
	/** Waits for so many events, and then whether there are more than that. */
	const eventsOf = async (database: Database, count: number) => {
		await until(() => database.events().length >= count);
		await wait(1_200);
		return seen(database).sort();
	};

	test('what is there at the beginning is no event; what comes, changes and goes is one each', async () => {
		const bucket = await bucketOf('old', 'changes', 'goes');
		const database = new Database();
		await start(trigger(bucket, { events: ['created', 'changed', 'deleted'] }), database);
		await put(bucket, 'new');
		await put(bucket, 'changes', 'other');
		await deleteObject(s3, bucket, 'goes');
		expect(await eventsOf(database, 3)).toEqual(['changed changes', 'created new', 'deleted goes']);
		const created = database.events().find(({ key }) => key === 'new');
		expect(created).toEqual({
			event: 'created',
			bucket,
			key: 'new',
			size: 3,
			etag: '22af645d1859cb5ca6da0c484f1f37ea',
			lastModified: expect.stringMatching(/^\d{4}-.*Z$/),
			storageClass: 'STANDARD',
			eventId: expect.stringMatching(/^[0-9a-f]{32}$/),
		});
		expect(database.failures).toEqual([]);
	});

	test('the same content written again is a change, unless only other content is one', async () => {
		const bucket = await bucketOf('same');
		const [any, content] = [new Database(), new Database()];
		await start(trigger(bucket), any);
		await start(trigger(bucket, { options: { changeIs: 'content' } }), content);
		await wait(1_100);
		await put(bucket, 'same');
		expect(await eventsOf(any, 1)).toEqual(['changed same']);
		expect(seen(content)).toEqual([]);
		await put(bucket, 'same', 'other');
		expect(await eventsOf(content, 1)).toEqual(['changed same']);
	});

	test('existing objects are events where that is wanted, once, in runs of the size that is wanted', async () => {
		const keys = Array.from({ length: 7 }, (_, n) => `object-${n}`);
		const bucket = await bucketOf(...keys, 'notes.tmp', 'folder/skipped');
		await put(bucket, 'marker/', '');
		const database = new Database();
		const options = { existing: 'emit', batchSize: 3, exclude: '**/*.tmp\nfolder/*' };
		const host = await start(trigger(bucket, { options }), database);
		expect(await eventsOf(database, 7)).toEqual(keys.map((key) => `created ${key}`));
		expect(database.executions.map(({ items }) => items.length)).toEqual([3, 3, 1]);
		await host.stop();
		await start(trigger(bucket, { options }), database);
		await wait(1_500);
		expect(database.events()).toHaveLength(7);
	});

	test('an object counts when its done file is there and not older; the done file is no event', async () => {
		const bucket = await bucketOf();
		const database = new Database();
		const options = { doneFile: '{folder}/{baseName}.ok', include: '**/*.csv' };
		await start(trigger(bucket, { options }), database);
		await put(bucket, 'in/early.csv');
		await put(bucket, 'in/ready.csv');
		await put(bucket, 'in/ready.ok');
		expect(await eventsOf(database, 1)).toEqual(['created in/ready.csv']);
		await put(bucket, 'in/early.ok');
		expect(await eventsOf(database, 2)).toEqual(['created in/early.csv', 'created in/ready.csv']);
	});

	test('an object counts when it has stayed the same for long enough', async () => {
		const bucket = await bucketOf();
		const database = new Database();
		await start(trigger(bucket, { options: { stableFor: 3 } }), database);
		for (let n = 0; n < 4; n++) {
			await put(bucket, 'grows', 'x'.repeat(n + 1));
			await wait(1_000);
		}
		expect(database.events()).toEqual([]);
		expect(await eventsOf(database, 1)).toEqual(['created grows']);
		expect(database.events()[0]?.size).toBe(4);
	});

	test('after a run that succeeded objects are deleted, after one that failed they stay', async () => {
		const bucket = await bucketOf();
		const database = new Database();
		const status = () => (database.executions.length === 1 ? 'error' : 'success');
		const node = trigger(bucket, { afterReading: 'delete', options: { batchSize: 1 } });
		await start(node, database, { status });
		await put(bucket, 'a-fails');
		await until(() => database.executions.length === 1);
		await put(bucket, 'b-succeeds');
		expect(await eventsOf(database, 2)).toEqual(['created a-fails', 'created b-succeeds']);
		expect([...(sandbox.buckets.get(bucket)?.objects.keys() ?? [])]).toEqual(['a-fails']);
	});

	test('the done file goes after a run that succeeded; the next one is a new signal', async () => {
		const bucket = await bucketOf();
		const database = new Database();
		const status = () => (database.executions.length === 1 ? 'error' : 'success');
		const options = { doneFile: '{key}.ok', deleteDoneFile: true, batchSize: 1 };
		const events = ['created', 'changed', 'deleted'];
		await start(trigger(bucket, { events, options }), database, { status });
		const there = () => [...(sandbox.buckets.get(bucket)?.objects.keys() ?? [])];
		await put(bucket, 'a-fails');
		await put(bucket, 'a-fails.ok');
		await until(() => database.executions.length === 1);
		await put(bucket, 'b');
		await put(bucket, 'b.ok');
		await until(() => !there().includes('b.ok'));
		expect(there()).toEqual(['a-fails', 'a-fails.ok', 'b']);
		await put(bucket, 'b', 'again');
		await wait(1_500);
		expect(seen(database)).toEqual(['created a-fails', 'created b']);
		await put(bucket, 'b.ok');
		expect(await eventsOf(database, 3)).toEqual(['changed b', 'created a-fails', 'created b']);
		expect(there()).toEqual(['a-fails', 'a-fails.ok', 'b']);
		expect(database.failures).toEqual([]);
	});

	test.each(['delete', 'move'])(
		'the done file goes with its object: %s; a process that is killed leaves neither',
		async (afterReading) => {
			const bucket = await bucketOf();
			const database = new Database();
			const options = { doneFile: '{key}.ok', deleteDoneFile: true };
			const place = { prefix: 'in/', destinationPrefix: 'done/' };
			const node = trigger(bucket, { afterReading, ...place, options });
			const host = await start(node, database, { runMs: 400 });
			await put(bucket, 'in/a');
			await put(bucket, 'in/a.ok');
			await until(() => database.executions.length === 1);
			host.kill();
			await start(node, database);
			const there = () => [...(sandbox.buckets.get(bucket)?.objects.keys() ?? [])];
			await until(() => !there().some((key) => key.startsWith('in/')));
			await wait(1_200);
			expect(there()).toEqual(afterReading === 'move' ? ['done/a'] : []);
			// The object was still there: whether the run that was killed had done with it, nobody knows.
			expect(seen(database)).toEqual(['created in/a', 'created in/a']);
			expect(database.failures).toEqual([]);
		},
	);

	test('after reading objects are tagged beside their tags; a tag is no change, and remembered for us', async () => {
		const bucket = await bucketOf();
		const database = new Database();
		const tag = { afterReading: 'tag', tagName: 'state', tagValue: 'read' };
		const node = trigger(bucket, { events: ['created', 'changed', 'deleted'], ...tag });
		const tagsOf = (key: string) =>
			Object.fromEntries(sandbox.buckets.get(bucket)?.objects.get(key)?.tags ?? []);
		const host = await start(node, database);
		const headers = { 'content-type': 'text/plain', 'x-amz-tagging': 'colour=red' };
		await putObject(s3, bucket, 'k', Buffer.from('x'), headers);
		await until(() => tagsOf('k').state === 'read');
		expect(tagsOf('k')).toEqual({ colour: 'red', state: 'read' });
		expect(await eventsOf(database, 1)).toEqual(['created k']);
		// Another object of this key has no such tag, and is one to read.
		await put(bucket, 'k', 'other');
		await until(() => tagsOf('k').state === 'read');
		expect(await eventsOf(database, 2)).toEqual(['changed k', 'created k']);
		host.kill();
		await start(node, database);
		expect(await eventsOf(database, 2)).toHaveLength(2);
		expect(database.failures).toEqual([]);
	});

	test('moved objects arrive whole, and are no deletions', async () => {
		const bucket = await bucketOf();
		const database = new Database();
		const events = ['created', 'changed', 'deleted'];
		const move = { afterReading: 'move', destinationPrefix: 'done/' };
		await start(trigger(bucket, { prefix: 'in/', events, ...move }), database);
		await put(bucket, 'in/sub/a.txt');
		await until(() => sandbox.read(bucket, 'done/sub/a.txt') !== undefined);
		await until(() => sandbox.read(bucket, 'in/sub/a.txt') === undefined);
		await put(bucket, 'in/sub/a.txt', 'again');
		expect(await eventsOf(database, 2)).toEqual(['created in/sub/a.txt', 'created in/sub/a.txt']);
		expect(sandbox.read(bucket, 'done/sub/a.txt')?.toString()).toBe('again');
		expect(sandbox.read(bucket, 'in/sub/a.txt')).toBeUndefined();
	});

	test('objects that would be moved into the watch again are refused when it is switched on', async () => {
		const bucket = await bucketOf();
		const parameters = { afterReading: 'move', destinationPrefix: 'in/done/', prefix: 'in/' };
		await expect(start(trigger(bucket, parameters), new Database())).rejects.toThrow(
			'would be moved to where this trigger finds them again',
		);
		const options = { exclude: 'in/done/**' };
		await start(trigger(bucket, { ...parameters, options }), new Database());
	});

	test('the content comes along; an object that is gone by then says so', async () => {
		const bucket = await bucketOf();
		const database = new Database();
		await start(trigger(bucket, { download: true, binaryPropertyName: 'file' }), database);
		await put(bucket, 'folder/text.txt', 'content');
		expect(await eventsOf(database, 1)).toEqual(['created folder/text.txt']);
		const [item] = database.executions[0]?.items ?? [];
		expect(item?.binary?.file).toMatchObject({ fileName: 'text.txt', mimeType: 'text/plain' });
		expect(Buffer.from(item?.binary?.file?.data ?? '', 'base64').toString()).toBe('content');
	});

	test('a listing that fails in the middle is no listing, is told of once, and nothing is lost', async () => {
		const keys = Array.from({ length: 1_100 }, (_, n) => `object-${String(n).padStart(4, '0')}`);
		const bucket = await bucketOf(...keys);
		const database = new Database();
		await start(trigger(bucket, { events: ['created', 'changed', 'deleted'] }), database);
		sandbox.faults.add({
			kind: 'status',
			status: 403,
			code: 'AccessDenied',
			match: ({ query }) => 'continuation-token' in query,
		});
		await put(bucket, 'object-0000', 'changed');
		await wait(5_000);
		expect(database.events()).toEqual([]);
		// Hosts before 2.8 have nowhere to show it but their log.
		const told = from ? [] : [expect.stringContaining('AccessDenied') as string];
		expect(database.failures.map(({ message }) => message)).toEqual(told);
		sandbox.faults.clear();
		expect(await eventsOf(database, 1)).toEqual(['changed object-0000']);
	});

	test('the editor shows the newest objects, and the trigger does not know that it was asked', async () => {
		const bucket = await bucketOf('a', 'b');
		const shown: INodeExecutionData[][] = [];
		const workflow = engine.activeWorkflow(trigger(bucket));
		const context = engine.triggerContext(workflow, 'manual', (data) => shown.push(...data));
		const response = await engine.typeOf(workflow).trigger?.call(context);
		await response?.manualTriggerFunction?.();
		expect(shown.flat().map(({ json }) => json.key)).toEqual(['a', 'b']);
		expect(JSON.stringify(workflow.staticData)).toBe('{}');
		const empty = engine.activeWorkflow(trigger(await bucketOf()));
		const other = await engine
			.typeOf(empty)
			.trigger?.call(engine.triggerContext(empty, 'manual', () => {}));
		await expect(other?.manualTriggerFunction?.()).rejects.toThrow('There is no object in bucket');
	});

	test('a workflow that is switched off and on during a run does not start that run again', async () => {
		const bucket = await bucketOf();
		const database = new Database();
		const node = trigger(bucket, { afterReading: 'delete' });
		const host = new TriggerHost(engine, database, { runMs: 1_500 });
		hosts.push(host);
		await host.activate(node);
		await put(bucket, 'long');
		await until(() => database.executions.length === 1);
		await host.activate(node);
		await wait(2_500);
		expect(seen(database)).toEqual(['created long']);
		expect(sandbox.read(bucket, 'long')).toBeUndefined();
	});

	test('restarts without force: nothing lost, nothing doubled, also where n8n knows no keys', async () => {
		const bucket = await bucketOf();
		const database = new Database();
		const old = { knowsKeys: false };
		const node = trigger(bucket, { options: { batchSize: 4 } });
		const keys: string[] = [];
		for (let round = 0; round < 3; round++) {
			const host = await start(node, database, old);
			for (let n = 0; n < 10; n++) {
				keys.push(`object-${round}${n}`);
				await put(bucket, `object-${round}${n}`);
			}
			await until(() => database.events().length >= keys.length);
			await host.stop();
		}
		await start(node, database, old);
		await wait(1_300);
		expect(seen(database).sort()).toEqual(keys.map((key) => `created ${key}`));
	});

	const count = Number(process.env.TRIGGER_OBJECTS ?? 600);
	test.each(['nothing', 'delete'])(
		`${count} objects written, overwritten and deleted, the process killed again and again; after reading: %s`,
		async (afterReading) => {
			const bucket = await bucketOf();
			const database = new Database();
			const events = ['created', 'changed', 'deleted'];
			const options = { batchSize: 20, runs: 2 };
			const node = trigger(bucket, { events, afterReading, options });
			let host = await start(node, database);
			let kills = 0;
			/** Does the work while the process is killed, then waits for the events. */
			const phase = async (work: () => Promise<void>, expected: number) => {
				let working = true;
				const worker = work().finally(() => (working = false));
				const complete = () => new Set(seen(database)).size >= expected;
				const end = Date.now() + 60_000 + count * 20;
				while ((working || !complete()) && Date.now() < end) {
					await wait(1_020 + Math.random() * 60);
					if (kills >= 12) continue;
					kills++;
					host.kill();
					host = await start(node, database);
				}
				await worker;
			};
			const keys = Array.from({ length: count }, (_, n) => `object-${String(n).padStart(5, '0')}`);
			const each = async (chosen: string[], work: (key: string) => Promise<unknown>) => {
				for (const key of chosen) await work(key);
			};
			await phase(async () => await each(keys, async (key) => await put(bucket, key)), count);
			if (afterReading === 'delete') {
				await until(() => sandbox.buckets.get(bucket)?.objects.size === 0, 20_000 + count * 10);
				expect(sandbox.buckets.get(bucket)?.objects.size).toBe(0);
				const runs = Map.groupBy(seen(database), (event) => event);
				expect([...runs.keys()].sort()).toEqual(keys.map((key) => `created ${key}`));
				// A run that was killed is run again, as long as its objects are there.
				expect(seen(database).length - keys.length).toBeLessThanOrEqual(kills * 2 * 20);
				expect(database.failures).toEqual([]);
				return;
			}
			const half = keys.slice(0, count / 2);
			const quarter = keys.slice(count / 4, count / 2);
			const write = async (key: string) => await put(bucket, key, 'other');
			await phase(async () => await each(half, write), count * 1.5);
			const remove = async (key: string) => await deleteObject(s3, bucket, key);
			await phase(async () => await each(quarter, remove), count * 1.75);
			await wait(2_000);
			expect(kills).toBeGreaterThan(3);
			expect(seen(database).sort()).toEqual([
				...half.map((key) => `changed ${key}`),
				...keys.map((key) => `created ${key}`),
				...quarter.map((key) => `deleted ${key}`),
			]);
			expect(database.failures).toEqual([]);
		},
		200_000 + count * 60,
	);
}
