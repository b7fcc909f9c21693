import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { putObject } from '../../../nodes/S3/transport/objects';
import { defaultAccount, startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { errorOf, openList, type ShownList } from '../../engine/editor';
import { Engine } from '../../engine/engine';
import { clientOf } from '../clientOf';

let engine: Engine;
let sandbox: S3Sandbox;
let s3: S3Client;

const put = async (bucket: string, ...keys: string[]) => {
	for (const key of keys) await putObject(s3, bucket, key, Buffer.from('x'), {});
};
const inBucket = (bucket: string) => ({
	bucket: { __rl: true, mode: 'list', value: bucket, cachedResultName: bucket },
});
const numbered = (count: number, name: (n: string) => string) =>
	Array.from({ length: count }, (_, n) => name(String(n).padStart(3, '0')));

async function allOf(list: ShownList): Promise<unknown[][]> {
	return [list.values, ...(list.more ? await allOf(await list.more()) : [])];
}

beforeAll(async () => {
	engine = await Engine.open();
	sandbox = await startS3Sandbox();
	s3 = clientOf(sandbox);
	for (const bucket of ['tree', 'empty', 'many'])
		await createBucket(s3, bucket, { ifExists: 'fail' });
	for (const name of numbered(230, (n) => `stock-${n}`))
		await createBucket(s3, name, { ifExists: 'fail' });
	await put('tree', 'a.txt', '2025/x', '2026/10/y', '2026/11/Invoice-17.pdf', '2026/z', 'logs/1');
	await put('many', ...numbered(230, (n) => `day-${n}/file`), 'zz top');
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.faults.clear();
	engine.credentials.resilientS3Api = {
		endpoint: sandbox.endpoint,
		region: 'us-east-1',
		...defaultAccount,
	};
});

describe('buckets', () => {
	test('come in pages, each of them once', async () => {
		const pages = await allOf(await openList(engine, { method: 'searchBuckets' }));
		expect(pages.map((page) => page.length)).toEqual([100, 100, 33]);
		expect(pages.flat()).toEqual([...sandbox.buckets.keys()].sort());
	});

	test('are found by any part of the name, in pages too', async () => {
		const found = await openList(engine, { method: 'searchBuckets', filter: 'MAN' });
		expect(found).toEqual({ values: ['many'] });
		const pages = await allOf(await openList(engine, { method: 'searchBuckets', filter: 'tock-' }));
		expect(pages.flat()).toEqual(numbered(230, (n) => `stock-${n}`));
	});
});

describe('objects', () => {
	const open = async (bucket: string, filter?: string) =>
		await openList(engine, { method: 'searchObjects', parameters: inBucket(bucket), filter });

	test('come in pages, each of them once', async () => {
		const pages = await allOf(await open('many'));
		expect(pages.map((page) => page.length)).toEqual([100, 100, 31]);
		expect(pages.flat()).toEqual([...numbered(230, (n) => `day-${n}/file`), 'zz top']);
	});

	test('are found by the beginning of the key', async () => {
		expect((await open('tree', '2026/1')).values).toEqual(['2026/10/y', '2026/11/Invoice-17.pdf']);
	});

	test('are found by any part of the key where none begins with it', async () => {
		expect((await open('tree', 'invoice')).values).toEqual(['2026/11/Invoice-17.pdf']);
		const many = await open('many', 'FILE');
		expect(many.values).toHaveLength(100);
		expect(many.more).toBeUndefined();
		expect((await open('tree', 'nothing of the kind')).values).toEqual([]);
	});

	test('are those of the source bucket in the source field', async () => {
		const parameters = { ...inBucket('empty'), sourceBucket: 'tree' };
		const list = await openList(engine, { method: 'searchSourceObjects', parameters });
		expect(list.values).toHaveLength(6);
	});

	test.each([
		['no bucket', undefined],
		['an empty bucket field', { bucket: { __rl: true, mode: 'list', value: '' } }],
		['an expression without a value', { bucket: '={{ $json.bucket }}' }],
	])('with %s: says what to do', async (_what, parameters) => {
		const list = openList(engine, { method: 'searchObjects', parameters });
		const { description } = await errorOf(list);
		expect(description).toMatch(/^Choose the bucket first.*choose "By Key"/);
	});

	test('of a bucket that is not there: says which', async () => {
		const { message, description } = await errorOf(open('nowhere'));
		expect(message).toBe('The list of objects is not available');
		expect(description).toMatch(/NoSuchBucket.*bucket "nowhere".*Check the bucket name/);
	});
});

describe('folders', () => {
	const open = async (bucket: string, filter?: string) =>
		await openList(engine, { method: 'searchPrefixes', parameters: inBucket(bucket), filter });

	test('are those of the first level, then those inside', async () => {
		expect((await open('tree')).values).toEqual(['2025/', '2026/', 'logs/']);
		expect((await open('tree', '2026/')).values).toEqual(['2026/10/', '2026/11/']);
		expect((await open('empty')).values).toEqual([]);
	});

	test('are those of the source bucket in the source field', async () => {
		const parameters = { ...inBucket('empty'), sourceBucket: 'tree' };
		const list = await openList(engine, { method: 'searchSourcePrefixes', parameters });
		expect(list.values).toEqual(['2025/', '2026/', 'logs/']);
	});

	test('come in pages, each of them once', async () => {
		const pages = await allOf(await open('many'));
		expect(pages.map((page) => page.length)).toEqual([100, 100, 30]);
		expect(pages.flat()).toEqual(numbered(230, (n) => `day-${n}/`));
	});
});

test('every list that a field offers has its method', () => {
	const { description, methods } = engine.nodeTypes().getByNameAndVersion('n8n-nodes-resilient.s3');
	const asked = description.properties.flatMap(({ modes = [] }) =>
		modes.flatMap(({ typeOptions }) => typeOptions?.searchListMethod ?? []),
	);
	expect([...new Set(asked)].sort()).toEqual(Object.keys(methods?.listSearch ?? {}).sort());
});

describe('where there is no list', () => {
	const failure = async () => await errorOf(openList(engine, { method: 'searchBuckets' }));

	test('a key that may not list buckets is told of "By Name"', async () => {
		sandbox.faults.add({ kind: 'status', status: 403 });
		const error = await failure();
		expect(error.httpCode).toBe('403');
		expect(error.message).toBe('The list of buckets is not available');
		expect(error.description).toMatch(/^AccessDenied.*choose "By Name" and type it in/);
	});

	test('a wrong secret is said, and shown nowhere', async () => {
		const wrong = 'not+the/secret=of-this-key';
		engine.credentials.resilientS3Api = {
			...engine.credentials.resilientS3Api,
			secretAccessKey: wrong,
		};
		sandbox.faults.add({ kind: 'status', status: 403, message: `you sent ${wrong}` });
		const error = await failure();
		expect(error.description).toMatch(/you sent \[redacted\]/);
		expect(JSON.stringify(error) + String(error.stack)).not.toContain(wrong);
	});

	test('a server that throttles once is asked again', async () => {
		sandbox.faults.add({ kind: 'status', status: 503, times: 1 });
		expect((await openList(engine, { method: 'searchBuckets' })).values).toHaveLength(100);
	});

	test.each([
		['is not there', { endpoint: 'http://127.0.0.1:9' }, /ECONNREFUSED/],
		['has no name', { endpoint: 'storage.example.com' }, /no scheme: write https/],
	])('a server that %s: says so at once', async (_what, credential, words) => {
		engine.credentials.resilientS3Api = { ...defaultAccount, ...credential };
		const startedAt = performance.now();
		expect((await failure()).description).toMatch(words);
		expect(performance.now() - startedAt).toBeLessThan(3_000);
	});

	test('a server that does not answer is given up while somebody still waits', async () => {
		sandbox.faults.add({ kind: 'hang' });
		const startedAt = performance.now();
		expect((await failure()).description).toMatch(/deadline of 10 s/);
		expect(performance.now() - startedAt).toBeLessThan(12_000);
	}, 20_000);
});
