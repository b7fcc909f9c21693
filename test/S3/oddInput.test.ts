import { NodeBench, rowsOf } from './nodeBench';

const MINUTE = 60_000;

let bench: NodeBench;

beforeAll(async () => {
	bench = await NodeBench.open();
});
afterAll(async () => await bench.sandbox.close());
beforeEach(() => bench.reset());

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
	expect((await bench.upload(items)).errorOf('E')).toBeUndefined();
	expect(bench.stored(key)).toBe('text');
	const from = { bucket: 'good', key: '={{ $json.key }}' };
	const down = await bench.run('object', 'download', from, [{ json: { key } }]);
	const id = rowsOf(down)[0]?.binary?.data?.id ?? '';
	expect((await bench.engine.files.getAsBuffer({ id, data: '', mimeType: '' })).toString()).toBe(
		'text',
	);
	await bench.run('object', 'delete', from, [{ json: { key } }]);
	expect(bench.stored(key)).toBeUndefined();
	expect(bench.stored('pw.txt', 'secret-b')).toBe('text');
});

test.each([20 * MINUTE, -20 * MINUTE])('a clock that is %i ms off is learned', async (by) => {
	bench.ahead = by;
	const items = Array.from({ length: 30 }, (_, n) => ({ bucket: 'good', key: `clock-${n}` }));
	const ended = await bench.upload(items);
	expect(ended.errorOf('E')).toBeUndefined();
	expect(rowsOf(ended).map(({ json }) => json.key)).toEqual(items.map(({ key }) => key));
});

test('a bucket in another region is found, also by many items at once', async () => {
	const items = Array.from({ length: 30 }, (_, n) => ({
		bucket: n % 2 ? 'abroad' : 'good',
		key: `region-${n}`,
	}));
	const ended = await bench.upload(items);
	expect(ended.errorOf('E')).toBeUndefined();
	expect(bench.stored('region-29', 'abroad')).toBe('text');
	expect(bench.sandbox.requests.length).toBeLessThanOrEqual(40);
});

test('numbers and booleans as texts are taken for what they are', async () => {
	await bench.upload(['a', 'b', 'c'].map((key) => ({ bucket: 'good', key })));
	const list = { bucket: 'good', returnAll: '={{ $json.all }}', limit: '={{ $json.limit }}' };
	const items = [{ json: { all: 'false', limit: '2' } }, { json: { all: 'true', limit: '1' } }];
	const ended = await bench.run('object', 'getMany', list, items);
	expect(rowsOf(ended).map(({ json }) => json.key)).toEqual(['a', 'b', 'a', 'b', 'c']);
});

test('a number as a key is its digits', async () => {
	await bench.upload([{ bucket: 'good', key: 2026 }]);
	expect(bench.stored('2026')).toBe('text');
});
