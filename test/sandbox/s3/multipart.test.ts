import {
	AbortMultipartUploadCommand,
	CompleteMultipartUploadCommand,
	CreateBucketCommand,
	CreateMultipartUploadCommand,
	GetObjectCommand,
	HeadObjectCommand,
	ListMultipartUploadsCommand,
	ListPartsCommand,
	paginateListParts,
	PutObjectCommand,
	UploadPartCommand,
	UploadPartCopyCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, minioClient, sdkClient } from './sdk.ts';

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

const md5 = (data: Buffer) => createHash('md5').update(data).digest();

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

describe('high-level uploads', () => {
	test("the SDK's Upload, a stream in 3 parts with its default checksums", async () => {
		const data = randomBytes(12 * MIB);
		const client = sdkClient(sandbox);
		const result = await new Upload({
			client,
			params: { Bucket, Key: 'lib', Body: Readable.from([data]), Metadata: { a: 'b' } },
			queueSize: 3,
		}).done();
		const hashes = [0, 5, 10].map((at) => md5(data.subarray(at * MIB, (at + 5) * MIB)));
		expect(result.ETag).toBe(`"${md5(Buffer.concat(hashes)).toString('hex')}-3"`);
		expect(sandbox.read(Bucket, 'lib')?.equals(data)).toBe(true);
		// The SDK verifies the parts' checksums and the server the SDK's.
		const got = await client.send(
			new GetObjectCommand({ Bucket, Key: 'lib', ChecksumMode: 'ENABLED' }),
		);
		expect(got.ChecksumType).toBe('COMPOSITE');
		expect(got.ChecksumCRC32).toMatch(/^.{8}-3$/);
		expect(got.Metadata).toEqual({ a: 'b' });
		await got.Body?.transformToByteArray();
		const second = await client.send(new HeadObjectCommand({ Bucket, Key: 'lib', PartNumber: 3 }));
		expect(second).toMatchObject({ PartsCount: 3, ContentLength: 2 * MIB });
		expect(sandbox.openUploads()).toEqual([]);
		expect(sandbox.effects.get(`${Bucket}/lib`)).toEqual({ writes: 1, deletes: 0 });
	});

	test("MinIO's client, a stream of unknown length", async () => {
		const data = randomBytes(20 * MIB);
		const minio = minioClient(sandbox);
		Object.assign(minio, { partSize: 6 * MIB });
		await minio.putObject(Bucket, 'minio', Readable.from([data]));
		expect(sandbox.read(Bucket, 'minio')?.equals(data)).toBe(true);
		expect(sandbox.openUploads()).toEqual([]);
	});

	test('an aborted Upload leaves nothing behind', async () => {
		const upload = new Upload({
			client: sdkClient(sandbox),
			params: { Bucket, Key: 'aborted', Body: randomBytes(12 * MIB) },
			queueSize: 1,
		});
		upload.on('httpUploadProgress', () => void upload.abort());
		await expect(upload.done()).rejects.toThrow();
		expect(sandbox.read(Bucket, 'aborted')).toBeUndefined();
	});
});

describe('step by step', () => {
	test('an open upload shows until it is completed or aborted', async () => {
		const UploadId = await begin('open');
		await part('open', UploadId, 1, Buffer.alloc(10));
		expect(sandbox.openUploads()).toMatchObject([
			{ bucket: Bucket, key: 'open', uploadId: UploadId },
		]);
		expect(await sdk.send(new ListMultipartUploadsCommand({ Bucket }))).toMatchObject({
			Uploads: [{ Key: 'open', UploadId }],
			IsTruncated: false,
		});
		await sdk.send(new AbortMultipartUploadCommand({ Bucket, Key: 'open', UploadId }));
		expect(sandbox.openUploads()).toEqual([]);
		expect(sandbox.effects.get(`${Bucket}/open`)).toBeUndefined();
	});

	test('parts may come in any order and be sent again; only the listed ones count', async () => {
		const UploadId = await begin('order');
		const third = await part('order', UploadId, 3, Buffer.from('end'));
		await part('order', UploadId, 1, Buffer.alloc(1000, 'x'));
		await part('order', UploadId, 2, Buffer.alloc(1000, 'left out'));
		const first = await part('order', UploadId, 1, Buffer.alloc(1000, 'a'));
		const { Parts = [] } = await sdk.send(new ListPartsCommand({ Bucket, Key: 'order', UploadId }));
		expect(Parts.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
			[1, 1000],
			[2, 1000],
			[3, 3],
		]);
		await complete('order', UploadId, [first, third]);
		expect(sandbox.read(Bucket, 'order')?.toString()).toBe(`${'a'.repeat(1000)}end`);
	});

	test('parts are listed in pages', async () => {
		const UploadId = await begin('pages');
		for (let at = 1; at <= 5; at++) await part('pages', UploadId, at * 2, Buffer.alloc(1));
		const pages: Array<Array<number | undefined>> = [];
		const input = { Bucket, Key: 'pages', UploadId, MaxParts: 2 };
		for await (const { Parts = [] } of paginateListParts({ client: sdk }, input)) {
			pages.push(Parts.map(({ PartNumber }) => PartNumber));
		}
		expect(pages).toEqual([[2, 4], [6, 8], [10]]);
		await sdk.send(new AbortMultipartUploadCommand({ Bucket, Key: 'pages', UploadId }));
	});

	test('uploads are listed in pages, also two of one key', async () => {
		const ids: string[] = [];
		for (const key of ['u/1', 'u/2', 'u/2', 'u/3', 'v']) ids.push(await begin(key));
		const seen: string[] = [];
		let position: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
		while (position) {
			const page: Awaited<ReturnType<typeof listUploads>> = await listUploads(position);
			expect(page.Uploads).toHaveLength(1);
			seen.push(...(page.Uploads ?? []).map(({ UploadId = '' }) => UploadId));
			position = page.IsTruncated
				? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
				: undefined;
		}
		expect(new Set(seen)).toEqual(new Set(ids));
		expect(seen).toHaveLength(5);
		const rolled = await sdk.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: '/' }));
		expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'u/' }]);
		expect(rolled.Uploads).toHaveLength(1);
		for (const { key, uploadId } of sandbox.openUploads()) {
			await sdk.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId: uploadId }));
		}
	});

	const listUploads = (position: object) =>
		sdk.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1, ...position }));

	test('UploadPartCopy takes a range of another object', async () => {
		const Body = randomBytes(3000);
		await sdk.send(new PutObjectCommand({ Bucket, Key: 'source', Body }));
		const UploadId = await begin('copied');
		const copyPart = (PartNumber: number, CopySourceRange?: string) =>
			sdk.send(
				new UploadPartCopyCommand({
					Bucket,
					Key: 'copied',
					UploadId,
					PartNumber,
					CopySource: `${Bucket}/source`,
					CopySourceRange,
				}),
			);
		const one = await copyPart(1, 'bytes=1000-2999');
		const two = await copyPart(2);
		expect(await codeOf(copyPart(3, 'bytes=0-3000'))).toBe('InvalidArgument');
		expect(await codeOf(copyPart(3, 'bytes=0-'))).toBe('InvalidArgument');
		await complete('copied', UploadId, [
			{ PartNumber: 1, ETag: one.CopyPartResult?.ETag },
			{ PartNumber: 2, ETag: two.CopyPartResult?.ETag },
		]);
		expect(sandbox.read(Bucket, 'copied')).toEqual(Buffer.concat([Body.subarray(1000), Body]));
	});

	test('completing under If-None-Match: * does not replace', async () => {
		const UploadId = await begin('source');
		const one = await part('source', UploadId, 1, Buffer.from('other'));
		const completing = sdk.send(
			new CompleteMultipartUploadCommand({
				Bucket,
				Key: 'source',
				UploadId,
				MultipartUpload: { Parts: [one] },
				IfNoneMatch: '*',
			}),
		);
		expect(await codeOf(completing)).toBe('PreconditionFailed');
		expect(sandbox.read(Bucket, 'source')).toHaveLength(3000);
		expect(sandbox.openUploads()).toHaveLength(1);
		await sdk.send(new AbortMultipartUploadCommand({ Bucket, Key: 'source', UploadId }));
	});
});
