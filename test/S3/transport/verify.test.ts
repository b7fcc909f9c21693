import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import type { Verify } from '../../../nodes/S3/transport/contentCheck';
import { downloadInto } from '../../../nodes/S3/transport/downloadInto';
import { putObject } from '../../../nodes/S3/transport/objects';
import { upload } from '../../../nodes/S3/transport/upload';
import { digestAll, type ChecksumAlgorithm } from '../../../sandbox/s3/checksum.ts';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf, isA } from '../clientOf';

// Content that is not what was stored never ends as a finished file.

const MIB = 1024 * 1024;
const BYTES = randomBytes(3 * MIB);
const isGet = isA('GetObject');
const crcOf = (bytes: Buffer) => {
	const sum = Buffer.alloc(4);
	sum.writeUInt32BE(crc32(bytes));
	return sum.toString('base64');
};
// The server has them from elsewhere.
const sumOf = (algorithm: ChecksumAlgorithm, bytes: Buffer) =>
	digestAll(algorithm, [bytes]).toString('base64');

let sandbox: S3Sandbox;
let s3: S3Client;
beforeEach(async () => {
	sandbox = await startS3Sandbox();
	const client = clientOf(sandbox);
	s3 = { ...client, quirks: { ...client.quirks, multipartEtag: true } };
	await createBucket(s3, 'main', { ifExists: 'fail' });
});
afterEach(async () => await sandbox.close());

const plain = { checksum: undefined, md5: true, signed: false };
const put = async (headers: Record<string, string> = {}) =>
	await putObject(s3, 'main', 'k', BYTES, headers, plain);
const object = () => {
	const found = sandbox.buckets.get('main')?.objects.get('k');
	if (!found) throw new Error('There is no object');
	return found;
};
const read = async (verify: Verify = 'automatic', client = s3) =>
	await downloadInto(
		client,
		{ bucket: 'main', key: 'k', verify },
		async (_info, body) => await buffer(body),
	);
const gets = () => sandbox.requests.filter(isGet).length;
/** As a disk does it: the server does not notice. */
const damage = () => {
	const [bytes = Buffer.alloc(0)] = object().chunks;
	bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
};

describe.each([
	['CRC32', async () => await put({ 'x-amz-checksum-crc32': crcOf(BYTES) })],
	[
		'SHA256',
		async () =>
			await put({
				'x-amz-checksum-sha256': createHash('sha256').update(BYTES).digest('base64'),
			}),
	],
	['SHA1', async () => await put({ 'x-amz-checksum-sha1': sumOf('SHA1', BYTES) })],
	// Amazon adds this one to whatever comes without a checksum.
	['CRC64NVME', async () => await put({ 'x-amz-checksum-crc64nvme': sumOf('CRC64NVME', BYTES) })],
	['CRC32C', async () => await put({ 'x-amz-checksum-crc32c': sumOf('CRC32C', BYTES) })],
	['MD5', async () => await put()],
])('%s', (by, store) => {
	beforeEach(async () => {
		await store();
		sandbox.requests.length = 0;
	});

	test('what is right is known to be right, in one request', async () => {
		const done = await read();
		expect(done?.verifiedBy).toBe(by);
		expect(done?.kept.equals(BYTES)).toBe(true);
		expect(gets()).toBe(1);
	});

	test('what is damaged on the way is fetched once more', async () => {
		sandbox.faults.add({ kind: 'corrupt', times: 1, match: isGet });
		const done = await read();
		expect(done?.kept.equals(BYTES)).toBe(true);
		expect(gets()).toBe(2);
	});

	test('what is damaged in the store fails for good, after two tries', async () => {
		damage();
		const failure = await failureOf(read());
		expect(failure).toMatchObject({
			code: 'CONTENT_MISMATCH',
			kind: 'invalid',
			phase: 'rejected',
			attempts: 2,
		});
		expect(failure.message).toContain(`its ${by} should be`);
		expect(gets()).toBe(2);
	});

	test('nothing is compared where it is switched off', async () => {
		damage();
		const done = await read('off');
		expect(done?.verifiedBy).toBeUndefined();
		expect(done?.kept).toHaveLength(BYTES.length);
	});
});

describe('an object of parts', () => {
	const PARTS = randomBytes(12 * MIB + 5);
	beforeEach(async () => {
		await upload(s3, {
			bucket: 'main',
			key: 'k',
			source: Readable.from([PARTS]),
			size: PARTS.length,
			headers: {},
			partBytes: 5 * MIB,
			parallel: 2,
		});
		sandbox.requests.length = 0;
	});

	test('is verified by the size of its first part', async () => {
		const done = await read('always');
		expect(done?.kept.equals(PARTS)).toBe(true);
		expect(done?.verifiedBy).toMatch(/^(MD5|CRC32)$/);
		const heads = sandbox.requests.filter(isA('HeadObject'));
		expect(heads.map(({ query }) => query.partNumber)).toEqual(['1']);
	});

	test('is verified by the CRC32C of those of its parts', async () => {
		const sums = [0, 5, 10].map((at) =>
			digestAll('CRC32C', [PARTS.subarray(at * MIB, (at + 5) * MIB)]),
		);
		const value = `${sumOf('CRC32C', Buffer.concat(sums))}-3`;
		object().checksum = { algorithm: 'CRC32C', value, type: 'COMPOSITE' };
		expect((await read('always'))?.verifiedBy).toBe('CRC32C');
		damage();
		expect(await failureOf(read())).toMatchObject({ code: 'CONTENT_MISMATCH', kind: 'invalid' });
	});

	test('fails when it is damaged', async () => {
		damage();
		expect(await failureOf(read())).toMatchObject({ code: 'CONTENT_MISMATCH', kind: 'invalid' });
	});

	test('whose parts have other sizes than it seems is not called damaged', async () => {
		// As many parts as parts of 5 MiB would make.
		object().parts = [5 * MIB, 6 * MIB, MIB + 5].map((size, n) => ({ partNumber: n + 1, size }));
		object().etag = `${'0'.repeat(32)}-3`;
		delete object().checksum;
		const done = await read();
		expect(done?.verifiedBy).toBeUndefined();
		expect(done?.kept.equals(PARTS)).toBe(true);
		expect(await failureOf(read('always'))).toMatchObject({ code: 'CANNOT_VERIFY' });
	});
});

test('what cannot be verified is taken as it is, or fails where it must be', async () => {
	await put();
	object().etag = 'not-an-md5';
	expect((await read())?.verifiedBy).toBeUndefined();
	sandbox.requests.length = 0;
	const failure = await failureOf(read('always'));
	expect(failure).toMatchObject({ code: 'CANNOT_VERIFY', kind: 'invalid', phase: 'rejected' });
	expect(gets()).toBe(1);
});

test('over TLS an ETag is compared only where it is asked for', async () => {
	await put();
	const tls = { ...s3, tls: true };
	expect((await read('automatic', tls))?.verifiedBy).toBeUndefined();
	expect((await read('always', tls))?.verifiedBy).toBe('MD5');
});
