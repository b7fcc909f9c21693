import {
	CompleteMultipartUploadCommand,
	CopyObjectCommand,
	CreateBucketCommand,
	CreateMultipartUploadCommand,
	UploadPartCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, sdkClient } from './sdk.ts';

const Bucket = 'multipart';
const MIB = 1024 ** 2;
let sandbox: S3Sandbox;
let sdk: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox({ minPartSize: 1000 });
	// Without the SDK's default checksum: the uploads below declare none.
	sdk = sdkClient(sandbox, { requestChecksumCalculation: 'WHEN_REQUIRED' });
	await sdk.send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
});

async function begin(Key: string): Promise<string> {
	const { UploadId = '' } = await sdk.send(new CreateMultipartUploadCommand({ Bucket, Key }));
	return UploadId;
}

async function part(Key: string, UploadId: string, PartNumber: number, Body: Buffer) {
	const { ETag } = await sdk.send(
		new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }),
	);
	return { PartNumber, ETag };
}

const complete = (
	Key: string,
	UploadId: string,
	Parts: Array<{ PartNumber: number; ETag?: string }>,
) =>
	sdk.send(
		new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
	);

describe('refusals', () => {
	let UploadId: string;
	let one: { PartNumber: number; ETag?: string };
	let two: { PartNumber: number; ETag?: string };

	beforeAll(async () => {
		UploadId = await begin('refused');
		one = await part('refused', UploadId, 1, Buffer.alloc(999));
		two = await part('refused', UploadId, 2, Buffer.alloc(5));
	});

	test.each([
		['InvalidPartOrder', () => complete('refused', UploadId, [two, one])],
		['InvalidPartOrder', () => complete('refused', UploadId, [one, one])],
		['InvalidPart', () => complete('refused', UploadId, [one, { ...two, ETag: '"0"' }])],
		['InvalidPart', () => complete('refused', UploadId, [{ ...one, PartNumber: 9 }])],
		['EntityTooSmall', () => complete('refused', UploadId, [one, two])],
		['MalformedXML', () => complete('refused', UploadId, [])],
		['NoSuchUpload', () => complete('refused', 'other', [one, two])],
		['NoSuchUpload', () => complete('other', UploadId, [one, two])],
		['NoSuchUpload', () => part('refused', 'other', 1, Buffer.alloc(1))],
		['InvalidArgument', () => part('refused', UploadId, 0, Buffer.alloc(1))],
		['InvalidArgument', () => part('refused', UploadId, 10_001, Buffer.alloc(1))],
	])('%s', async (code, call) => {
		expect(await codeOf(call())).toBe(code);
		expect(sandbox.read(Bucket, 'refused')).toBeUndefined();
		expect(sandbox.openUploads()).toHaveLength(1);
	});

	test('what the request claims about the whole must hold', async () => {
		const Key = 'claims';
		const target = { Bucket, Key };
		const created = await sdk.send(
			new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'SHA256' }),
		);
		const upload = { ...target, UploadId: created.UploadId };
		const sent = await sdk.send(
			new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'abc', ChecksumAlgorithm: 'SHA256' }),
		);
		const bare = { PartNumber: 1, ETag: sent.ETag };
		const part = { ...bare, ChecksumSHA256: sent.ChecksumSHA256 };
		const finish = (listed: object, claims: object = {}) =>
			sdk.send(
				new CompleteMultipartUploadCommand({
					...upload,
					MultipartUpload: { Parts: [listed] },
					...claims,
				}),
			);
		expect(await codeOf(finish(bare))).toBe('InvalidRequest');
		expect(await codeOf(finish({ ...part, ChecksumSHA256: 'other' }))).toBe('InvalidPart');
		expect(await codeOf(finish(part, { MpuObjectSize: 4 }))).toBe('InvalidRequest');
		expect(await codeOf(finish(part, { ChecksumType: 'FULL_OBJECT' }))).toBe('InvalidRequest');
		expect(sandbox.read(Bucket, Key)).toBeUndefined();
		const done = await finish(part, { MpuObjectSize: 3, ChecksumType: 'COMPOSITE' });
		const digest = createHash('sha256')
			.update(createHash('sha256').update('abc').digest())
			.digest('base64');
		expect(done.ChecksumSHA256).toBe(`${digest}-1`);

		// A copy is one part: its checksum is that of its bytes.
		const copied = await sdk.send(
			new CopyObjectCommand({ Bucket, Key: 'claims copy', CopySource: `${Bucket}/${Key}` }),
		);
		expect(copied.CopyObjectResult?.ChecksumSHA256).toBe(
			createHash('sha256').update('abc').digest('base64'),
		);
	});

	test('the smallest part is 5 MiB unless the options say otherwise', async () => {
		const strict = await startS3Sandbox();
		const client = sdkClient(strict, { requestChecksumCalculation: 'WHEN_REQUIRED' });
		await client.send(new CreateBucketCommand({ Bucket }));
		const Key = 'k';
		const created = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
		const Parts = [];
		for (const [at, size] of [5 * MIB - 1, 1].entries()) {
			const target = { Bucket, Key, UploadId: created.UploadId, PartNumber: at + 1 };
			const { ETag } = await client.send(
				new UploadPartCommand({ ...target, Body: Buffer.alloc(size) }),
			);
			Parts.push({ PartNumber: at + 1, ETag });
		}
		const completing = client.send(
			new CompleteMultipartUploadCommand({
				Bucket,
				Key,
				UploadId: created.UploadId,
				MultipartUpload: { Parts },
			}),
		);
		expect(await codeOf(completing)).toBe('EntityTooSmall');
		client.destroy();
		await strict.close();
	});
});
