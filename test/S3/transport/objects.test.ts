import { createHash } from 'node:crypto';
import { copyObject } from '../../../nodes/S3/transport/copy';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { headObject, putObject } from '../../../nodes/S3/transport/objects';
import { deleteObject } from '../../../nodes/S3/transport/deleteObject';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { oddKeys } from '../../sandbox/s3/oddKeys.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { startScriptedServer } from '../scriptedServer';

let sandbox: S3Sandbox;
let s3: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	s3 = clientOf(sandbox);
	for (const bucket of ['main', 'other', 'secret-b']) {
		await createBucket(s3, bucket, { ifExists: 'fail' });
	}
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.faults.clear();
	sandbox.requests.length = 0;
});

const put = async (key: string, text: string, headers = {}, client = s3, bucket = 'main') =>
	await putObject(client, bucket, key, Buffer.from(text), headers);
const stored = (key: string, bucket = 'main') => sandbox.read(bucket, key)?.toString();
const writes = (key: string) => sandbox.effects.get(`main/${key}`)?.writes ?? 0;

test('an object has the bytes, the type and the ETag it was stored with', async () => {
	const headers = { 'content-type': 'text/csv', 'cache-control': 'max-age=60' };
	const { etag } = await put('a.csv', 'x;y', headers);
	expect(etag).toBe(createHash('md5').update('x;y').digest('hex'));
	expect(stored('a.csv')).toBe('x;y');
	const info = await headObject(s3, 'main', 'a.csv');
	expect(info).toMatchObject({ bucket: 'main', key: 'a.csv', size: 3, etag });
	expect(info.contentType).toBe('text/csv');
	expect(Date.parse(info.lastModified ?? '')).toBeGreaterThan(Date.now() - 60_000);
	expect(sandbox.buckets.get('main')?.objects.get('a.csv')?.metadata.system).toMatchObject(headers);
});

test('metadata beyond ASCII comes back as it was stored', async () => {
	const scripted = await startScriptedServer();
	// The bytes of UTF-8, which Node takes header values for.
	const value = Buffer.from('grün – 緑').toString('latin1');
	scripted.answer({ status: 200, headers: { 'x-amz-meta-colour': value } });
	const { metadata } = await headObject(clientOf(scripted), 'b', 'k');
	expect(metadata).toEqual({ colour: 'grün – 緑' });
	await scripted.close();
});

describe.each(oddKeys)('the key %j', (key) => {
	test('is put, read, copied from, copied to and deleted as it is', async () => {
		await put(key, `text of ${key}`);
		expect(stored(key)).toBe(`text of ${key}`);
		expect(await headObject(s3, 'main', key)).toMatchObject({ key });
		await copyObject(s3, { bucket: 'main', key }, { bucket: 'other', key });
		expect(stored(key, 'other')).toBe(`text of ${key}`);
		await deleteObject(s3, 'main', key);
		expect(stored(key)).toBeUndefined();
		expect(sandbox.buckets.get('main')?.objects.has(key)).toBe(false);
	});
});

test('a key with ../ never leaves its bucket', async () => {
	await put('pw.txt', 'secret', {}, s3, 'secret-b');
	const key = '../secret-b/pw.txt';
	expect(await failureOf(headObject(s3, 'main', key))).toMatchObject({ status: 404 });
	await deleteObject(s3, 'main', key);
	expect(stored('pw.txt', 'secret-b')).toBe('secret');
	await put(key, 'mine');
	expect(stored(key)).toBe('mine');
	expect(stored('pw.txt', 'secret-b')).toBe('secret');
});

test.each([
	['', 'k'],
	['main', ''],
	['main/../secret-b', 'pw.txt'],
	['..', 'secret-b/pw.txt'],
	['main', 'k'.repeat(1025)],
	['main', 'lone \ud800 half'],
])('a copy from %j, %j is refused before anything is sent', async (bucket, key) => {
	const failure = await failureOf(copyObject(s3, { bucket, key }, { bucket: 'main', key: 'to' }));
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(sandbox.requests).toHaveLength(0);
});

test('an error inside a 200 is no success: the copy is tried again', async () => {
	await put('from', 'text');
	sandbox.faults.add({ kind: 'errorInside200', times: 2 });
	const { etag } = await copyObject(
		s3,
		{ bucket: 'main', key: 'from' },
		{ bucket: 'main', key: 'to' },
	);
	expect(etag).toBe(createHash('md5').update('text').digest('hex'));
	expect(writes('to')).toBe(1);
});

test('an error inside a 200 that stays fails, in the words of the server', async () => {
	await put('from', 'text');
	sandbox.faults.add({ kind: 'errorInside200', code: 'SlowDown', message: 'Reduce your rate.' });
	const failure = await failureOf(
		copyObject(
			clientOf(sandbox, {}, { maxAttempts: 2 }),
			{ bucket: 'main', key: 'from' },
			{ bucket: 'main', key: 'never' },
		),
	);
	expect(failure).toMatchObject({ code: 'SlowDown', kind: 'throttled', attempts: 2 });
	expect(failure.message).toContain('Reduce your rate.');
	expect(writes('never')).toBe(0);
});

test('deleting is repeatable: what is not there is deleted', async () => {
	await put('once', 'x');
	sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('DeleteObject') });
	await deleteObject(s3, 'main', 'once');
	await deleteObject(s3, 'main', 'once');
	expect(sandbox.effects.get('main/once')?.deletes).toBe(1);
});

describe('only if new', () => {
	const ifNew = { 'if-none-match': '*' };

	test('refuses to overwrite', async () => {
		await put('new-1', 'first', ifNew);
		const failure = await failureOf(put('new-1', 'second', ifNew));
		expect(failure).toMatchObject({ kind: 'conflict', phase: 'rejected', attempts: 1 });
		expect(failure.message).toMatch(/exists already/);
		expect(stored('new-1')).toBe('first');
	});

	test('a lost answer is a success: the object is the one that was sent', async () => {
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('PutObject') });
		const { etag } = await put('new-2', 'mine', ifNew);
		expect(etag).toBe(createHash('md5').update('mine').digest('hex'));
		expect(writes('new-2')).toBe(1);
	});

	test('a lost answer with one request at a time does not wait for itself', async () => {
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA('PutObject') });
		const alone = clientOf(sandbox, { maxConcurrentRequests: 1 }, { deadlineMs: 2_000 });
		await put('new-3', 'mine', ifNew, alone);
		expect(writes('new-3')).toBe(1);
	});

	test('a lost answer before the object of somebody else is in doubt, and says so', async () => {
		await put('new-4', 'theirs');
		sandbox.faults.add({ kind: 'resetBefore', times: 1, match: isA('PutObject') });
		const failure = await failureOf(put('new-4', 'mine', ifNew));
		expect(failure).toMatchObject({ kind: 'conflict', phase: 'maybeDone', attempts: 2 });
		expect(stored('new-4')).toBe('theirs');
	});

	test('a refused attempt leaves no doubt', async () => {
		await put('new-5', 'mine');
		sandbox.faults.add({ kind: 'status', status: 503, times: 1, match: isA('PutObject') });
		// The same bytes, but they were there before.
		expect(await failureOf(put('new-5', 'mine', ifNew))).toMatchObject({ phase: 'rejected' });
	});
});

test('bytes that were damaged on the way are sent again', async () => {
	sandbox.faults.add({ kind: 'status', status: 400, code: 'BadDigest', times: 1 });
	await put('digest', 'x');
	expect(writes('digest')).toBe(1);
});

test('a header value that no header can carry is the mistake of the caller', async () => {
	const failure = await failureOf(put('k', 'x', { 'content-disposition': 'filename=日本' }));
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(failure.message).toMatch(/content-disposition.*U\+65E5/);
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
test('two conditional writes that met at Amazon: the one that is told so is sent again', async () => {
	sandbox.faults.add({
		...{ kind: 'status', status: 409, code: 'ConditionalRequestConflict', times: 1 },
		match: isA('PutObject'),
	});
	await put('met', 'x', { 'if-none-match': '*' });
	expect(stored('met')).toBe('x');
	expect(writes('met')).toBe(1);
});

test.each([
	['another object stays, and is not called deleted', true],
	['an object that is gone is deleted', false],
])('delete with If-Match after a lost answer: %s', async (_what, replaced) => {
	const { etag } = await putObject(s3, 'main', 'doubt', Buffer.from('precious'), {});
	sandbox.faults.add({
		kind: replaced ? 'resetBefore' : 'resetAfter',
		times: 1,
		match: (request) => {
			const object = sandbox.buckets.get('main')?.objects.get('doubt');
			if (isA('DeleteObject')(request) && replaced && object) object.etag = 'f'.repeat(32);
			return isA('DeleteObject')(request);
		},
	});
	const outcome = await deleteObject(s3, 'main', 'doubt', { ifMatch: etag }).catch(
		(error: unknown) => error,
	);
	if (replaced) expect(outcome).toMatchObject({ code: 'PreconditionFailed', phase: 'maybeDone' });
	else expect(outcome).not.toBeInstanceOf(Error);
	expect(sandbox.read('main', 'doubt')?.toString()).toBe(replaced ? 'precious' : undefined);
});
