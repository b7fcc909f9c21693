import {
	CopyObjectCommand,
	CreateBucketCommand,
	CreateMultipartUploadCommand,
	DeleteObjectTaggingCommand,
	GetObjectCommand,
	GetObjectTaggingCommand,
	HeadObjectCommand,
	PutObjectCommand,
	PutObjectTaggingCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, sdkClient } from './sdk.ts';

const Bucket = 'tagged';
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

const tagsOf = async (Key: string) =>
	(await sdk.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet;

test('tags come with the upload, are counted, replaced and deleted', async () => {
	const Key = 'k';
	const Tagging = 'a%2Fb=c+d&empty=&umlaut=%C3%BC';
	await sdk.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Tagging }));
	expect(await tagsOf(Key)).toEqual([
		{ Key: 'a/b', Value: 'c d' },
		{ Key: 'empty', Value: '' },
		{ Key: 'umlaut', Value: 'ü' },
	]);
	expect((await sdk.send(new GetObjectCommand({ Bucket, Key }))).TagCount).toBe(3);
	const TagSet = [{ Key: 'only', Value: '@' }];
	await sdk.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }));
	expect(await tagsOf(Key)).toEqual(TagSet);
	await sdk.send(new DeleteObjectTaggingCommand({ Bucket, Key }));
	expect(await tagsOf(Key)).toEqual([]);
	expect((await sdk.send(new HeadObjectCommand({ Bucket, Key }))).TagCount).toBeUndefined();
	// Tags are no write of the object.
	expect(sandbox.effects.get(`${Bucket}/${Key}`)).toEqual({ writes: 1, deletes: 0 });
});

test('a copy keeps tags and metadata, or takes new ones, each by its own directive', async () => {
	const source = { Bucket, Key: 'source', Tagging: 'a=1', Metadata: { m: 'old' } };
	await sdk.send(new PutObjectCommand({ ...source, ContentType: 'text/old', Body: 'x' }));
	const copy = async (input: object) => {
		const Key = 'copy';
		const CopySource = `${Bucket}/source`;
		await sdk.send(new CopyObjectCommand({ Bucket, Key, CopySource, ...input }));
		const { Metadata, ContentType } = await sdk.send(new HeadObjectCommand({ Bucket, Key }));
		return [Metadata, ContentType, (await tagsOf(Key))?.map(({ Value }) => Value)];
	};
	const replaced = { Metadata: { m: 'new' }, ContentType: 'text/new', Tagging: 'a=2' };
	expect(await copy({})).toEqual([{ m: 'old' }, 'text/old', ['1']]);
	expect(await copy(replaced)).toEqual([{ m: 'old' }, 'text/old', ['1']]);
	expect(await copy({ ...replaced, MetadataDirective: 'REPLACE' })).toEqual([
		{ m: 'new' },
		'text/new',
		['1'],
	]);
	expect(await copy({ ...replaced, TaggingDirective: 'REPLACE' })).toEqual([
		{ m: 'old' },
		'text/old',
		['2'],
	]);
	expect(await codeOf(copy({ TaggingDirective: 'MIX' }))).toBe('InvalidArgument');
});

test('refuses tags that are no tags before anything is written', async () => {
	const write = { Bucket, Key: 'refused', Tagging: 'a=1&a=2' };
	expect(await codeOf(sdk.send(new PutObjectCommand({ ...write, Body: 'x' })))).toBe('InvalidTag');
	expect(await codeOf(sdk.send(new CreateMultipartUploadCommand(write)))).toBe('InvalidTag');
	expect(sandbox.read(Bucket, 'refused')).toBeUndefined();
	expect(sandbox.openUploads()).toEqual([]);
});
