import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { PartBuffers } from '../../../nodes/S3/transport/partBuffers';
import type { S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { BYTES, MIB, PART, streamOf, UploadBench } from './uploadBench';

let bench: UploadBench;
let sandbox: S3Sandbox;

beforeEach(async () => {
	bench = await UploadBench.open();
	sandbox = bench.sandbox;
});
afterEach(async () => await sandbox.close());

describe.each([0, 1, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 1])('%i bytes', (size) => {
	const bytes = randomBytes(size);
	const parts = size <= PART ? 1 : Math.ceil(size / PART);

	test.each([
		['announced', size],
		['of unknown length', undefined],
	])('%s', async (_name, announced) => {
		const result = await bench.send({ source: streamOf(bytes), size: announced });
		expect(result).toMatchObject({ size, parts });
		expect(sandbox.read('main', 'k')?.equals(bytes)).toBe(true);
		expect(result.etag).toBe(sandbox.buckets.get('main')?.objects.get('k')?.etag);
		expect(sandbox.requests).toHaveLength(parts === 1 ? 1 : parts + 2);
		expect(sandbox.openUploads()).toEqual([]);
	});
});

test('chunks larger than a part and chunks of text are cut as well', async () => {
	await bench.send({ source: streamOf(BYTES, BYTES.length) });
	expect(bench.isStored()).toBe(true);
	await bench.send({ key: 'text', source: Readable.from(['grün', ' – ', '緑']) });
	expect(sandbox.read('main', 'text')?.toString()).toBe('grün – 緑');
});

test('headers belong to the object, whether it went in one piece or in parts', async () => {
	const headers = { 'content-type': 'text/csv', 'cache-control': 'no-store' };
	await bench.sendBytes({ headers });
	await bench.send({ key: 'small', source: streamOf(Buffer.from('x')), headers });
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
		const failure = await failureOf(bench.send({ source, size: announced }));
		expect(failure).toMatchObject({ kind: 'invalid', code: 'SOURCE_LENGTH' });
		expect(failure.message).toContain(`${announced} bytes`);
		expect(bench.writes()).toBe(0);
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
		const failure = await failureOf(bench.send({ source }));
		expect(failure).toMatchObject({ kind: 'invalid', code: 'SOURCE_BROKEN' });
		expect(failure.message).toContain('the disk is gone');
		expect(bench.writes()).toBe(0);
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('breaks while it waits for memory: the process lives on', async () => {
		const others = new PartBuffers(96 * MIB, 1);
		await others.take(new AbortController().signal);
		const source = new Readable({ read() {} });
		const failing = failureOf(bench.send({ source }));
		source.destroy(new Error('the disk is gone'));
		await new Promise((resolve) => setImmediate(resolve));
		others.close();
		expect(await failing).toMatchObject({ code: 'SOURCE_BROKEN' });
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
	expect(await failureOf(bench.send({ source }))).toMatchObject({ code: 'AccessDenied' });
	expect(read).toBeLessThan(30);
	expect(source.destroyed).toBe(true);
});

test('many uploads at once share the memory for parts, and all come through', async () => {
	const keys = Array.from({ length: 24 }, (_, n) => `many-${n}`);
	const client = clientOf(sandbox, { maxConcurrentRequests: 10 });
	await Promise.all(keys.map(async (key) => await bench.sendBytes({ key }, client)));
	const hash = (bytes: Buffer | undefined) =>
		createHash('md5')
			.update(bytes ?? '')
			.digest('hex');
	expect(new Set(keys.map((key) => hash(sandbox.read('main', key))))).toEqual(
		new Set([hash(BYTES)]),
	);
	expect(keys.every((key) => bench.writes(key) === 1)).toBe(true);
});

test('a part size beyond all memory is brought down to what fits', async () => {
	await bench.sendBytes({ partBytes: 2 ** 50 });
	expect(bench.isStored()).toBe(true);
});
