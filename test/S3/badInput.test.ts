import { truncateSync } from 'node:fs';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { NodeBench, rowsOf, TEXT, wordsOf } from './nodeBench';
import { WAYS } from './waysOfFailing';

let bench: NodeBench;

beforeAll(async () => {
	bench = await NodeBench.open();
});
afterAll(async () => await bench.sandbox.close());
beforeEach(() => bench.reset());

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
		const ended = await bench.upload([good('before'), bad, good('after')], settings, parameters);
		const seen = see(ended, bench);
		expect(seen.reason).toMatch(reason);
		expect(seen.done).toEqual(['before', 'after']);
		expect(bench.stored('before')).toBe('text');
		expect(bench.stored('after')).toBe('text');
	});

	test('a binary property that is not there: the error names those that are', async () => {
		const file = await bench.engine.storeFile(Buffer.from('text'), 'a.txt', 'text/plain');
		const items: INodeExecutionData[] = [
			{ json: good('before'), binary: { data: file } },
			{ json: good('bad'), binary: { photo: file, scan: file } },
			{ json: good('after'), binary: { data: file } },
		];
		const from = { ...TEXT, source: 'binary', binaryPropertyName: 'data', ...parameters };
		const seen = see(await bench.run('object', 'upload', from, items, settings), bench);
		expect(seen.reason).toMatch(/no binary property "data".*photo, scan/);
		expect(seen.done).toEqual(['before', 'after']);
	});

	test('a file that ends early is not stored', async () => {
		const whole = await bench.engine.storeFile(Buffer.alloc(1_000), 'a.bin', 'x/y');
		const cut = await bench.engine.storeFile(Buffer.alloc(1_000), 'cut.bin', 'x/y');
		truncateSync(bench.engine.files.getPath(cut.id ?? ''), 400);
		const items = [
			{ json: good('before'), binary: { data: whole } },
			{ json: good('cut'), binary: { data: cut } },
			{ json: good('after'), binary: { data: whole } },
		];
		const from = { ...TEXT, source: 'binary', binaryPropertyName: 'data', ...parameters };
		const seen = see(await bench.run('object', 'upload', from, items, settings), bench);
		expect(seen.reason).toMatch(/1000 bytes but ended after 400/);
		expect(seen.done).toEqual(['before', 'after']);
		expect(bench.stored('cut')).toBeUndefined();
	});

	test('an object that ends early on its way is not half a file', async () => {
		await bench.upload(['before', 'cut', 'after'].map(good));
		bench.sandbox.faults.add({ kind: 'truncate', match: ({ key }) => key === 'cut' });
		const once = { ...(parameters.resilience as IDataObject), maxAttempts: 1 };
		const from = { bucket: 'good', key: '={{ $json.key }}', binaryPropertyName: 'data' };
		const items = ['before', 'cut', 'after'].map((key) => ({ json: { key } }));
		const ended = await bench.run(
			'object',
			'download',
			{ ...from, resilience: once },
			items,
			settings,
		);
		const seen = see(ended, bench);
		expect(seen.reason).toMatch(/connection broke/i);
		expect(seen.done).toEqual(['before', 'after']);
		expect(rowsOf(ended).every(({ json, binary }) => 'error' in json || binary?.data)).toBe(true);
	});

	test.each([
		['abc', /"Limit" must be a number, but is "abc"/],
		['', /"Limit" must be a number/],
		[0, /"Limit" must be 1 or more/],
		[-5, /"Limit" must be 1 or more/],
		[null, /"Limit" must be a number, but is null/],
		[[], /"Limit" must be a number/],
		[true, /"Limit" must be a number/],
	])('the limit %j fails for its item, and the others go on', async (limit, reason) => {
		await bench.upload([good('before'), good('after')]);
		const items = [{ json: { limit: 1 } }, { json: { limit } }, { json: { limit: '2' } }];
		const list = { bucket: 'good', limit: '={{ $json.limit }}', ...parameters };
		const ended = await bench.run('object', 'getMany', list, items, settings);
		expect(wordsOf(ended)).toMatch(reason);
		const keys = rowsOf(ended).flatMap(({ json }) => (json.key === undefined ? [] : [json.key]));
		// Under "stop" there is no output.
		if (!ended.errorOf('E')) expect(keys).toEqual(['after', 'after', 'before']);
	});

	test('"abc" as a number among the options fails for its item', async () => {
		const items = [
			{ ...good('before'), size: 5 },
			{ ...good('bad'), size: 'abc' },
			{ ...good('after'), size: '6' },
		];
		const options = { partSize: '={{ $json.size }}' };
		const seen = see(await bench.upload(items, settings, { ...parameters, options }), bench);
		expect(seen.reason).toMatch(/"Options > Part Size \(MiB\)" must be a number, but is "abc"/);
		expect(seen.done).toEqual(['before', 'after']);
	});

	test('a wrong secret is said once to the server, not once for every item', async () => {
		bench.connect({ secretAccessKey: 'not-the-secret-of-this-key' });
		const one = { ...(parameters.resilience as IDataObject), concurrency: 1 };
		const items = Array.from({ length: 50 }, (_, n) => good(`never-${n}`));
		const ended = await bench.upload(items, settings, { resilience: one });
		expect(bench.sandbox.requests).toHaveLength(1);
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
