import { truncateSync } from 'node:fs';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { defaultAccount, startS3Sandbox, type S3Sandbox } from '../../sandbox/s3/server.ts';
import { Engine, type EngineRun } from '../engine/engine';

const MINUTE = 60_000;
let sandbox: S3Sandbox;
let engine: Engine;
/** how far the clock of the server is ahead, in ms */
let ahead = 0;

beforeAll(async () => {
	sandbox = await startS3Sandbox({ now: () => Date.now() + ahead });
	engine = await Engine.open({ binary: 'filesystem' });
	connect({});
	await run('bucket', 'create', { bucket: '={{ $json.bucket }}' }, [
		{ json: { bucket: 'good' } },
		{ json: { bucket: 'secret-b' } },
	]);
	connect({ region: 'eu-west-1' });
	await run('bucket', 'create', { bucket: 'abroad' }, [{ json: {} }]);
	connect({});
	await upload([{ bucket: 'secret-b', key: 'pw.txt' }]);
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	ahead = 0;
	connect({});
	sandbox.faults.clear();
	sandbox.requests.length = 0;
});

function connect(credential: IDataObject) {
	engine.credentials.resilientS3Api = {
		endpoint: sandbox.endpoint,
		region: 'us-east-1',
		...defaultAccount,
		...credential,
	};
}

async function run(
	resource: string,
	operation: string,
	parameters: IDataObject,
	items: INodeExecutionData[],
	more: object = {},
): Promise<EngineRun> {
	const node = {
		type: 'n8n-nodes-resilient.s3',
		credentials: { resilientS3Api: { id: 'bad-input', name: 'S3' } },
		parameters: { resource, operation, ...parameters } as never,
		...more,
	};
	return await engine.run(node, { items });
}

const TEXT = {
	bucket: '={{ $json.bucket }}',
	key: '={{ $json.key }}',
	source: 'text',
	text: 'text',
};
const upload = async (jsons: IDataObject[], more: object = {}, parameters: IDataObject = {}) =>
	await run(
		'object',
		'upload',
		{ ...TEXT, ...parameters },
		jsons.map((json) => ({ json })),
		more,
	);
const rowsOf = ({ outputs }: EngineRun, output = 0) => outputs('E')[output] ?? [];
/** Everything that the node says to the user. */
const wordsOf = (ended: EngineRun) => {
	const error = ended.errorOf('E');
	const rows = [...rowsOf(ended), ...rowsOf(ended, 1)];
	return error
		? `${error.message} ${error.description}`
		: JSON.stringify(rows).replaceAll('\\"', '"');
};
const stored = (key: string, bucket = 'good') => sandbox.read(bucket, key)?.toString();

/** The reason why item 1 failed, and the keys of the items that went through. */
interface Seen {
	reason: string;
	done: unknown[];
}

/** The four ways in which a node may fail, and what a user sees in each of them. */
const WAYS: Array<[name: string, settings: object, parameters: IDataObject, see: See]> = [
	[
		'Failed output',
		{},
		{ resilience: { failedOutput: true } },
		(ended) => {
			const [record, ...more] = rowsOf(ended, 1);
			expect(more).toEqual([]);
			expect(record?.pairedItem).toEqual({ item: 1 });
			const { message, hint = '' } = record?.json.error as IDataObject;
			return {
				reason: `${String(message)} ${String(hint)}`,
				done: rowsOf(ended).map(({ json }) => json.key),
			};
		},
	],
	[
		'Continue On Fail',
		{ onError: 'continueRegularOutput' },
		{},
		(ended) => {
			const [before, failed, after, ...more] = rowsOf(ended);
			expect(more).toEqual([]);
			expect(failed?.pairedItem).toEqual({ item: 1 });
			expect(Object.keys(failed?.json ?? {}).sort()).toEqual(['error', 'message']);
			return {
				reason: `${String(failed?.json.error)} ${String(failed?.json.message)}`,
				done: [before?.json.key, after?.json.key],
			};
		},
	],
	[
		'error output',
		{ onError: 'continueErrorOutput' },
		{},
		(ended) => {
			const [failed, ...more] = rowsOf(ended, 1);
			expect(more).toEqual([]);
			return {
				reason: `${String(failed?.json.error)} ${String(failed?.json.message)}`,
				done: rowsOf(ended).map(({ json }) => json.key),
			};
		},
	],
	[
		'stop',
		{},
		{},
		(ended) => {
			const error = ended.errorOf('E');
			expect(error).toMatchObject({ context: { itemIndex: 1 } });
			expect(error?.description).toMatch(/1 of 3 items failed/);
			// The output is lost, the work is not.
			return {
				reason: `${error?.message} ${error?.description}`,
				done: [stored('before') && 'before', stored('after') && 'after'],
			};
		},
	],
];
type See = (ended: EngineRun) => Seen;

describe.each(WAYS)('%s', (_name, settings, parameters, see) => {
	const good = (key: string) => ({ bucket: 'good', key });

	test.each([
		['an empty bucket name', { bucket: '', key: 'k' }, /"Bucket Name" is empty/],
		['a bucket name that is missing', { key: 'k' }, /"Bucket Name" is empty/],
		['a bucket that does not exist', { bucket: 'nowhere', key: 'k' }, /NoSuchBucket|not exist/],
		['a bucket with a path in it', { bucket: 'good/dir', key: 'k' }, /"good\/dir" holds "\/"/],
		['a bucket that is a path', { bucket: '..', key: 'secret-b/pw.txt' }, /path segment/],
		['an empty key', good(''), /"Object Key" is empty/],
		['a key of 1,025 bytes', good('k'.repeat(1_025)), /1025 bytes.*at most 1024/],
		['a key of 513 two-byte letters', good('ü'.repeat(513)), /1026 bytes.*at most 1024/],
		['a key with half a letter', good('half \ud83e'), /lone surrogate U\+D83E/],
		['a key that is an object', { bucket: 'good', key: { a: 1 } }, /"Object Key" must be a text/],
		['a key that is a list', { bucket: 'good', key: ['a'] }, /"Object Key" must be a text/],
	])('%s fails for its item, and the others go on', async (_what, bad, reason) => {
		sandbox.buckets.get('good')?.objects.clear();
		const ended = await upload([good('before'), bad, good('after')], settings, parameters);
		const seen = see(ended);
		expect(seen.reason).toMatch(reason);
		expect(seen.done).toEqual(['before', 'after']);
		expect(stored('before')).toBe('text');
		expect(stored('after')).toBe('text');
	});

	test('a binary property that is not there: the error names those that are', async () => {
		sandbox.buckets.get('good')?.objects.clear();
		const file = await engine.storeFile(Buffer.from('text'), 'a.txt', 'text/plain');
		const items: INodeExecutionData[] = [
			{ json: good('before'), binary: { data: file } },
			{ json: good('bad'), binary: { photo: file, scan: file } },
			{ json: good('after'), binary: { data: file } },
		];
		const from = { ...TEXT, source: 'binary', binaryPropertyName: 'data', ...parameters };
		const seen = see(await run('object', 'upload', from, items, settings));
		expect(seen.reason).toMatch(/no binary property "data".*photo, scan/);
		expect(seen.done).toEqual(['before', 'after']);
	});

	test('a file that ends early is not stored', async () => {
		sandbox.buckets.get('good')?.objects.clear();
		const whole = await engine.storeFile(Buffer.alloc(1_000), 'a.bin', 'x/y');
		const cut = await engine.storeFile(Buffer.alloc(1_000), 'cut.bin', 'x/y');
		truncateSync(engine.files.getPath(cut.id ?? ''), 400);
		const items = [
			{ json: good('before'), binary: { data: whole } },
			{ json: good('cut'), binary: { data: cut } },
			{ json: good('after'), binary: { data: whole } },
		];
		const from = { ...TEXT, source: 'binary', binaryPropertyName: 'data', ...parameters };
		const seen = see(await run('object', 'upload', from, items, settings));
		expect(seen.reason).toMatch(/1000 bytes but ended after 400/);
		expect(seen.done).toEqual(['before', 'after']);
		expect(stored('cut')).toBeUndefined();
	});

	test('an object that ends early on its way is not half a file', async () => {
		sandbox.buckets.get('good')?.objects.clear();
		await upload(['before', 'cut', 'after'].map(good));
		sandbox.faults.add({ kind: 'truncate', match: ({ key }) => key === 'cut' });
		const once = { ...(parameters.resilience as IDataObject), maxAttempts: 1 };
		const from = { bucket: 'good', key: '={{ $json.key }}', binaryPropertyName: 'data' };
		const items = ['before', 'cut', 'after'].map((key) => ({ json: { key } }));
		const ended = await run('object', 'download', { ...from, resilience: once }, items, settings);
		const seen = see(ended);
		expect(seen.reason).toMatch(/connection broke/i);
		expect(seen.done).toEqual(['before', 'after']);
		expect(rowsOf(ended).every(({ json, binary }) => 'error' in json || binary?.data)).toBe(true);
	});

	test.each([
		['abc', /"Limit" must be a number, but is "abc"/],
		['', /"Limit" must be a number/],
		[0, /"Limit" must be 1 or more/],
		[-5, /"Limit" must be 1 or more/],
		[null, /"Limit"/],
	])('the limit %j fails for its item, and the others go on', async (limit, reason) => {
		sandbox.buckets.get('good')?.objects.clear();
		await upload([good('before'), good('after')]);
		const items = [{ json: { limit: 1 } }, { json: { limit } }, { json: { limit: '2' } }];
		const list = { bucket: 'good', limit: '={{ $json.limit }}', ...parameters };
		const ended = await run('object', 'getMany', list, items, settings);
		expect(wordsOf(ended)).toMatch(reason);
		const keys = rowsOf(ended).flatMap(({ json }) => (json.key === undefined ? [] : [json.key]));
		// Under "stop" there is no output.
		if (!ended.errorOf('E')) expect(keys).toEqual(['after', 'after', 'before']);
	});

	test('"abc" as a number among the options fails for its item', async () => {
		sandbox.buckets.get('good')?.objects.clear();
		const items = [
			{ ...good('before'), size: 5 },
			{ ...good('bad'), size: 'abc' },
			{ ...good('after'), size: '6' },
		];
		const options = { partSize: '={{ $json.size }}' };
		const seen = see(await upload(items, settings, { ...parameters, options }));
		expect(seen.reason).toMatch(/"Options > Part Size \(MiB\)" must be a number, but is "abc"/);
		expect(seen.done).toEqual(['before', 'after']);
	});

	test('a wrong secret is said once to the server, not once for every item', async () => {
		connect({ secretAccessKey: 'not-the-secret-of-this-key' });
		const one = { ...(parameters.resilience as IDataObject), concurrency: 1 };
		const items = Array.from({ length: 50 }, (_, n) => good(`never-${n}`));
		const ended = await upload(items, settings, { resilience: one });
		expect(sandbox.requests).toHaveLength(1);
		const failed = [...rowsOf(ended), ...rowsOf(ended, 1)];
		const error = ended.errorOf('E');
		const texts = error ? [`${error.message} ${error.description}`] : failed.map(textOf);
		expect(texts[0]).toMatch(/SignatureDoesNotMatch/);
		expect(texts[0]).toMatch(/Check the secret access key/);
		if (error) expect(error.description).toMatch(/50 of 50 items failed, 49 of them were not sent/);
		else {
			expect(texts).toHaveLength(50);
			expect(texts.slice(1).every((text) => /Not sent/.test(text))).toBe(true);
		}
		expect(JSON.stringify(ended.run)).not.toContain('not-the-secret-of-this-key');
	});
});

const textOf = ({ json }: INodeExecutionData) => JSON.stringify(json);

describe('what looks bad but is good', () => {
	const KEYS = [
		'../secret-b/pw.txt',
		'../../etc/passwd',
		'dir/../../x',
		'./x',
		'..',
		'/lead',
		'a//b',
		'trail/',
		'plus+plus',
		'with space',
		'  spaces around  ',
		'grün/日本語/🦆',
		'?a=1&b=2#c',
		'%2e%2e/%00',
		'k'.repeat(1_024),
		'ü'.repeat(512),
	];

	test.each(KEYS)('the key %j is stored, read and deleted as it is', async (key) => {
		const items = [{ bucket: 'good', key }];
		expect((await upload(items)).errorOf('E')).toBeUndefined();
		expect(stored(key)).toBe('text');
		const from = { bucket: 'good', key: '={{ $json.key }}' };
		const down = await run('object', 'download', from, [{ json: { key } }]);
		const id = rowsOf(down)[0]?.binary?.data?.id ?? '';
		expect((await engine.files.getAsBuffer({ id, data: '', mimeType: '' })).toString()).toBe(
			'text',
		);
		await run('object', 'delete', from, [{ json: { key } }]);
		expect(stored(key)).toBeUndefined();
		expect(stored('pw.txt', 'secret-b')).toBe('text');
	});

	test.each([20 * MINUTE, -20 * MINUTE])('a clock that is %i ms off is learned', async (by) => {
		ahead = by;
		const items = Array.from({ length: 30 }, (_, n) => ({ bucket: 'good', key: `clock-${n}` }));
		const ended = await upload(items);
		expect(ended.errorOf('E')).toBeUndefined();
		expect(rowsOf(ended).map(({ json }) => json.key)).toEqual(items.map(({ key }) => key));
	});

	test('a bucket in another region is found, also by many items at once', async () => {
		const items = Array.from({ length: 30 }, (_, n) => ({
			bucket: n % 2 ? 'abroad' : 'good',
			key: `region-${n}`,
		}));
		const ended = await upload(items);
		expect(ended.errorOf('E')).toBeUndefined();
		expect(stored('region-29', 'abroad')).toBe('text');
		expect(sandbox.requests.length).toBeLessThanOrEqual(40);
	});

	test('numbers and booleans as texts are taken for what they are', async () => {
		sandbox.buckets.get('good')?.objects.clear();
		await upload(['a', 'b', 'c'].map((key) => ({ bucket: 'good', key })));
		const list = { bucket: 'good', returnAll: '={{ $json.all }}', limit: '={{ $json.limit }}' };
		const items = [{ json: { all: 'false', limit: '2' } }, { json: { all: 'true', limit: '1' } }];
		const ended = await run('object', 'getMany', list, items);
		expect(rowsOf(ended).map(({ json }) => json.key)).toEqual(['a', 'b', 'a', 'b', 'c']);
	});

	test('a number as a key is its digits', async () => {
		await upload([{ bucket: 'good', key: 2026 }]);
		expect(stored('2026')).toBe('text');
	});
});
