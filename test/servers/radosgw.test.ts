import {
	AbortMultipartUploadCommand,
	CompleteMultipartUploadCommand,
	CreateBucketCommand,
	CreateMultipartUploadCommand,
	DeleteBucketCommand,
	DeleteObjectCommand,
	GetBucketLocationCommand,
	GetObjectCommand,
	ListMultipartUploadsCommand,
	ListObjectsV2Command,
	PutObjectCommand,
	S3Client,
	UploadPartCommand,
} from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { needs } from '../needs';
import { startRadosgw, type Radosgw } from './radosgw/start.ts';

const MiB = 1024 ** 2;

/** Amazon's own client, set up for a server that does not know its newer checksums. */
function clientOf({ endpoint, region, ...credentials }: Radosgw, secretAccessKey?: string) {
	return new S3Client({
		endpoint,
		region,
		credentials: { ...credentials, ...(secretAccessKey && { secretAccessKey }) },
		forcePathStyle: true,
		maxAttempts: 1,
		requestChecksumCalculation: 'WHEN_REQUIRED',
		responseChecksumValidation: 'WHEN_REQUIRED',
	});
}

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('Ceph as the tests start it', () => {
	let gateway: Radosgw;
	let s3: S3Client;

	beforeAll(async () => {
		gateway = await startRadosgw();
		s3 = clientOf(gateway);
		await s3.send(new CreateBucketCommand({ Bucket: 'first' }));
	}, 120_000);

	afterAll(async () => {
		s3?.destroy();
		await gateway?.stop();
	});

	test('gives back the bytes of an object and its metadata', async () => {
		const body = randomBytes(3 * MiB);
		const key = 'a folder/ünï+code & more.bin';
		await s3.send(
			new PutObjectCommand({
				Bucket: 'first',
				Key: key,
				Body: body,
				Metadata: { colour: 'green' },
			}),
		);
		const got = await s3.send(new GetObjectCommand({ Bucket: 'first', Key: key }));
		expect(got.Metadata).toEqual({ colour: 'green' });
		const bytes = await got.Body?.transformToByteArray();
		expect(body.equals(bytes ?? Buffer.alloc(0))).toBe(true);
	});

	test('lists in pages and folds common prefixes', async () => {
		await s3.send(new CreateBucketCommand({ Bucket: 'listed' }));
		for (const key of ['a', 'b/1', 'b/2', 'c']) {
			await s3.send(new PutObjectCommand({ Bucket: 'listed', Key: key, Body: key }));
		}
		const first = await s3.send(new ListObjectsV2Command({ Bucket: 'listed', MaxKeys: 3 }));
		expect(first.Contents?.map(({ Key }) => Key)).toEqual(['a', 'b/1', 'b/2']);
		const second = await s3.send(
			new ListObjectsV2Command({
				Bucket: 'listed',
				ContinuationToken: first.NextContinuationToken,
			}),
		);
		expect(second.Contents?.map(({ Key }) => Key)).toEqual(['c']);
		const folded = await s3.send(new ListObjectsV2Command({ Bucket: 'listed', Delimiter: '/' }));
		expect(folded.CommonPrefixes).toEqual([{ Prefix: 'b/' }]);
	});

	test('puts parts together, and forgets those of an aborted upload', async () => {
		const upload = { Bucket: 'first', Key: 'in parts' };
		const parts = [randomBytes(5 * MiB), randomBytes(1)];
		const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
		const Parts = [];
		for (const [index, Body] of parts.entries()) {
			const PartNumber = index + 1;
			const part = { ...upload, UploadId, PartNumber, Body };
			const { ETag } = await s3.send(new UploadPartCommand(part));
			Parts.push({ PartNumber, ETag });
		}
		await s3.send(
			new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts } }),
		);
		const got = await s3.send(new GetObjectCommand(upload));
		const bytes = await got.Body?.transformToByteArray();
		expect(Buffer.concat(parts).equals(bytes ?? Buffer.alloc(0))).toBe(true);

		const aborted = await s3.send(new CreateMultipartUploadCommand(upload));
		const pending = () => s3.send(new ListMultipartUploadsCommand({ Bucket: 'first' }));
		expect((await pending()).Uploads).toHaveLength(1);
		await s3.send(new AbortMultipartUploadCommand({ ...upload, UploadId: aborted.UploadId }));
		expect((await pending()).Uploads ?? []).toHaveLength(0);
	});

	test('deletes objects and buckets', async () => {
		await s3.send(new CreateBucketCommand({ Bucket: 'doomed' }));
		const object = { Bucket: 'doomed', Key: 'k' };
		await s3.send(new PutObjectCommand({ ...object, Body: 'v' }));
		await expect(s3.send(new DeleteBucketCommand({ Bucket: 'doomed' }))).rejects.toThrow(
			expect.objectContaining({ name: 'BucketNotEmpty' }),
		);
		await s3.send(new DeleteObjectCommand(object));
		await expect(s3.send(new GetObjectCommand(object))).rejects.toThrow(
			expect.objectContaining({ name: 'NoSuchKey' }),
		);
		await s3.send(new DeleteBucketCommand({ Bucket: 'doomed' }));
	});

	test('refuses a wrong secret', async () => {
		const stranger = clientOf(gateway, 'wrong');
		await expect(
			stranger.send(new ListObjectsV2Command({ Bucket: 'first' })),
		).rejects.toMatchObject({ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } });
		stranger.destroy();
	});

	test('knows its region by the name that clients use', async () => {
		const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: 'first' }));
		expect(LocationConstraint).toBe(gateway.region);
		await expect(
			s3.send(
				new CreateBucketCommand({
					Bucket: 'elsewhere',
					CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
				}),
			),
		).rejects.toThrow(expect.objectContaining({ name: 'InvalidLocationConstraint' }));
	});

	test('leaves neither a listener nor a folder behind when it is stopped', async () => {
		const another = await startRadosgw();
		expect((await fetch(another.endpoint)).status).toBe(200);
		expect(another.endpoint).not.toBe(gateway.endpoint);
		expect(existsSync(another.configuration)).toBe(true);
		await another.stop();
		expect(existsSync(another.configuration)).toBe(false);
		await expect(fetch(another.endpoint)).rejects.toThrow();
		expect((await fetch(gateway.endpoint)).status).toBe(200);
	}, 120_000);
});

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('Ceph that stores in a file', () => {
	test('serves objects from it', async () => {
		const gateway = await startRadosgw({ store: 'bluestore', bytes: 8 * 1024 ** 3 });
		const s3 = clientOf(gateway);
		try {
			await s3.send(new CreateBucketCommand({ Bucket: 'big' }));
			const body = randomBytes(64 * MiB);
			await s3.send(new PutObjectCommand({ Bucket: 'big', Key: 'k', Body: body }));
			const got = await s3.send(
				new GetObjectCommand({ Bucket: 'big', Key: 'k', Range: 'bytes=0-9' }),
			);
			expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(
				body.subarray(0, 10),
			);
		} finally {
			s3.destroy();
			await gateway.stop();
		}
	}, 120_000);
});
