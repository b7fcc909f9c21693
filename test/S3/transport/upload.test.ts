import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { PartBuffers } from '../../../nodes/S3/transport/partBuffers';
import type { Upload } from '../../../nodes/S3/transport/upload';
import { upload } from '../../../nodes/S3/transport/upload';
import {
	startS3Sandbox,
	type RecordedRequest,
	type S3Sandbox,
} from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';

const MIB = 1024 * 1024;
const PART = 5 * MIB;
// Three parts, the last one short.
const BYTES = randomBytes(2 * PART + 1000);
const IF_NEW = { 'if-none-match': '*' };

let sandbox: S3Sandbox;
let s3: S3Client;

beforeEach(async () => {
	sandbox = await startS3Sandbox();
	s3 = clientOf(sandbox);
	await createBucket(s3, 'main', { ifExists: 'fail' });
	sandbox.requests.length = 0;
});
afterEach(async () => await sandbox.close());

/** The bytes as a file or a socket gives them: in chunks that have nothing to do with parts. */
function streamOf(bytes: Buffer, chunk = 65_536): Readable {
	const count = Math.ceil(bytes.length / chunk);
	return Readable.from(
		Array.from({ length: count }, (_, n) => bytes.subarray(n * chunk, (n + 1) * chunk)),
	);
}

const send = async (options: Partial<Upload> & { source: Readable }, client = s3) =>
	await upload(client, {
		bucket: 'main',
		key: 'k',
		headers: {},
		partBytes: PART,
		parallel: 4,
		...options,
	});
const sendBytes = async (options: Partial<Upload> = {}, client = s3) =>
	await send({ source: streamOf(BYTES), size: BYTES.length, ...options }, client);

const operations = () => sandbox.requests.map(({ operation }) => operation);
const count = (operation: string) => operations().filter((name) => name === operation).length;
const isStored = () => sandbox.read('main', 'k')?.equals(BYTES) ?? false;
const writes = (key = 'k') => sandbox.effects.get(`main/${key}`)?.writes ?? 0;
const isPart =
	(number: number) =>
	({ operation, query }: RecordedRequest) =>
		operation === 'UploadPart' && query.partNumber === String(number);

describe.each([0, 1, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 1])('%i bytes', (size) => {
	const bytes = randomBytes(size);
	const parts = size <= PART ? 1 : Math.ceil(size / PART);

	test.each([
		['announced', size],
		['of unknown length', undefined],
	])('%s', async (_name, announced) => {
		const result = await send({ source: streamOf(bytes), size: announced });
		expect(result).toMatchObject({ size, parts });
		expect(sandbox.read('main', 'k')?.equals(bytes)).toBe(true);
		expect(result.etag).toBe(sandbox.buckets.get('main')?.objects.get('k')?.etag);
		expect(sandbox.requests).toHaveLength(parts === 1 ? 1 : parts + 2);
		expect(sandbox.openUploads()).toEqual([]);
	});
});

test('chunks larger than a part and chunks of text are cut as well', async () => {
	await send({ source: streamOf(BYTES, BYTES.length) });
	expect(isStored()).toBe(true);
	await send({ key: 'text', source: Readable.from(['grün', ' – ', '緑']) });
	expect(sandbox.read('main', 'text')?.toString()).toBe('grün – 緑');
});

test('headers belong to the object, whether it went in one piece or in parts', async () => {
	const headers = { 'content-type': 'text/csv', 'cache-control': 'no-store' };
	await sendBytes({ headers });
	await send({ key: 'small', source: streamOf(Buffer.from('x')), headers });
	for (const key of ['k', 'small']) {
		expect(sandbox.buckets.get('main')?.objects.get(key)?.metadata.system).toMatchObject(headers);
	}
});

describe('a source that is not what it was announced to be', () => {
	test.each([
		['ends early', 100, 200],
		['ends early, in parts', 2 * PART, 2 * PART + 1],
		['ends before the first part is full', 100, 2 * PART],
		['is longer', 200, 100],
		['is longer, in parts', 2 * PART + 1, 2 * PART],
		['is not empty', 1, 0],
	])('%s: nothing is stored', async (_name, actual, announced) => {
		const source = streamOf(randomBytes(actual));
		const failure = await failureOf(send({ source, size: announced }));
		expect(failure).toMatchObject({ kind: 'invalid', code: 'SOURCE_LENGTH' });
		expect(failure.message).toContain(`${announced} bytes`);
		expect(writes()).toBe(0);
		expect(sandbox.openUploads()).toEqual([]);
		expect(source.destroyed).toBe(true);
	});

	test.each([
		['in the first part', 100],
		['in a later part', PART + 100],
	])('breaks %s: nothing is stored, and nothing stays behind', async (_name, after) => {
		const source = Readable.from(
			(function* () {
				yield randomBytes(after);
				throw new Error('the disk is gone');
			})(),
		);
		const failure = await failureOf(send({ source }));
		expect(failure).toMatchObject({ kind: 'invalid', code: 'SOURCE_BROKEN' });
		expect(failure.message).toContain('the disk is gone');
		expect(writes()).toBe(0);
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('breaks while it waits for memory: the process lives on', async () => {
		const others = new PartBuffers(96 * MIB, 1);
		await others.take(new AbortController().signal);
		const source = new Readable({ read() {} });
		const failing = failureOf(send({ source }));
		source.destroy(new Error('the disk is gone'));
		await new Promise((resolve) => setImmediate(resolve));
		others.close();
		expect(await failing).toMatchObject({ code: 'SOURCE_BROKEN' });
	});
});

describe('a part that fails', () => {
	test.each([
		['resetBefore', { kind: 'resetBefore' }],
		['resetAfter', { kind: 'resetAfter' }],
		['503', { kind: 'status', status: 503 }],
		['bytes damaged on the way', { kind: 'status', status: 400, code: 'BadDigest' }],
	] as const)('%s: only that part is sent again', async (_name, fault) => {
		sandbox.faults.add({ ...fault, times: 1, match: isPart(2) });
		await sendBytes();
		expect(isStored()).toBe(true);
		expect(sandbox.requests.filter(isPart(2))).toHaveLength(2);
		expect(count('UploadPart')).toBe(4);
		expect(writes()).toBe(1);
	});

	test.each([1, 2, 3])('part %i for good: the upload is aborted', async (number) => {
		sandbox.faults.add({ kind: 'status', status: 403, match: isPart(number) });
		const failure = await failureOf(sendBytes());
		expect(failure).toMatchObject({ code: 'AccessDenied', kind: 'auth' });
		expect(sandbox.openUploads()).toEqual([]);
		expect(count('CompleteMultipartUpload')).toBe(0);
		expect(writes()).toBe(0);
	});

	test('stops the other parts: nothing is sent after the abort', async () => {
		const bytes = randomBytes(8 * PART);
		sandbox.faults.add({ kind: 'status', status: 403, match: isPart(1) });
		sandbox.faults.add({ kind: 'delay', ms: 300, match: isA('UploadPart') });
		await failureOf(send({ source: streamOf(bytes), size: bytes.length }));
		expect(operations().at(-1)).toBe('AbortMultipartUpload');
		expect(count('UploadPart')).toBeLessThan(8);
		await new Promise((resolve) => setTimeout(resolve, 400));
		expect(sandbox.openUploads()).toEqual([]);
		expect(operations().at(-1)).toBe('AbortMultipartUpload');
	});

	test('an abort that fails as well does not hide why', async () => {
		sandbox.faults.add({ kind: 'status', status: 403, match: isPart(2) });
		sandbox.faults.add({ kind: 'status', status: 405, match: isA('AbortMultipartUpload') });
		expect(await failureOf(sendBytes())).toMatchObject({ code: 'AccessDenied', status: 403 });
	});

	test('an abort whose answer is lost is sent again', async () => {
		sandbox.faults.add({ kind: 'status', status: 403, match: isPart(2) });
		sandbox.faults.add({ kind: 'resetBefore', times: 2, match: isA('AbortMultipartUpload') });
		expect(await failureOf(sendBytes())).toMatchObject({ code: 'AccessDenied' });
		expect(sandbox.openUploads()).toEqual([]);
	});
});

describe('completing', () => {
	const complete = isA('CompleteMultipartUpload');

	test('a lost answer is a success: the object is there, once', async () => {
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: complete });
		const { etag } = await sendBytes();
		expect(isStored()).toBe(true);
		expect(writes()).toBe(1);
		expect(etag).toBe(sandbox.buckets.get('main')?.objects.get('k')?.etag);
	});

	test('a lost answer with one request at a time does not wait for itself', async () => {
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: complete });
		const alone = clientOf(sandbox, { maxConcurrentRequests: 1 }, { deadlineMs: 3_000 });
		await sendBytes({ headers: IF_NEW }, alone);
		expect(writes()).toBe(1);
	});

	test('a lost answer after which somebody else wrote the key is in doubt, and says so', async () => {
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: complete });
		// The second attempt comes when the object is another one already.
		sandbox.faults.add({
			kind: 'delay',
			ms: 0,
			times: 1,
			match: (request) => {
				if (!complete(request)) return false;
				const bucket = sandbox.buckets.get('main');
				const mine = bucket?.objects.get('k');
				if (mine) bucket?.objects.set('k', { ...mine, etag: 'f'.repeat(32) });
				return true;
			},
		});
		const failure = await failureOf(sendBytes());
		expect(failure).toMatchObject({ code: 'NoSuchUpload', phase: 'maybeDone', attempts: 2 });
	});

	test('an error inside a 200 is no success: it is tried again', async () => {
		sandbox.faults.add({ kind: 'errorInside200', times: 2 });
		await sendBytes();
		expect(isStored()).toBe(true);
		expect(count('CompleteMultipartUpload')).toBe(3);
	});

	test('an error inside a 200 that stays is a failure, and nothing stays behind', async () => {
		sandbox.faults.add({ kind: 'errorInside200' });
		expect(await failureOf(sendBytes())).toMatchObject({ code: 'InternalError' });
		expect(sandbox.openUploads()).toEqual([]);
		expect(writes()).toBe(0);
	});

	test('an upload that somebody aborted is a refusal, not a doubt', async () => {
		sandbox.faults.add({ kind: 'status', status: 404, code: 'NoSuchUpload', match: complete });
		expect(await failureOf(sendBytes())).toMatchObject({
			code: 'NoSuchUpload',
			phase: 'rejected',
		});
	});

	test('only if new: an object that is there stays, and no parts stay behind', async () => {
		await send({ source: streamOf(Buffer.from('theirs')) });
		const failure = await failureOf(sendBytes({ headers: IF_NEW }));
		expect(failure).toMatchObject({ kind: 'conflict', phase: 'rejected' });
		expect(sandbox.read('main', 'k')?.toString()).toBe('theirs');
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('only if new: a lost answer is a success', async () => {
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: complete });
		await sendBytes({ headers: IF_NEW });
		expect(isStored()).toBe(true);
		expect(writes()).toBe(1);
	});
});

test('a refused beginning reads nothing more of the source', async () => {
	sandbox.faults.add({ kind: 'status', status: 403, match: isA('CreateMultipartUpload') });
	let read = 0;
	const source = Readable.from(
		(function* () {
			for (; read < 100; read++) yield Buffer.alloc(MIB);
		})(),
	);
	expect(await failureOf(send({ source }))).toMatchObject({ code: 'AccessDenied' });
	expect(read).toBeLessThan(30);
	expect(source.destroyed).toBe(true);
});

test('many uploads at once share the memory for parts, and all come through', async () => {
	const keys = Array.from({ length: 24 }, (_, n) => `many-${n}`);
	const client = clientOf(sandbox, { maxConcurrentRequests: 10 });
	await Promise.all(keys.map(async (key) => await sendBytes({ key }, client)));
	const hash = (bytes: Buffer | undefined) =>
		createHash('md5')
			.update(bytes ?? '')
			.digest('hex');
	expect(new Set(keys.map((key) => hash(sandbox.read('main', key))))).toEqual(
		new Set([hash(BYTES)]),
	);
	expect(keys.every((key) => writes(key) === 1)).toBe(true);
});

test('a part size beyond all memory is brought down to what fits', async () => {
	await sendBytes({ partBytes: 2 ** 50 });
	expect(isStored()).toBe(true);
});

describe('cancelled', () => {
	const within = async (ms: number, promise: Promise<unknown>) => {
		const startedAt = performance.now();
		const failure = await failureOf(promise);
		expect(performance.now() - startedAt).toBeLessThan(ms);
		return failure;
	};
	/** Runs an upload, and cancels it when the request has arrived. */
	const cancelAt = async (arrives: (request: RecordedRequest) => boolean) => {
		const cancel = new AbortController();
		sandbox.faults.add({ kind: 'hang', match: arrives });
		const source = streamOf(BYTES);
		const client = clientOf(sandbox, {}, { signal: cancel.signal });
		const uploading = send({ source, size: BYTES.length }, client);
		uploading.catch(() => {});
		while (!sandbox.requests.some(arrives)) await new Promise((resolve) => setTimeout(resolve, 5));
		cancel.abort();
		const failure = await within(100, uploading);
		expect(source.destroyed).toBe(true);
		return failure;
	};
	const becomesTrue = async (condition: () => boolean) => {
		for (let n = 0; n < 100 && !condition(); n++) {
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		expect(condition()).toBe(true);
	};

	test('during a part: ends at once, and the parts are removed behind it', async () => {
		expect(await cancelAt(isPart(2))).toMatchObject({ code: 'CANCELLED' });
		await becomesTrue(() => sandbox.openUploads().length === 0);
	});

	test('while completing: nobody can know', async () => {
		expect(await cancelAt(isA('CompleteMultipartUpload'))).toMatchObject({
			code: 'CANCELLED',
			phase: 'maybeDone',
		});
	});

	test('while waiting for memory', async () => {
		const others = new PartBuffers(96 * MIB, 1);
		await others.take(new AbortController().signal);
		const cancel = new AbortController();
		const uploading = sendBytes({}, clientOf(sandbox, {}, { signal: cancel.signal }));
		uploading.catch(() => {});
		await new Promise((resolve) => setImmediate(resolve));
		cancel.abort();
		expect(await within(100, uploading)).toMatchObject({ code: 'CANCELLED', phase: 'notSent' });
		others.close();
		expect(sandbox.requests).toHaveLength(0);
		await sendBytes();
	});

	test('while the source gives nothing', async () => {
		const cancel = new AbortController();
		const source = new Readable({ read() {} });
		const uploading = send({ source }, clientOf(sandbox, {}, { signal: cancel.signal }));
		uploading.catch(() => {});
		await new Promise((resolve) => setImmediate(resolve));
		cancel.abort();
		expect(await within(100, uploading)).toMatchObject({ code: 'CANCELLED' });
	});
});
