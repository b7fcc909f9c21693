import {
	CreateBucketCommand,
	ListBucketsCommand,
	ListObjectsCommand,
	ListObjectsV2Command,
	paginateListObjectsV2,
	PutObjectCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, minioClient, sdkClient } from './sdk.ts';

const Bucket = 'listing';
const tree = ['a.txt', 'a/1', 'a/2', 'a/b/1', 'a0', 'b/1', 'c'];
const many = Array.from({ length: 2500 }, (_, at) => `n/${String(at).padStart(5, '0')}`);
let sandbox: S3Sandbox;
let sdk: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	sdk = sdkClient(sandbox);
	for (const bucket of [Bucket, 'tree']) {
		await sdk.send(new CreateBucketCommand({ Bucket: bucket }));
	}
	// Against the order, so that only the server can have sorted them.
	for (let at = many.length; at > 0; at -= 50) {
		const keys = many.slice(Math.max(at - 50, 0), at).reverse();
		await Promise.all(
			keys.map((Key) => sdk.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))),
		);
	}
	for (const Key of [...tree].reverse()) {
		await sdk.send(new PutObjectCommand({ Bucket: 'tree', Key, Body: Key }));
	}
}, 60_000);

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
});

test('the SDK pages through 2,500 objects, 1,000 at a time', async () => {
	const pages: number[] = [];
	const keys: string[] = [];
	for await (const page of paginateListObjectsV2({ client: sdk }, { Bucket, MaxKeys: 5000 })) {
		pages.push(page.KeyCount ?? -1);
		keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
	}
	expect(pages).toEqual([1000, 1000, 500]);
	expect(keys).toEqual(many);
});

test("MinIO's client lists them with version 1 and version 2", async () => {
	const minio = minioClient(sandbox);
	for (const stream of [
		minio.listObjects(Bucket, '', true),
		minio.listObjectsV2(Bucket, '', true),
	]) {
		const keys: string[] = [];
		for await (const { name } of stream) keys.push(String(name));
		expect(keys).toEqual(many);
	}
});

test('delimiter, prefix and start', async () => {
	const list = async (input: object) => {
		const page = await sdk.send(new ListObjectsV2Command({ Bucket: 'tree', ...input }));
		return {
			keys: (page.Contents ?? []).map(({ Key }) => Key),
			prefixes: (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
		};
	};
	expect(await list({})).toEqual({ keys: tree, prefixes: [] });
	expect(await list({ Delimiter: '/' })).toEqual({
		keys: ['a.txt', 'a0', 'c'],
		prefixes: ['a/', 'b/'],
	});
	expect(await list({ Delimiter: '/', Prefix: 'a/' })).toEqual({
		keys: ['a/1', 'a/2'],
		prefixes: ['a/b/'],
	});
	expect(await list({ Prefix: 'a' })).toEqual({ keys: tree.slice(0, 5), prefixes: [] });
	expect(await list({ StartAfter: 'a/2' })).toEqual({ keys: tree.slice(3), prefixes: [] });
	expect(await list({ Prefix: 'nothing' })).toEqual({ keys: [], prefixes: [] });
	expect(await list({ MaxKeys: 0 })).toEqual({ keys: [], prefixes: [] });
});

test('a page may end at a common prefix, in both versions', async () => {
	const rows: string[] = [];
	let ContinuationToken: string | undefined;
	do {
		const page = await sdk.send(
			new ListObjectsV2Command({ Bucket: 'tree', Delimiter: '/', MaxKeys: 1, ContinuationToken }),
		);
		expect(page.KeyCount).toBe(1);
		rows.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
		rows.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix));
		ContinuationToken = page.NextContinuationToken;
	} while (ContinuationToken !== undefined);
	expect(rows).toEqual(['a.txt', 'a/', 'a0', 'b/', 'c']);

	const rows1: string[] = [];
	let Marker: string | undefined;
	do {
		const page = await sdk.send(
			new ListObjectsCommand({ Bucket: 'tree', Delimiter: '/', MaxKeys: 2, Marker }),
		);
		rows1.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
		rows1.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix));
		Marker = page.NextMarker;
	} while (Marker !== undefined);
	expect(rows1.sort()).toEqual(['a.txt', 'a/', 'a0', 'b/', 'c']);
});

test('the owner only on request in version 2, always in version 1', async () => {
	const [first] = (await sdk.send(new ListObjectsV2Command({ Bucket: 'tree' }))).Contents ?? [];
	expect(first).toMatchObject({ Key: 'a.txt', Size: 5, StorageClass: 'STANDARD' });
	expect(first?.Owner).toBeUndefined();
	const owned = await sdk.send(new ListObjectsV2Command({ Bucket: 'tree', FetchOwner: true }));
	// The canonical user id, as ListBuckets gives it.
	const { Owner } = await sdk.send(new ListBucketsCommand({}));
	expect(Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
	expect(owned.Contents?.[0]?.Owner?.ID).toBe(Owner?.ID);
	const one = await sdk.send(new ListObjectsCommand({ Bucket: 'tree' }));
	expect(one.Contents?.[0]?.Owner?.ID).toBe(Owner?.ID);
});

test('refuses a token it did not make, and arguments that are no numbers', async () => {
	const list = (input: object) =>
		codeOf(sdk.send(new ListObjectsV2Command({ Bucket: 'tree', ...input })));
	expect(await list({ ContinuationToken: 'bm90IG1pbmU=' })).toBe('InvalidArgument');
	expect(await list({ MaxKeys: -1 })).toBe('InvalidArgument');
	expect(await list({ EncodingType: 'base64' })).toBe('InvalidArgument');
});
