import { buffer } from 'node:stream/consumers';
import type { IBinaryData } from 'n8n-workflow';
import type { S3Sandbox } from '../../sandbox/s3/server.ts';
import { startS3Sandbox } from '../../sandbox/s3/server.ts';
import { Engine } from './engine';

const accessKeyId = 'AKIAENGINE';
const secretAccessKey = 'engine/secret+with=signs';

/** @param from folder with the n8n-core to run on; the newest one where it is left out */
export function s3Suite(from?: string): void {
	let sandbox: S3Sandbox;

	beforeAll(async () => {
		sandbox = await startS3Sandbox({ accounts: [{ accessKeyId, secretAccessKey }] });
		const engine = await Engine.open({ from });
		connect(engine);
		await engine.run(s3('bucket', 'create', { bucket: 'engine' }));
	});
	afterAll(async () => await sandbox.close());

	function connect(engine: Engine) {
		engine.credentials.resilientS3Api = {
			endpoint: sandbox.endpoint,
			region: 'us-east-1',
			accessKeyId,
			secretAccessKey,
		};
	}

	const s3 = (resource: string, operation: string, parameters: object, more: object = {}) => ({
		type: 'n8n-nodes-resilient.s3',
		credentials: { resilientS3Api: { id: 'engine', name: 'S3' } },
		parameters: { resource, operation, ...parameters },
		...more,
	});

	const keys = (...names: string[]) => names.map((key) => ({ json: { key } }));

	const put = (key: string, text: string) =>
		s3('object', 'upload', { bucket: 'engine', key, source: 'text', text });

	describe.each(['memory', 'filesystem'] as const)('files kept in %s', (binary) => {
		let engine: Engine;

		beforeAll(async () => {
			engine = await Engine.open({ from, binary });
			connect(engine);
		});

		const bytesOf = async ({ id, data }: IBinaryData) =>
			id ? await buffer(await engine.files.getAsStream(id)) : Buffer.from(data, 'base64');

		test.each([
			['an empty file', 0],
			['a small file', 1_000],
			['a file in three parts', 11 * 1024 * 1024],
		])('%s goes up and comes down byte for byte', async (_name, size) => {
			const bytes = Buffer.alloc(size, `${binary} `);
			const key = `${binary}/${size}/picture.png`;
			const up = s3('object', 'upload', { bucket: 'engine', key, options: { partSize: 5 } });
			const items = [
				{ json: {}, binary: { data: await engine.storeFile(bytes, 'picture.png', 'image/png') } },
			];
			const uploaded = await engine.run(up, { items });
			expect(uploaded.errorOf('E')).toBeUndefined();
			expect(uploaded.outputs('E')[0]?.[0]?.json).toMatchObject({
				key,
				size,
				parts: Math.max(1, Math.ceil(size / (5 * 1024 * 1024))),
			});

			const down = s3('object', 'download', { bucket: 'engine', key, binaryPropertyName: 'photo' });
			const downloaded = await engine.run(down);
			const [item] = downloaded.outputs('E')[0] ?? [];
			const photo = item?.binary?.photo;
			expect(item?.json).toMatchObject({ key, size, contentType: 'image/png' });
			expect(photo).toMatchObject({ fileName: 'picture.png', mimeType: 'image/png' });
			expect(photo?.id === undefined).toBe(binary === 'memory');
			expect(photo && (await bytesOf(photo)).equals(bytes)).toBe(true);
		});

		test('a download that cannot be completed leaves the item failed, not half a file', async () => {
			await engine.run(put('cut.txt', 'x'.repeat(200_000)));
			sandbox.faults.add({ kind: 'truncate', match: ({ method }) => method === 'GET' });
			const down = s3('object', 'download', {
				bucket: 'engine',
				key: 'cut.txt',
				resilience: { maxAttempts: 2, failedOutput: true },
			});
			const { outputs } = await engine.run(down);
			sandbox.faults.clear();
			const [done = [], failed = []] = outputs('E');
			expect(done).toEqual([]);
			expect(failed[0]?.json.error).toMatchObject({ kind: 'network', phase: 'maybeDone' });
		});
	});

	describe('items', () => {
		let engine: Engine;
		beforeAll(async () => {
			engine = await Engine.open({ from });
			connect(engine);
			await engine.run(put('={{ $json.key }}', 'text of {{ $json.key }}'), {
				items: keys('a.txt', 'b.txt', 'c.txt'),
			});
		});

		test('expressions are resolved for each item, and rows are paired with it', async () => {
			const head = s3('object', 'head', { bucket: 'engine', key: '={{ $json.key }}' });
			const { outputs } = await engine.run(head, { items: keys('c.txt', 'a.txt') });
			const rows = (outputs('E')[0] ?? []).map(({ json, pairedItem }) => [json.key, pairedItem]);
			expect(rows).toEqual([
				['c.txt', { item: 0 }],
				['a.txt', { item: 1 }],
			]);
		});

		test('the output keeps the order of the input, whichever answer comes first', async () => {
			sandbox.faults.add({
				kind: 'delay',
				ms: 300,
				match: ({ target }) => target.includes('/a.txt'),
			});
			const head = s3('object', 'head', { bucket: 'engine', key: '={{ $json.key }}' });
			const { outputs } = await engine.run(head, { items: keys('a.txt', 'b.txt', 'c.txt') });
			sandbox.faults.clear();
			expect((outputs('E')[0] ?? []).map(({ json }) => json.key)).toEqual([
				'a.txt',
				'b.txt',
				'c.txt',
			]);
		});

		test('the last of several items with the same key wins', async () => {
			const items = Array.from({ length: 30 }, (_, n) => ({ json: { n } }));
			await engine.run(
				s3('object', 'upload', {
					bucket: 'engine',
					key: 'same.txt',
					source: 'text',
					text: '={{ $json.n }}',
					resilience: { concurrency: 10 },
				}),
				{ items },
			);
			const down = await engine.run(
				s3('object', 'download', { bucket: 'engine', key: 'same.txt' }),
			);
			const data = down.outputs('E')[0]?.[0]?.binary?.data?.data ?? '';
			expect(Buffer.from(data, 'base64').toString()).toBe('29');
		});

		const oneIsMissing = (more: object, resilience: object = {}) => ({
			...s3('object', 'head', { bucket: 'engine', key: '={{ $json.key }}', resilience }),
			...more,
		});
		const items = keys('a.txt', 'missing.txt', 'c.txt');

		test('by default the node fails and says which item, why, and what became of the others', async () => {
			const { errorOf } = await engine.run(oneIsMissing({}), { items });
			const error = errorOf('E');
			expect(error?.message).toMatch(/missing\.txt.*bucket "engine"/);
			expect(error).toMatchObject({ context: { itemIndex: 1 }, httpCode: '404' });
			expect(error?.description).toMatch(/1 of 3 items failed/);
		});

		test('Continue On Fail: the others go on, and the failed item says why', async () => {
			const more = { onError: 'continueRegularOutput' };
			const { outputs, errorOf } = await engine.run(oneIsMissing(more), { items });
			const [rows = []] = outputs('E');
			expect(errorOf('E')).toBeUndefined();
			expect(rows.map(({ json, pairedItem }) => [json.key ?? json.error, pairedItem])).toEqual([
				['a.txt', { item: 0 }],
				[expect.stringContaining('missing.txt'), { item: 1 }],
				['c.txt', { item: 2 }],
			]);
		});

		test('the error output gets the failed item with its input, and only that one', async () => {
			const more = { onError: 'continueErrorOutput' };
			const { outputs } = await engine.run(oneIsMissing(more), { items });
			const [done = [], failed = []] = outputs('E');
			expect(done.map(({ json }) => json.key)).toEqual(['a.txt', 'c.txt']);
			expect(failed).toHaveLength(1);
			expect(failed[0]?.json).toMatchObject({
				key: 'missing.txt',
				error: expect.stringContaining('NotFound'),
			});
		});

		test('a credential that cannot be used does not send items on as successes', async () => {
			const broken = await Engine.open({ from });
			broken.credentials.resilientS3Api = {
				endpoint: 'storage.example.com',
				accessKeyId,
				secretAccessKey,
			};
			const more = { onError: 'continueErrorOutput' };
			const { outputs } = await broken.run(oneIsMissing(more), { items });
			const [done = [], failed = []] = outputs('E');
			expect(done).toEqual([]);
			expect(failed.map(({ json }) => json.key)).toEqual(['a.txt', 'missing.txt', 'c.txt']);
			expect(failed[0]?.json.error).toMatch(/no scheme/);
		});

		test('the Failed output holds the whole story of the failed item', async () => {
			const { outputs } = await engine.run(oneIsMissing({}, { failedOutput: true }), { items });
			const [done = [], failed = []] = outputs('E');
			expect(done.map(({ json }) => json.key)).toEqual(['a.txt', 'c.txt']);
			expect(failed).toHaveLength(1);
			expect(failed[0]?.pairedItem).toEqual({ item: 1 });
			expect(failed[0]?.json).toMatchObject({
				input: { key: 'missing.txt' },
				error: { kind: 'invalid', phase: 'rejected', code: 'NotFound', status: 404 },
				attempts: 1,
			});
		});

		test('failed records fed back into the node are worked on as the items they hold', async () => {
			const first = await engine.run(oneIsMissing({}, { failedOutput: true }), { items });
			await engine.run(put('missing.txt', 'now it is there'));
			const [, records = []] = first.outputs('E');
			const again = await engine.run(oneIsMissing({}, { failedOutput: true }), { items: records });
			const [done = [], failed = []] = again.outputs('E');
			expect(done.map(({ json }) => json.key)).toEqual(['missing.txt']);
			expect(failed).toEqual([]);
			expect(records[0]?.json.input).toEqual({ key: 'missing.txt' });
		});

		test('expressions read the item inside of a record, also among items that are none', async () => {
			const record = {
				...{ key: 'of the record', input: { key: 'b.txt' }, error: { phase: 'rejected' } },
				...{ attempts: 1, idempotencyKey: 'x' },
			};
			const given = [{ key: 'a.txt' }, record, { key: 'c.txt' }].map((json) => ({ json }));
			await engine.run(put('b.txt', 'text'));
			const { outputs } = await engine.run(
				s3('object', 'head', { bucket: 'engine', key: '={{ $json.key }}' }),
				{ items: given },
			);
			expect(outputs('E')[0]?.map(({ json }) => json.key)).toEqual(['a.txt', 'b.txt', 'c.txt']);
		});

		test('what was repeated is told to the user', async () => {
			sandbox.faults.add({ kind: 'status', status: 503, code: 'SlowDown', times: 1 });
			const { run } = await engine.run(s3('object', 'head', { bucket: 'engine', key: 'a.txt' }));
			sandbox.faults.clear();
			const [{ hints = [] } = {}] = run.data.resultData.runData.E ?? [];
			expect(hints.map(({ message }) => message)).toEqual(['1 request was repeated: HTTP 503 1×']);
		});
	});
}
