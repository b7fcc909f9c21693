import {
	CompleteMultipartUploadCommand,
	CopyObjectCommand,
	CreateBucketCommand,
	CreateMultipartUploadCommand,
	GetObjectCommand,
	HeadObjectCommand,
	PutObjectCommand,
	UploadPartCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, minioClient, sdkClient } from './sdk.ts';

const Bucket = 'faults';
let sandbox: S3Sandbox;
let sdk: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	sdk = sdkClient(sandbox);
	await sdk.send(new CreateBucketCommand({ Bucket }));
	await sdk.send(new PutObjectCommand({ Bucket, Key: 'ten', Body: '0123456789' }));
});

afterEach(() => sandbox.faults.clear());

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
});

const put = (Key: string, client = sdk) =>
	client.send(new PutObjectCommand({ Bucket, Key, Body: 'body' }));
const get = () => sdk.send(new GetObjectCommand({ Bucket, Key: 'ten' }));
const writes = (key: string) => sandbox.effects.get(`${Bucket}/${key}`)?.writes ?? 0;

test('status: the code, the headers, no effect, and a count', async () => {
	const fault = sandbox.faults.add({
		kind: 'status',
		status: 503,
		headers: { 'retry-after': '7' },
		times: 2,
		match: ({ operation }) => operation === 'PutObject',
	});
	expect(await codeOf(put('status'))).toBe('SlowDown');
	await get();
	expect(await codeOf(put('status'))).toBe('SlowDown');
	expect(writes('status')).toBe(0);
	await put('status');
	expect(fault.hits).toBe(2);
	expect(sandbox.requests.filter((one) => one.fault === 'status')).toHaveLength(2);
	sandbox.faults.add({ kind: 'status', status: 503, headers: { 'retry-after': '7' } });
	const answer = await fetch(`${sandbox.endpoint}/${Bucket}`);
	expect(answer.headers.get('retry-after')).toBe('7');
});

test.each([
	[429, 'TooManyRequests'],
	[500, 'InternalError'],
	[503, 'SlowDown'],
])('status %i is reported as %s', async (status, code) => {
	sandbox.faults.add({ kind: 'status', status });
	expect(await codeOf(get())).toBe(code);
});

test('status with a code and a message of its own', async () => {
	const given = { status: 409, code: 'OperationAborted', message: 'A conflicting operation.' };
	sandbox.faults.add({ kind: 'status', ...given });
	await expect(minioClient(sandbox).putObject(Bucket, 'status', 'x')).rejects.toMatchObject({
		code: 'OperationAborted',
		message: 'A conflicting operation.',
	});
});

test('the SDK gets over a single 503 on its own', async () => {
	const client = sdkClient(sandbox, { maxAttempts: 2 });
	const fault = sandbox.faults.add({ kind: 'status', status: 503, times: 1 });
	const { $metadata } = await put('retried', client);
	client.destroy();
	expect([fault.hits, $metadata.attempts, writes('retried')]).toEqual([1, 2, 1]);
});

test('a fault that is not matched does nothing', async () => {
	const fault = sandbox.faults.add({ kind: 'hang', match: ({ key }) => key === 'other' });
	await get();
	expect(fault.hits).toBe(0);
});

test('emptyMessage', async () => {
	sandbox.faults.add({ kind: 'emptyMessage', status: 403, code: 'AccessDenied' });
	const text = await (await fetch(`${sandbox.endpoint}/${Bucket}`)).text();
	expect(text).toContain('<Code>AccessDenied</Code><Message></Message>');
	expect(await codeOf(get())).toBe('AccessDenied');
});

describe('errorInside200', () => {
	beforeEach(() => sandbox.faults.add({ kind: 'errorInside200' }));

	test('CopyObject', async () => {
		const copy = sdk.send(
			new CopyObjectCommand({ Bucket, Key: 'late', CopySource: `${Bucket}/ten` }),
		);
		expect(await codeOf(copy)).toBe('InternalError');
		expect(writes('late')).toBe(0);
		expect(sandbox.requests.at(-1)).toMatchObject({ status: 200, code: 'InternalError' });
	});

	test('CompleteMultipartUpload, and the upload stays open', async () => {
		const target = { Bucket, Key: 'late' };
		const { UploadId } = await sdk.send(new CreateMultipartUploadCommand(target));
		const part = new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'x' });
		const { ETag } = await sdk.send(part);
		const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
		const complete = () =>
			sdk.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
		expect(await codeOf(complete())).toBe('InternalError');
		expect([writes('late'), sandbox.openUploads().length]).toEqual([0, 1]);
		sandbox.faults.clear();
		await complete();
		expect([writes('late'), sandbox.openUploads().length]).toEqual([1, 0]);
	});

	test('white space comes first, and the connection stays usable', async () => {
		const minio = minioClient(sandbox);
		// MinIO's client does not look into the 200: it is the server that is under test here.
		await minio.copyObject(Bucket, 'late2', `/${Bucket}/ten`).catch(() => undefined);
		expect(sandbox.requests.at(-1)).toMatchObject({ operation: 'CopyObject', status: 200 });
		expect(writes('late2')).toBe(0);
	});
});

test('resetBefore: no effect', async () => {
	sandbox.faults.add({ kind: 'resetBefore', times: 1 });
	await expect(put('before')).rejects.toThrow('ECONNRESET');
	expect(writes('before')).toBe(0);
});

test('resetAfter: the effect without the answer', async () => {
	sandbox.faults.add({ kind: 'resetAfter', times: 1 });
	await expect(put('after')).rejects.toThrow('ECONNRESET');
	expect(writes('after')).toBe(1);
});

test('a client that retries a reset after the effect writes twice', async () => {
	const client = sdkClient(sandbox, { maxAttempts: 2 });
	sandbox.faults.add({ kind: 'resetAfter', times: 1 });
	await put('twice', client);
	client.destroy();
	expect(writes('twice')).toBe(2);
});

test('delay', async () => {
	sandbox.faults.add({ kind: 'delay', ms: 150 });
	const start = performance.now();
	await get();
	expect(performance.now() - start).toBeGreaterThanOrEqual(149);
});

test('delay: the effect comes even when the client has given up', async () => {
	sandbox.faults.add({ kind: 'delay', ms: 150 });
	const abort = new AbortController();
	const target = { Bucket, Key: 'late effect', Body: 'x' };
	const putting = sdk.send(new PutObjectCommand(target), { abortSignal: abort.signal });
	setTimeout(() => abort.abort(), 50);
	expect(await codeOf(putting)).toBe('AbortError');
	expect(writes('late effect')).toBe(0);
	await new Promise((resolve) => setTimeout(resolve, 200));
	expect(writes('late effect')).toBe(1);
});

test('drip: one byte at a time, whole in the end', async () => {
	sandbox.faults.add({ kind: 'drip', ms: 15 });
	const start = performance.now();
	const { Body } = await get();
	const headers = performance.now() - start;
	expect(await Body?.transformToString()).toBe('0123456789');
	expect(performance.now() - start - headers).toBeGreaterThanOrEqual(90);
});

test('truncate: fewer bytes than announced', async () => {
	sandbox.faults.add({ kind: 'truncate' });
	const { Body, ContentLength } = await get();
	expect(ContentLength).toBe(10);
	let received = 0;
	const reading = (async () => {
		for await (const chunk of Body as AsyncIterable<Buffer>) received += chunk.length;
	})();
	await expect(reading).rejects.toMatchObject({ code: 'ECONNRESET' });
	expect(received).toBe(5);
});

test('corrupt: as many bytes, one of them wrong, and a checksum tells', async () => {
	sandbox.faults.add({ kind: 'corrupt' });
	const target = new GetObjectCommand({ Bucket, Key: 'ten' });
	const trusting = sdkClient(sandbox, { responseChecksumValidation: 'WHEN_REQUIRED' });
	const { Body } = await trusting.send(target);
	trusting.destroy();
	expect(await Body?.transformToString()).toBe('0123446789');
	const { Body: checked } = await sdk.send(target);
	await expect(checked?.transformToString()).rejects.toThrow('Checksum mismatch');
});

test('hang: no answer, no effect, and close() still ends it', async () => {
	const own = await startS3Sandbox();
	const client = sdkClient(own);
	await client.send(new CreateBucketCommand({ Bucket }));
	own.faults.add({ kind: 'hang' });
	const abort = new AbortController();
	const hanging = client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }), {
		abortSignal: abort.signal,
	});
	setTimeout(() => abort.abort(), 100);
	expect(await codeOf(hanging)).toBe('AbortError');
	const second = client.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
	const ended = expect(second).rejects.toThrow('socket hang up');
	while (own.requests.length < 3) await new Promise(setImmediate);
	await own.close();
	await ended;
	expect(own.effects.size).toBe(0);
	client.destroy();
});
