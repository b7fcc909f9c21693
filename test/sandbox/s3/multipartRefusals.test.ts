import {
	CompleteMultipartUploadCommand,
	CreateBucketCommand,
	CreateMultipartUploadCommand,
	UploadPartCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
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
