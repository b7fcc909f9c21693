import {
	CopyObjectCommand,
	CreateBucketCommand,
	DeleteBucketCommand,
	DeleteObjectCommand,
	DeleteObjectsCommand,
	GetBucketVersioningCommand,
	GetObjectCommand,
	HeadObjectCommand,
	ListObjectVersionsCommand,
	ListObjectsV2Command,
	PutBucketVersioningCommand,
	PutObjectCommand,
	S3ServiceException,
	type S3Client,
} from '@aws-sdk/client-s3';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, sdkClient } from './sdk.ts';

let sandbox: S3Sandbox;
let sdk: S3Client;
let buckets = 0;
let Bucket = '';

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	sdk = sdkClient(sandbox);
});

beforeEach(async () => {
	Bucket = `versions-${++buckets}`;
	await sdk.send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
});

const turn = (Status: 'Enabled' | 'Suspended') =>
	sdk.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = async (Key: string, Body = Key) =>
	(await sdk.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
const read = async (Key: string, VersionId?: string) => {
	const { Body } = await sdk.send(new GetObjectCommand({ Bucket, Key, VersionId }));
	return await Body?.transformToString();
};
const remove = (Key: string, VersionId?: string) =>
	sdk.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
const list = (input: object = {}) => sdk.send(new ListObjectVersionsCommand({ Bucket, ...input }));
const headersOf = async (call: Promise<unknown>): Promise<[number, Record<string, string>]> => {
	let status = 0;
	try {
		await call;
	} catch (error) {
		if (!(error instanceof S3ServiceException)) throw error;
		status = error.$metadata.httpStatusCode ?? 0;
		const headers: unknown = error.$response?.headers;
		return [status, headers as Record<string, string>];
	}
	return [status, {}];
};

test('a bucket without versioning has no versions to speak of', async () => {
	expect((await sdk.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
	expect(await put('a')).toBeUndefined();
	expect(await read('a', 'null')).toBe('a');
	expect((await list()).Versions).toMatchObject([{ Key: 'a', VersionId: 'null', IsLatest: true }]);
	expect((await remove('a')).DeleteMarker).toBeUndefined();
	expect((await list()).Versions).toBeUndefined();
});

test('every write makes a version, and each can be read', async () => {
	await put('k', 'before');
	await turn('Enabled');
	const [first, second] = [await put('k', 'first'), await put('k', 'second')];
	expect(first).not.toBe(second);
	expect(await Promise.all([read('k'), read('k', first), read('k', 'null')])).toEqual([
		'second',
		'first',
		'before',
	]);
	const head = await sdk.send(new HeadObjectCommand({ Bucket, Key: 'k', VersionId: first }));
	expect(head).toMatchObject({ VersionId: first, ContentLength: 5 });
	const { Versions } = await list();
	expect(Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
		[second, true],
		[first, false],
		['null', false],
	]);
});

test('a delete leaves a marker, and deleting the marker brings the object back', async () => {
	await turn('Enabled');
	const version = await put('k', 'kept');
	const { DeleteMarker, VersionId: marker } = await remove('k');
	expect(DeleteMarker).toBe(true);
	expect(await codeOf(read('k'))).toBe('NoSuchKey');
	const [status, headers] = await headersOf(read('k'));
	expect([status, headers['x-amz-delete-marker'], headers['x-amz-version-id']]).toEqual([
		404,
		'true',
		marker,
	]);
	expect(await codeOf(read('k', marker))).toBe('MethodNotAllowed');
	const [refused, about] = await headersOf(read('k', marker));
	expect([refused, about['x-amz-delete-marker'], about.allow]).toEqual([405, 'true', 'DELETE']);
	expect((await sdk.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
	expect((await list()).DeleteMarkers).toMatchObject([{ VersionId: marker, IsLatest: true }]);
	expect(await remove('k', marker)).toMatchObject({ DeleteMarker: true, VersionId: marker });
	expect(await read('k')).toBe('kept');
	expect(await remove('k', version)).toMatchObject({ VersionId: version });
	expect((await list()).Versions).toBeUndefined();
});

test('a suspended bucket overwrites its null version and keeps the others', async () => {
	await turn('Enabled');
	const kept = await put('k', 'kept');
	await turn('Suspended');
	expect(await put('k', 'null 1')).toBe('null');
	expect(await put('k', 'null 2')).toBe('null');
	expect((await list()).Versions?.map(({ VersionId }) => VersionId)).toEqual(['null', kept]);
	expect(await remove('k')).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
	expect((await list()).Versions?.map(({ VersionId }) => VersionId)).toEqual([kept]);
	await remove('k', 'null');
	expect(await read('k')).toBe('kept');
});

test('lists versions in pages of any size without loss', async () => {
	await turn('Enabled');
	const expected: Array<[string, string | undefined]> = [];
	for (const key of ['a', 'b/1', 'b/2', 'c']) {
		const versions = [await put(key, '1'), await put(key, '2')];
		expected.push(...versions.reverse().map((one): [string, string | undefined] => [key, one]));
	}
	for (const MaxKeys of [1, 2, 3, 5]) {
		const seen: Array<[string | undefined, string | undefined]> = [];
		let marker: object | undefined = {};
		while (marker) {
			const page: Awaited<ReturnType<typeof list>> = await list({ MaxKeys, ...marker });
			seen.push(
				...(page.Versions ?? [])
					.map((one) => [one.Key, one.VersionId] as const)
					.map(([k, v]): [string | undefined, string | undefined] => [k, v]),
			);
			marker = page.IsTruncated
				? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
				: undefined;
		}
		expect(seen).toEqual(expected);
	}
	const folded = await list({ Delimiter: '/' });
	expect(folded.CommonPrefixes).toEqual([{ Prefix: 'b/' }]);
	expect(folded.Versions?.map(({ Key }) => Key)).toEqual(['a', 'a', 'c', 'c']);
	expect(await codeOf(list({ VersionIdMarker: 'x' }))).toBe('InvalidArgument');
});

test('deletes many versions and says which', async () => {
	await turn('Enabled');
	const [first, second] = [await put('k', '1'), await put('k', '2')];
	const { Deleted, Errors } = await sdk.send(
		new DeleteObjectsCommand({
			Bucket,
			Delete: {
				Objects: [
					{ Key: 'k', VersionId: first },
					{ Key: 'k' },
					{ Key: 'k', VersionId: 'nonsense' },
				],
			},
		}),
	);
	expect(Deleted).toEqual([
		{ Key: 'k', VersionId: first },
		{ Key: 'k', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) as string },
	]);
	expect(Errors).toMatchObject([{ Key: 'k', VersionId: 'nonsense', Code: 'InvalidArgument' }]);
	expect((await list()).Versions?.map(({ VersionId }) => VersionId)).toEqual([second]);
	expect(await codeOf(sdk.send(new DeleteBucketCommand({ Bucket })))).toBe('BucketNotEmpty');
});

test('copies an old version over the newest one', async () => {
	await turn('Enabled');
	const old = await put('k', 'old');
	await put('k', 'new');
	const CopySource = `${Bucket}/k?versionId=${old}`;
	const copied = await sdk.send(new CopyObjectCommand({ Bucket, Key: 'k', CopySource }));
	expect(copied.CopySourceVersionId).toBe(old);
	expect(await read('k', copied.VersionId)).toBe('old');
	expect(await read('k')).toBe('old');
	const { VersionId: marker } = await remove('k');
	const copyOf = (source: string) =>
		codeOf(sdk.send(new CopyObjectCommand({ Bucket, Key: 'l', CopySource: source })));
	expect(await copyOf(`${Bucket}/k?versionId=${marker}`)).toBe('InvalidRequest');
	expect(await copyOf(`${Bucket}/k`)).toBe('NoSuchKey');
});

test('counts what was really written and removed', async () => {
	await turn('Enabled');
	const version = await put('k', '1');
	await put('k', '2');
	await remove('k');
	await remove('k');
	await remove('k', version);
	expect(sandbox.effects.get(`${Bucket}/k`)).toEqual({ writes: 2, deletes: 2 });
});
