import { NodeBench, rowsOf, wordsOf } from './nodeBench';

let bench: NodeBench;

beforeAll(async () => {
	bench = await NodeBench.open();
});
afterAll(async () => await bench.sandbox.close());
beforeEach(() => bench.reset());

const item = [{ json: { b: 'good', k: 'dir/a b.txt', none: '' } }];
const picked = (mode: string, value: unknown) => ({ __rl: true, mode, value });
const TO_COPY = { sourceBucket: 'good', sourceFolder: 'a', folder: 'b' };
const store = async (parameters: object) =>
	await bench.run('object', 'upload', { source: 'text', text: 'text', ...parameters }, item);
const read = async (parameters: object) =>
	await bench.run('object', 'head', { ...parameters }, item);

test.each([
	['picked from the list', picked('list', 'good'), picked('list', 'dir/a b.txt')],
	['typed in', picked('name', 'good'), picked('key', 'dir/a b.txt')],
	['computed', picked('name', '={{ $json.b }}'), picked('key', '={{ $json.k }}')],
	['plain texts, as agents and old workflows have them', 'good', 'dir/a b.txt'],
	['plain expressions', '={{ $json.b }}', '={{ $json.k }}'],
	[
		'a whole picker as the result of an expression',
		"={{ { __rl: true, mode: 'name', value: 'good' } }}",
		'dir/a b.txt',
	],
])('bucket and key %s', async (_how, bucket, key) => {
	expect((await store({ bucket, key: 'dir/a b.txt' })).errorOf('E')).toBeUndefined();
	expect(rowsOf(await read({ bucket, key }))).toMatchObject([{ json: { size: 4 } }]);
});

test.each([
	['bucket', picked('name', '={{ $json.none }}'), picked('key', 'x'), /"Bucket Name" is empty/],
	['bucket', '={{ $json.nothing }}', 'x', /"Bucket Name" is empty/],
	['key', picked('list', 'good'), picked('key', '={{ $json.none }}'), /"Object Key" is empty/],
	['key', picked('list', 'good'), picked('key', '={{ $json }}'), /"Object Key" must be a text/],
])(
	'a %s without a value: the field is named, and nothing is sent',
	async (_what, bucket, key, words) => {
		expect(wordsOf(await read({ bucket, key }))).toMatch(words);
		expect(bench.sandbox.requests).toHaveLength(0);
	},
);

test('n8n itself asks for a bucket that was never chosen', async () => {
	await expect(read({ key: 'x' })).rejects.toThrow(/"Bucket Name" is required/);
	expect(bench.sandbox.requests).toHaveLength(0);
});

test.each([[picked('list', 'dir/')], [picked('prefix', '={{ "di" + "r/" }}')], ['dir/']])(
	'the prefix %j',
	async (prefix) => {
		await store({ bucket: 'good', key: 'dir/a b.txt' });
		await store({ bucket: 'good', key: 'other' });
		const ended = await bench.run('object', 'getMany', { bucket: 'good', prefix }, item);
		expect(rowsOf(ended).map(({ json }) => json.key)).toEqual(['dir/a b.txt']);
	},
);

test.each([
	['object', 'delete', { options: { ifMatch: '={{ $json.nothing }}' } }, /Only If ETag Matches/],
	['object', 'delete', { options: { versionId: '={{ $json.nothing }}' } }, /Version ID/],
	['object', 'upload', { options: { ifMatch: '={{ $json.nothing }}' } }, /Only If ETag Matches/],
	['folder', 'getMany', { folder: picked('prefix', '={{ $json.nothing }}') }, /"Folder"/],
	['folder', 'sync', { ...TO_COPY, options: { exclude: '={{ $json.nothing }}' } }, /Exclude/],
	['folder', 'sync', { ...TO_COPY, options: { include: '={{ $json.nothing }}' } }, /Include/],
	['object', 'getMany', { options: { modifiedBefore: '={{ $json.nothing }}' } }, /Modified Before/],
	['object', 'getMany', { options: { storageClasses: '={{ $json.nothing }}' } }, /Storage Classes/],
	['object', 'getMany', { options: { startAfter: '={{ $json.nothing }}' } }, /Start After/],
	['object', 'deleteTags', { tagKeys: '={{ $json.nothing }}' }, /"Tag Keys"/],
	['object', 'setTags', { mode: 'replace', tagsJson: '={{ $json.nothing }}' }, /"Tags \(JSON\)"/],
	['bucket', 'getMany', { prefix: '={{ $json.nothing }}' }, /"Name Begins With"/],
	[
		'presignedUrl',
		'createDownloadUrl',
		{ options: { versionId: '={{ $json.nothing }}' } },
		/Version ID/,
	],
])(
	'%s %s: what limits it does not get lost where an expression gives nothing',
	async (resource, operation, parameters, words) => {
		const more = /object|presignedUrl/.test(resource) ? { key: 'k' } : {};
		const source = operation === 'upload' ? { source: 'text', text: 'text' } : {};
		const given = { bucket: 'good', ...more, ...source, ...parameters };
		const run = await bench.run(resource, operation, given, item);
		expect(wordsOf(run)).toMatch(words);
		expect(wordsOf(run)).toMatch(/gives nothing/);
		expect(bench.sandbox.requests).toHaveLength(0);
	},
);
