import {
	CopyObjectCommand,
	CreateBucketCommand,
	DeleteObjectCommand,
	DeleteObjectsCommand,
	GetObjectCommand,
	HeadObjectCommand,
	ListObjectsV2Command,
	PutObjectCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import { text as textOf } from 'node:stream/consumers';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { oddKeys } from './oddKeys.ts';
import { codeOf, minioClient, sdkClient } from './sdk.ts';

const Bucket = 'objects';
let sandbox: S3Sandbox;
let sdk: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	sdk = sdkClient(sandbox);
	await sdk.send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
});

describe('odd keys', () => {
	test.each(oddKeys)('the SDK puts, gets, copies, heads and deletes %j', async (Key) => {
		await sdk.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}` }));
		expect(sandbox.read(Bucket, Key)?.toString()).toBe(`body of ${Key}`);
		const got = await sdk.send(new GetObjectCommand({ Bucket, Key }));
		expect(await got.Body?.transformToString()).toBe(`body of ${Key}`);
		const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
		await sdk.send(new CopyObjectCommand({ Bucket, Key: 'the copy', CopySource }));
		expect(sandbox.read(Bucket, 'the copy')?.toString()).toBe(`body of ${Key}`);
		const head = await sdk.send(new HeadObjectCommand({ Bucket, Key }));
		expect(head.ContentLength).toBe(Buffer.byteLength(`body of ${Key}`));
		await sdk.send(new DeleteObjectCommand({ Bucket, Key }));
		expect(sandbox.read(Bucket, Key)).toBeUndefined();
		expect(sandbox.effects.get(`${Bucket}/${Key}`)).toEqual({ writes: 1, deletes: 1 });
	});

	test('a listing with encoding-type=url brings every one of them back', async () => {
		const bucket = 'odd-listing';
		await sdk.send(new CreateBucketCommand({ Bucket: bucket }));
		for (const Key of oddKeys) {
			await sdk.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
		}
		const list = await sdk.send(
			new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url', Prefix: '' }),
		);
		const encoded = (list.Contents ?? []).map(({ Key = '' }) => Key);
		// As Amazon does: "+" is a space.
		expect(encoded).toContain('with+space');
		const keys = encoded.map((key) => decodeURIComponent(key.replaceAll('+', ' ')));
		expect(keys).toHaveLength(oddKeys.length);
		expect(new Set(keys)).toEqual(new Set(oddKeys));
		const bytes = keys.map((key) => Buffer.from(key));
		expect(bytes).toEqual([...bytes].sort(Buffer.compare));
	});

	test('without encoding-type a control character is a numeric reference', async () => {
		const bucket = 'control-listing';
		await sdk.send(new CreateBucketCommand({ Bucket: bucket }));
		for (const Key of ['a\u0001', 'b\r\n', 'c&<>"']) {
			await sdk.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
		}
		const url = await minioClient(sandbox).presignedUrl('GET', bucket, '', 60);
		const keys = (await (await fetch(url)).text()).match(/<Key>[^]*?<\/Key>/g);
		expect(keys).toEqual([
			'<Key>a&#x1;</Key>',
			'<Key>b&#xd;&#xa;</Key>',
			'<Key>c&amp;&lt;&gt;&quot;</Key>',
		]);
	});

	// MinIO's client refuses or normalises these itself, before anything is sent.
	const notByMinio = ['..', '.', 'dir/../x', 'dir/./y', '../up', '/lead', 'a//b'];
	test.each(oddKeys.filter((key) => !notByMinio.includes(key)))(
		"MinIO's client puts and gets %j",
		async (key) => {
			const minio = minioClient(sandbox);
			await minio.putObject(Bucket, key, Buffer.from(`minio ${key}`));
			expect(sandbox.read(Bucket, key)?.toString()).toBe(`minio ${key}`);
			expect(await textOf(await minio.getObject(Bucket, key))).toBe(`minio ${key}`);
			await minio.removeObject(Bucket, key);
			expect(sandbox.read(Bucket, key)).toBeUndefined();
		},
	);

	test('a key cannot reach into another bucket', async () => {
		await sdk.send(new CreateBucketCommand({ Bucket: 'secret-bucket' }));
		await sdk.send(new PutObjectCommand({ Bucket: 'secret-bucket', Key: 'pw', Body: 'secret' }));
		const Key = '../secret-bucket/pw';
		expect(await codeOf(sdk.send(new GetObjectCommand({ Bucket, Key })))).toBe('NoSuchKey');
	});
});

describe('what is stored with an object', () => {
	test('headers and metadata come back as they were sent', async () => {
		const given = {
			ContentType: 'text/csv; charset=utf-8',
			CacheControl: 'max-age=60',
			ContentDisposition: 'attachment; filename="a b.csv"',
			ContentEncoding: 'gzip',
			ContentLanguage: 'de',
			Metadata: { colour: 'blue', 'with-dash': 'a  b' },
			StorageClass: 'STANDARD_IA' as const,
		};
		await sdk.send(new PutObjectCommand({ Bucket, Key: 'meta', Body: 'x', ...given }));
		expect(await sdk.send(new HeadObjectCommand({ Bucket, Key: 'meta' }))).toMatchObject(given);
		expect(await sdk.send(new GetObjectCommand({ Bucket, Key: 'meta' }))).toMatchObject(given);
	});

	test('the ETag is the MD5, and an object may be empty', async () => {
		const body = randomBytes(300_000);
		const put = await sdk.send(new PutObjectCommand({ Bucket, Key: 'md5', Body: body }));
		expect(put.ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
		await sdk.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: Buffer.alloc(0) }));
		const empty = await sdk.send(new GetObjectCommand({ Bucket, Key: 'empty' }));
		expect(empty.ContentLength).toBe(0);
	});

	test('response overrides', async () => {
		await sdk.send(new PutObjectCommand({ Bucket, Key: 'override', Body: 'x' }));
		const got = await sdk.send(
			new GetObjectCommand({
				Bucket,
				Key: 'override',
				ResponseContentType: 'application/x-other',
				ResponseContentDisposition: 'attachment; filename=x',
			}),
		);
		expect(got).toMatchObject({
			ContentType: 'application/x-other',
			ContentDisposition: 'attachment; filename=x',
		});
	});
});

describe('copies', () => {
	test('keep the metadata, or replace it', async () => {
		const CopySource = `${Bucket}/copy-source`;
		await sdk.send(
			new PutObjectCommand({
				Bucket,
				Key: 'copy-source',
				Body: 'abc',
				ContentType: 'text/plain',
				Metadata: { a: '1' },
			}),
		);
		const copied = await sdk.send(new CopyObjectCommand({ Bucket, Key: 'kept', CopySource }));
		expect(copied.CopyObjectResult?.ETag).toBe(
			`"${createHash('md5').update('abc').digest('hex')}"`,
		);
		expect(await sdk.send(new HeadObjectCommand({ Bucket, Key: 'kept' }))).toMatchObject({
			ContentType: 'text/plain',
			Metadata: { a: '1' },
		});
		await sdk.send(
			new CopyObjectCommand({
				Bucket,
				Key: 'copy-source',
				CopySource,
				MetadataDirective: 'REPLACE',
				Metadata: { b: '2' },
			}),
		);
		const replaced = await sdk.send(new HeadObjectCommand({ Bucket, Key: 'copy-source' }));
		expect(replaced.Metadata).toEqual({ b: '2' });
		expect(sandbox.read(Bucket, 'copy-source')?.toString()).toBe('abc');
	});
});

describe('DeleteObjects', () => {
	test('deletes 1,000 keys and says per key what it did not', async () => {
		const keys = Array.from({ length: 1000 }, (_, at) => `many/${at}`);
		await Promise.all(
			keys.map((Key) => sdk.send(new PutObjectCommand({ Bucket, Key, Body: Key }))),
		);
		sandbox.denyDelete.add(`${Bucket}/many/7`);
		const Objects = keys.map((Key) => ({ Key }));
		const result = await sdk.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
		expect(result.Errors).toEqual([
			{ Key: 'many/7', Code: 'AccessDenied', Message: 'Access Denied' },
		]);
		expect(result.Deleted).toHaveLength(999);
		expect(sandbox.read(Bucket, 'many/7')?.toString()).toBe('many/7');
		expect(sandbox.read(Bucket, 'many/8')).toBeUndefined();
		const quiet = await sdk.send(
			new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
		);
		expect(quiet.Deleted).toBeUndefined();
		expect(quiet.Errors).toHaveLength(1);
		// Deleting what is not there succeeds but is no effect.
		expect(sandbox.effects.get(`${Bucket}/many/8`)).toEqual({ writes: 1, deletes: 1 });
	}, 60_000);

	test("by MinIO's client, with keys that XML must escape", async () => {
		const keys = ['a&b', '<x>', '"q"', 'ü', 'a b+c'];
		for (const Key of keys) await sdk.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
		await minioClient(sandbox).removeObjects(Bucket, keys);
		expect(keys.map((key) => sandbox.read(Bucket, key))).toEqual(keys.map(() => undefined));
	});
});
