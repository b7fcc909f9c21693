import { buffer } from 'node:stream/consumers';
import type { IDataObject } from 'n8n-workflow';
import { NodeBench, rowsOf, wordsOf } from '../../nodeBench';

let bench: NodeBench;
beforeAll(async () => (bench = await NodeBench.open()));
beforeEach(async () => {
	bench.reset();
	await bench.upload([{ bucket: 'good', key: 'folder/a.txt' }], {}, { text: '0123456789' });
	bench.sandbox.requests.length = 0;
});
afterAll(async () => await bench.sandbox.close());

const download = async (options: IDataObject) =>
	await bench.run('object', 'download', { bucket: 'good', key: 'folder/a.txt', options }, [
		{ json: {} },
	]);
async function fileOf(options: IDataObject) {
	const [row] = rowsOf(await download(options));
	const { id = '', fileName } = row?.binary?.data ?? {};
	const content = id && (await buffer(await bench.engine.files.getAsStream(id))).toString();
	return { json: row?.json, fileName, content };
}
const etag = () => bench.sandbox.buckets.get('good')?.objects.get('folder/a.txt')?.etag;

test('a file is verified, and named as the key ends or as is wished', async () => {
	expect(await fileOf({})).toMatchObject({
		fileName: 'a.txt',
		content: '0123456789',
		json: { key: 'folder/a.txt', size: 10, verifiedBy: expect.stringMatching(/^(MD5|CRC32)$/) },
	});
	expect((await fileOf({ fileName: 'other.csv' })).fileName).toBe('other.csv');
	expect(bench.sandbox.requests).toHaveLength(2);
});

test.each([
	[{ firstByte: 2 }, '23456789'],
	[{ lastByte: 0 }, '0'],
	[{ firstByte: 3, lastByte: 4 }, '34'],
	[{ lastBytes: 3 }, '789'],
	[{ lastBytes: 100 }, '0123456789'],
])('%j', async (options, content) => {
	expect((await fileOf(options)).content).toBe(content);
});

test.each([
	[{ firstByte: 1, lastBytes: 2 }, /either "Last Bytes", or "First Byte" and "Last Byte"/],
	[{ firstByte: 5, lastByte: 4 }, /"Last Byte" must be a whole number of 5 or more/],
	[{ firstByte: 1, verifyContent: 'always' }, /part of an object cannot be verified/],
])('%j is refused before anything is sent', async (options, words) => {
	expect(wordsOf(await download(options))).toMatch(words);
	expect(bench.sandbox.requests).toEqual([]);
});

test('an object that has not changed is a row without a file; one that has changed is a failure', async () => {
	const unchanged = await fileOf({ ifNoneMatch: etag() });
	expect(unchanged.json).toEqual({ bucket: 'good', key: 'folder/a.txt', notModified: true });
	expect(unchanged.content).toBe('');
	expect((await fileOf({ ifNoneMatch: 'other' })).content).toBe('0123456789');
	expect(wordsOf(await download({ ifMatch: 'other' }))).toMatch(/PreconditionFailed|has changed/);
});

test('a damaged object fails the item and leaves no file', async () => {
	bench.sandbox.faults.add({ kind: 'corrupt' });
	expect(wordsOf(await download({}))).toMatch(/is not what was stored: its (MD5|CRC32) should be/);
	expect(bench.sandbox.requests).toHaveLength(2);
});
