import { randomBytes } from 'node:crypto';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { createUpload, uploadPart } from '../../../nodes/S3/transport/multipart';
import { listParts, uploadsOf } from '../../../nodes/S3/transport/multipartListing';
import { UNKNOWN_SERVER } from '../../../nodes/S3/transport/quirks';
import type { S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';
import { BYTES, isPart, MIB, PART, streamOf, UploadBench } from './uploadBench';

const never = new AbortController().signal;

let bench: UploadBench;
let sandbox: S3Sandbox;

beforeEach(async () => {
	bench = await UploadBench.open();
	sandbox = bench.sandbox;
});
afterEach(async () => await sandbox.close());

/** Stops an upload when its first two parts are stored. */
async function interrupt(options: object = {}, more: Partial<S3Client> = {}) {
	const stop = new AbortController();
	sandbox.faults.add({ kind: 'hang', match: ({ query }) => Number(query.partNumber) > 2 });
	const client = { ...clientOf(sandbox, {}, { signal: stop.signal }), ...more };
	const sending = failureOf(bench.sendBytes({ resume: true, ...options }, client));
	while (partsLeft()[0] !== 2 || !sandbox.requests.some(isPart(3)))
		await new Promise((resolve) => setTimeout(resolve, 5));
	stop.abort();
	expect(await sending).toMatchObject({ code: 'CANCELLED' });
	sandbox.faults.clear();
	sandbox.requests.length = 0;
}

const again = async (options: object = {}, client = bench.s3) =>
	await bench.sendBytes({ resume: true, ...options }, client);
const sentParts = () =>
	sandbox.requests
		.filter(isA('UploadPart'))
		.map(({ query }) => Number(query.partNumber))
		.sort();
const partsLeft = () => sandbox.openUploads().map(({ parts }) => parts.size);

test('an upload that was stopped keeps its parts, and the next one sends only what is missing', async () => {
	await interrupt();
	expect(partsLeft()).toEqual([2]);
	expect(await again()).toMatchObject({ size: BYTES.length, parts: 3 });
	expect(sentParts()).toEqual([3]);
	expect(bench.count('CreateMultipartUpload')).toBe(0);
	expect(bench.isStored()).toBe(true);
	expect(sandbox.openUploads()).toEqual([]);
});

test('one that failed keeps its parts as well', async () => {
	sandbox.faults.add({ kind: 'status', status: 500, match: isPart(3) });
	const impatient = clientOf(sandbox, {}, { maxAttempts: 1 });
	expect(await failureOf(again({}, impatient))).toMatchObject({ kind: 'unavailable' });
	// Those on the way at that moment still arrive.
	expect(partsLeft()).toEqual([2]);
	sandbox.faults.clear();
	sandbox.requests.length = 0;
	await again();
	expect(sentParts()).toEqual([3]);
	expect(bench.isStored()).toBe(true);
});

test('a stream that can be read only once is resumed too', async () => {
	await interrupt();
	await again({ source: streamOf(BYTES), size: undefined });
	expect(sentParts()).toEqual([3]);
	expect(bench.isStored()).toBe(true);
});

test('parts of a file that has changed are sent again', async () => {
	await interrupt();
	const changed = Buffer.from(BYTES);
	changed.writeUInt8(changed.readUInt8(PART + 1) ^ 1, PART + 1);
	await again({ source: changed });
	expect(sentParts()).toEqual([2, 3]);
	expect(sandbox.read('main', 'k')?.equals(changed)).toBe(true);
});

test('the size of the parts is that of the stored ones', async () => {
	const bytes = randomBytes(19 * MIB);
	await interrupt({ source: bytes, size: bytes.length, partBytes: 6 * MIB });
	expect(await again({ source: bytes, size: bytes.length })).toMatchObject({ parts: 4 });
	expect(sentParts()).toEqual([3, 4]);
	expect(sandbox.read('main', 'k')?.equals(bytes)).toBe(true);
});

test('an upload for a file of another size is left alone', async () => {
	await interrupt();
	const longer = Buffer.concat([randomBytes(7 * MIB), BYTES]);
	const other = clientOf(sandbox);
	const place = await createUpload(other, 'main', 'other', {});
	await uploadPart(
		other,
		place,
		{ number: 9, size: 6 * MIB, etag: '' },
		randomBytes(6 * MIB),
		never,
	);
	await bench.send({ source: longer, size: longer.length, key: 'other', resume: true });
	expect(sandbox.read('main', 'other')?.equals(longer)).toBe(true);
	expect(
		sandbox
			.openUploads()
			.map(({ key, parts }) => [key, parts.size])
			.sort(),
	).toEqual([
		['k', 2],
		['other', 1],
	]);
});

test('of several uploads the newest with fitting parts is taken, and not that of a longer key', async () => {
	await interrupt();
	await createUpload(bench.s3, 'main', 'k2', {});
	await createUpload(bench.s3, 'main', 'k', {});
	sandbox.requests.length = 0;
	await again();
	expect(sentParts()).toEqual([3]);
	expect(
		sandbox
			.openUploads()
			.map(({ key }) => key)
			.sort(),
	).toEqual(['k', 'k2']);
});

test('an upload without parts is used instead of a new one', async () => {
	await createUpload(bench.s3, 'main', 'k', {});
	await again();
	expect(bench.count('CreateMultipartUpload')).toBe(1);
	expect(sandbox.openUploads()).toEqual([]);
	expect(bench.isStored()).toBe(true);
});

test('the checksum of an upload that was begun with one holds for all parts', async () => {
	const knows = { quirks: { ...UNKNOWN_SERVER, crc32: true } };
	await interrupt({}, knows);
	// Whoever resumes need not know that the server checks them.
	await again();
	expect(sentParts()).toEqual([3]);
	const stored = sandbox.buckets.get('main')?.objects.get('k');
	expect(stored?.checksum).toMatchObject({ algorithm: 'CRC32', type: 'FULL_OBJECT' });
	expect(bench.isStored()).toBe(true);
});

test('what can never succeed leaves nothing behind', async () => {
	const failure = await failureOf(again({ size: BYTES.length - 1 }));
	expect(failure).toMatchObject({ code: 'SOURCE_LENGTH' });
	expect(sandbox.openUploads()).toEqual([]);
});

test('without the option nothing is looked for', async () => {
	await interrupt();
	await bench.sendBytes();
	expect(bench.count('ListMultipartUploads')).toBe(0);
	expect(partsLeft()).toEqual([2]);
});

test('lists of uploads and of parts are read to their end', async () => {
	const { s3 } = bench;
	const place = await createUpload(s3, 'main', 'many', {});
	const numbers = Array.from({ length: 1_003 }, (_, n) => n + 1);
	await Promise.all(
		numbers.map(async (number) => {
			const part = { number, size: 1, etag: '' };
			await uploadPart(s3, place, part, Buffer.from('x'), never);
			if (number > 1) await createUpload(s3, 'main', 'many', {});
		}),
	);
	expect((await listParts(s3, place)).parts.map(({ number }) => number)).toEqual(numbers);
	expect(await uploadsOf(s3, 'main', 'many')).toHaveLength(1_003);
});

describe('a lost answer to the beginning', () => {
	const create = isA('CreateMultipartUpload');

	test('leaves no empty upload behind', async () => {
		sandbox.faults.add({ kind: 'resetAfter', times: 2, match: create });
		await bench.sendBytes();
		expect(bench.isStored()).toBe(true);
		expect(bench.count('CreateMultipartUpload')).toBe(3);
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('leaves none behind when the upload fails, or never begins', async () => {
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: create });
		sandbox.faults.add({ kind: 'status', status: 403, match: isPart(2) });
		await failureOf(bench.sendBytes());
		expect(sandbox.openUploads()).toEqual([]);
		sandbox.faults.clear();
		sandbox.faults.add({ kind: 'resetAfter', match: create });
		const failure = await failureOf(bench.sendBytes({}, clientOf(sandbox, {}, { maxAttempts: 3 })));
		expect(failure).toMatchObject({ phase: 'maybeDone' });
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('uploads of others stay: with parts, of another key, or older', async () => {
		const older = await createUpload(bench.s3, 'main', 'k', {});
		const begun = sandbox.buckets.get('main')?.uploads.get(older.uploadId);
		if (begun) begun.initiated -= 10_000;
		const others = await createUpload(bench.s3, 'main', 'k', {});
		await uploadPart(bench.s3, others, { number: 1, size: 1, etag: '' }, Buffer.from('x'), never);
		await createUpload(bench.s3, 'main', 'k2', {});
		sandbox.faults.add({ kind: 'resetAfter', times: 1, match: create });
		await bench.sendBytes();
		expect(sandbox.openUploads().map(({ uploadId }) => uploadId)).toHaveLength(3);
	});
});
