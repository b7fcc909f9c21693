import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { moveObject } from '../../../nodes/S3/transport/move';
import { putObject } from '../../../nodes/S3/transport/objects';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { startScriptedServer, type ScriptedAnswer } from '../scriptedServer';

const FROM = { bucket: 'main', key: 'from' };
const TO = { bucket: 'main', key: 'to' };

let sandbox: S3Sandbox;
let s3: S3Client;

beforeEach(async () => {
	sandbox = await startS3Sandbox();
	s3 = clientOf(sandbox);
	await createBucket(s3, 'main', { ifExists: 'fail' });
	await put('from', 'precious');
	sandbox.requests.length = 0;
});
afterEach(async () => await sandbox.close());

const put = async (key: string, content: string) =>
	await putObject(s3, 'main', key, Buffer.from(content), {
		'content-type': 'text/csv',
		'x-amz-storage-class': 'STANDARD_IA',
		'x-amz-meta-a': '1',
	});
const stored = (key: string) => sandbox.read('main', key)?.toString();
const sent = (operation: string) => sandbox.requests.filter(isA(operation)).length;

test('an object is at its new place as it was, and at no other', async () => {
	const before = sandbox.buckets.get('main')?.objects.get('from')?.metadata;
	expect(await moveObject(s3, FROM, TO)).toMatchObject({ size: 8 });
	expect(stored('to')).toBe('precious');
	expect(stored('from')).toBeUndefined();
	expect(sandbox.buckets.get('main')?.objects.get('to')?.metadata).toEqual(before);
});

test('onto itself is refused before anything is sent', async () => {
	const failure = await failureOf(moveObject(s3, FROM, FROM));
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(failure.message).toMatch(/source and destination are the same/);
	expect(sandbox.requests).toEqual([]);
	expect(stored('from')).toBe('precious');
});

test('a copy in parts whose tags may not be read does not cost the tags: the source is kept', async () => {
	sandbox.faults.add({ kind: 'status', status: 403, match: isA('GetObjectTagging') });
	const big = { bucket: 'main', key: 'big' };
	await putObject(s3, 'main', 'big', Buffer.alloc(6 * 1024 * 1024), { 'x-amz-tagging': 'a=b' });
	const failure = await failureOf(
		moveObject(s3, big, TO, { singleBytes: 1024, partBytes: 5 * 1024 * 1024 }),
	);
	expect(failure).toMatchObject({ kind: 'auth', code: 'TAGS_NOT_COPIED' });
	expect(stored('big')).toHaveLength(6 * 1024 * 1024);
});

describe('a server that compares another ETag than it tells, as Swift does for objects in parts', () => {
	const conditions = () =>
		sandbox.requests
			.filter((request) => isA('CopyObject')(request) || isA('UploadPartCopy')(request))
			.map(({ headers }) => Object.keys(headers).find((name) => name.includes('source-if')));
	const byEtag = 'x-amz-copy-source-if-match';
	const byDate = 'x-amz-copy-source-if-unmodified-since';
	beforeEach(() =>
		sandbox.faults.add({
			kind: 'status',
			status: 412,
			match: ({ headers }) => byEtag in headers || 'if-match' in headers,
		}),
	);

	test.each([
		['in one request', {}, [byEtag, byDate]],
		['in parts', { singleBytes: 1024, parallel: 1 }, [byEtag, byDate, byDate]],
	])('it is moved %s, while it has not changed', async (_how, options, expected) => {
		const content = 'x'.repeat(6 * 1024 * 1024);
		await put('from', content);
		await moveObject(s3, FROM, TO, { ...options, partBytes: 5 * 1024 * 1024 });
		expect(stored('to')).toBe(content);
		expect(stored('from')).toBeUndefined();
		expect(conditions()).toEqual(expected);
	});

	test('a source that was replaced meanwhile stays, and is not copied', async () => {
		const racing: S3Client = {
			...s3,
			call: async (request, read) => {
				if (request.operation === 'CopyObject') await put('from', 'other!!!');
				return await s3.call(request, read);
			},
		};
		expect(await failureOf(moveObject(racing, FROM, TO))).toMatchObject({
			code: 'PreconditionFailed',
		});
		expect(stored('from')).toBe('other!!!');
		expect(stored('to')).toBeUndefined();
		expect(conditions()).toEqual([byEtag]);
	});
});

test('a source that is not there is a failure, even when something is at the target', async () => {
	await put('to', 'precious');
	const failure = await failureOf(moveObject(s3, { bucket: 'main', key: 'nope' }, TO));
	expect(failure).toMatchObject({ status: 404, kind: 'invalid' });
});

test.each(['HeadObject', 'CopyObject', 'DeleteObject'])(
	'a lost answer to %s: moved, once',
	async (operation) => {
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: isA(operation) });
		await moveObject(s3, FROM, TO);
		expect([stored('from'), stored('to')]).toEqual([undefined, 'precious']);
		expect(sandbox.effects.get('main/from')?.deletes).toBe(1);
	},
);

test.each(['HeadObject', 'CopyObject', 'DeleteObject'])(
	'%s that fails for good: one of the two is whole, and doing it again ends well',
	async (operation) => {
		const fault = sandbox.faults.add({ kind: 'status', status: 403, match: isA(operation) });
		expect((await failureOf(moveObject(s3, FROM, TO))).kind).toBe('auth');
		expect(fault.hits).toBe(1);
		expect(stored('from')).toBe('precious');
		sandbox.faults.clear();
		await moveObject(s3, FROM, TO);
		expect([stored('from'), stored('to')]).toEqual([undefined, 'precious']);
	},
);

test('a copy that is not what it should be keeps the source', async () => {
	const spoiling = sandbox.faults.add({
		kind: 'delay',
		ms: 100,
		times: 1,
		match: (request) => isA('HeadObject')(request) && request.key === 'to',
	});
	const moving = failureOf(moveObject(s3, FROM, TO));
	while (spoiling.hits === 0) await new Promise(setImmediate);
	await put('to', 'other');
	expect(await moving).toMatchObject({ code: 'COPY_NOT_PROVEN', kind: 'conflict' });
	expect(stored('from')).toBe('precious');
	expect(sent('DeleteObject')).toBe(0);
});

test('a source that is replaced after it was copied is kept', async () => {
	const late = sandbox.faults.add({
		kind: 'delay',
		ms: 100,
		times: 1,
		match: (request) => isA('HeadObject')(request) && request.key === 'to',
	});
	const moving = failureOf(moveObject(s3, FROM, TO));
	while (late.hits === 0) await new Promise(setImmediate);
	await put('from', 'newer');
	expect(await moving).toMatchObject({ code: 'OBJECT_CHANGED', kind: 'conflict' });
	expect([stored('from'), stored('to')]).toEqual(['newer', 'precious']);
});

test('a source that is replaced before it is copied is kept', async () => {
	const late = sandbox.faults.add({ kind: 'delay', ms: 100, times: 1, match: isA('CopyObject') });
	const moving = failureOf(moveObject(s3, FROM, TO));
	while (late.hits === 0) await new Promise(setImmediate);
	await put('from', 'newer');
	expect(await moving).toMatchObject({ code: 'PreconditionFailed' });
	expect([stored('from'), stored('to')]).toEqual(['newer', undefined]);
});

describe('servers that answer the delete otherwise', () => {
	const info = { status: 200, headers: { 'content-length': '3', etag: '"e"' } };
	const copied = { status: 200, body: '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>' };
	/** @param answers after the copy: to the look at it, to that at the source, to the delete */
	const copiedAnd = async (...answers: ScriptedAnswer[]) => {
		const server = await startScriptedServer();
		try {
			server.answer(info, copied, ...answers);
			const failure = await moveObject(clientOf(server), FROM, TO).then(
				() => undefined,
				(error: unknown) => error,
			);
			return { failure, requests: server.requests.slice(2) };
		} finally {
			await server.close();
		}
	};
	const answered = async (...answers: ScriptedAnswer[]) => {
		const { failure, requests } = await copiedAnd(info, info, ...answers);
		return { failure, requests: requests.slice(2) };
	};

	test.each([
		['size', { 'content-length': '2', etag: '"e"' }],
		['ETag', { 'content-length': '3', etag: '"f"' }],
	])('the copy has another %s: the source is kept', async (_what, headers) => {
		const { failure, requests } = await copiedAnd({ status: 200, headers });
		expect(failure).toMatchObject({ code: 'COPY_NOT_PROVEN' });
		expect(requests.map(({ method }) => method)).toEqual(['HEAD']);
	});

	test('one that ignores conditions of a delete is not asked when the source is another one', async () => {
		const newer = { status: 200, headers: { 'content-length': '3', etag: '"f"' } };
		const { failure, requests } = await copiedAnd(info, newer, { status: 204 });
		expect(failure).toMatchObject({ code: 'OBJECT_CHANGED' });
		expect(requests.map(({ method }) => method)).toEqual(['HEAD', 'HEAD']);
	});

	test('with 412: somebody replaced it at the last moment', async () => {
		const newer = { ...info, headers: { ...info.headers, etag: '"newer"' } };
		const { failure, requests } = await answered({ status: 412 }, newer);
		expect(failure).toMatchObject({ code: 'OBJECT_CHANGED' });
		expect(requests.map(({ method }) => method)).toEqual(['DELETE', 'HEAD']);
		expect(requests[0]?.headers['if-match']).toBe('"e"');
	});

	test('with 501: without the condition', async () => {
		const { failure, requests } = await answered({ status: 501 }, { status: 204 });
		expect(failure).toBeUndefined();
		expect(requests.map(({ headers }) => headers['if-match'])).toEqual(['"e"', undefined]);
	});

	test('with 404: it is gone, which is what was asked for', async () => {
		expect((await answered({ status: 404 })).failure).toBeUndefined();
	});

	test('with 412 after a lost answer: done if it is gone, kept if it is not', async () => {
		const lost = { status: 200, body: 'x', cutAfter: 0 };
		expect((await answered(lost, { status: 412 }, { status: 404 })).failure).toBeUndefined();
		const { failure } = await answered(lost, { status: 412 }, info);
		expect(failure).toMatchObject({ code: 'OBJECT_CHANGED' });
	});
});

describe('keys that differ in slashes only', () => {
	test('are two objects, of which one goes', async () => {
		await put('/dir//n', 'precious');
		await moveObject(s3, { bucket: 'main', key: '/dir//n' }, { bucket: 'main', key: 'dir/n' });
		expect(stored('dir/n')).toBe('precious');
		expect(stored('/dir//n')).toBeUndefined();
	});

	// What MinIO answers: unescapePath in cmd/generic-handlers.go takes the slashes away.
	test.each([
		['/a', 'a'],
		['a', '/a'],
	])('are one object on MinIO, which stays: %s to %s', async (from, to) => {
		const scripted = await startScriptedServer();
		const info = { status: 200, headers: { 'content-length': '1', etag: '"e"' } };
		const listed = (key: string) => ({
			status: 200,
			body: `<ListBucketResult>${key === 'a' ? '<Contents><Key>a</Key></Contents>' : ''}</ListBucketResult>`,
		});
		const copied = { status: 200, body: '<CopyObjectResult><ETag>e</ETag></CopyObjectResult>' };
		scripted.answer(info, copied, info, listed(from), listed(to), { status: 204 });
		try {
			const moving = moveObject(
				clientOf(scripted),
				{ bucket: 'b', key: from },
				{ bucket: 'b', key: to },
			);
			expect(await failureOf(moving)).toMatchObject({ code: 'SAME_OBJECT', kind: 'invalid' });
			expect(scripted.requests.map(({ method }) => method)).not.toContain('DELETE');
		} finally {
			await scripted.close();
		}
	});
});
