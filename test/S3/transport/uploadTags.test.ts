import { upload } from '../../../nodes/S3/transport/upload';
import { clientOf, failureOf } from '../clientOf';
import { startScriptedServer, type ScriptedServer } from '../scriptedServer';
import { BYTES, PART, UploadBench } from './uploadBench';

const TAGS = { 'x-amz-tagging': 'a%20b=1%2B1' };
const result = (name: string, content: string) => `<${name}>${content}</${name}>`;
const stored = { status: 200, headers: { etag: '"0123456789abcdef0123456789abcdef"' } };
const WHOLE = [
	{ status: 200, body: result('InitiateMultipartUploadResult', '<UploadId>u</UploadId>') },
	...[stored, stored, stored],
	{
		status: 200,
		headers: { 'x-amz-version-id': 'v7' },
		body: result('CompleteMultipartUploadResult', '<ETag>"new-3"</ETag>'),
	},
];
const tagging = (content: string) => ({
	status: 200,
	body: result('Tagging', `<TagSet>${content}</TagSet>`),
});
const denied = { status: 403, body: result('Error', '<Code>AccessDenied</Code>') };

let server: ScriptedServer;
beforeEach(async () => (server = await startScriptedServer()));
afterEach(async () => await server.close());

const send = async (headers: Record<string, string>, provider?: string) =>
	await upload(clientOf(server, { provider }), {
		bucket: 'main',
		key: 'k',
		source: BYTES,
		headers,
		partBytes: PART,
		parallel: 1,
		integrity: 'none',
	});
const afterwards = () => server.requests.slice(5).map(({ method, target }) => [method, target]);
const ASKED = ['GET', '/main/k?tagging=&versionId=v7'];

test('a server that forgets the tags of a large file gets them again', async () => {
	server.answer(...WHOLE, tagging(''), { status: 204 });
	expect(await send(TAGS)).toMatchObject({ etag: 'new-3', parts: 3 });
	expect(server.requests[0]?.headers['x-amz-tagging']).toBe('a%20b=1%2B1');
	expect(afterwards()).toEqual([ASKED, ['PUT', '/main/k?tagging=&versionId=v7']]);
	expect(server.requests.at(-1)?.body).toContain('<Key>a b</Key><Value>1+1</Value>');
});

test('one that has kept them is asked, and no more', async () => {
	server.answer(...WHOLE, tagging('<Tag><Key>a b</Key><Value>1+1</Value></Tag>'));
	expect(await send(TAGS)).not.toHaveProperty('tagsChecked');
	expect(afterwards()).toEqual([ASKED]);
});

test('nobody is asked where there are no tags, or where they are known to be kept', async () => {
	server.answer(...WHOLE);
	await send({});
	expect(afterwards()).toEqual([]);
	server.requests.length = 0;
	server.answer(...WHOLE);
	await send(TAGS, 'minio');
	expect(afterwards()).toEqual([]);
});

test('a key that may not look sets them', async () => {
	server.answer(...WHOLE, denied, { status: 204 });
	expect(await send(TAGS)).not.toHaveProperty('tagsChecked');
	expect(server.requests.at(-1)?.body).toContain('<Key>a b</Key><Value>1+1</Value>');
});

test('one that may not do that either says so', async () => {
	server.answer(...WHOLE, denied);
	expect(await send(TAGS)).toMatchObject({ parts: 3, tagsChecked: false });
});

test('tags that cannot be set fail the item, which says that the object is there', async () => {
	server.answer(...WHOLE, tagging(''), denied);
	const failure = await failureOf(send(TAGS));
	expect(failure).toMatchObject({ code: 'AccessDenied', kind: 'auth', phase: 'maybeDone' });
	expect(failure.message).toMatch(/^"k" is stored in bucket "main".*perhaps without its tags/);
	// The object stays: nothing is aborted or deleted.
	expect(server.requests.map(({ method }) => method)).not.toContain('DELETE');
});

test('a large file has its tags', async () => {
	const bench = await UploadBench.open();
	try {
		await bench.sendBytes({ headers: TAGS });
		expect(bench.sandbox.buckets.get('main')?.objects.get('k')?.tags.get('a b')).toBe('1+1');
		expect(bench.count('PutObjectTagging')).toBe(0);
	} finally {
		await bench.sandbox.close();
	}
});
