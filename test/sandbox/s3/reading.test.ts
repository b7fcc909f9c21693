import {
	CopyObjectCommand,
	CreateBucketCommand,
	DeleteObjectCommand,
	GetObjectCommand,
	HeadObjectCommand,
	PutObjectCommand,
	type GetObjectCommandInput,
	type S3Client,
} from '@aws-sdk/client-s3';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, sdkClient } from './sdk.ts';

const Bucket = 'reading';
const Key = 'ten';
const noon = Date.UTC(2026, 0, 15, 12);
let sandbox: S3Sandbox;
let sdk: S3Client;
let etag: string;
let time = noon;

beforeAll(async () => {
	sandbox = await startS3Sandbox({ now: () => time });
	sdk = sdkClient(sandbox, { systemClockOffset: noon - Date.now() });
	await sdk.send(new CreateBucketCommand({ Bucket }));
	const put = await sdk.send(new PutObjectCommand({ Bucket, Key, Body: '0123456789' }));
	etag = put.ETag ?? '';
});

afterEach(() => {
	time = noon;
});

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
});

async function read(input: Partial<GetObjectCommandInput>) {
	const got = await sdk.send(new GetObjectCommand({ Bucket, Key, ...input }));
	return {
		status: got.$metadata.httpStatusCode,
		range: got.ContentRange,
		body: await got.Body?.transformToString(),
	};
}

/** Status of an answer without a body that names a code. */
async function statusOf(call: Promise<unknown>): Promise<number | undefined> {
	try {
		await call;
		return undefined;
	} catch (error) {
		return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
	}
}

describe('ranges', () => {
	test.each([
		['bytes=0-3', 206, 'bytes 0-3/10', '0123'],
		['bytes=7-', 206, 'bytes 7-9/10', '789'],
		['bytes=-2', 206, 'bytes 8-9/10', '89'],
		['bytes=-99', 206, 'bytes 0-9/10', '0123456789'],
		['bytes=8-99', 206, 'bytes 8-9/10', '89'],
		['bytes=3-2', 200, undefined, '0123456789'],
		['bytes=0-1,4-5', 200, undefined, '0123456789'],
		['lines=0-1', 200, undefined, '0123456789'],
	])('%s', async (Range, status, range, body) => {
		expect(await read({ Range })).toEqual({ status, range, body });
	});

	test.each(['bytes=10-', 'bytes=-0', 'bytes=99-100'])('%s is not satisfiable', async (Range) => {
		expect(await codeOf(read({ Range }))).toBe('InvalidRange');
	});

	test('of a HEAD request', async () => {
		const head = await sdk.send(new HeadObjectCommand({ Bucket, Key, Range: 'bytes=2-4' }));
		expect(head.ContentLength).toBe(3);
	});
});

const before = new Date(noon - 60_000);
const after = new Date(noon + 60_000);

describe('conditions of reading (RFC 9110 section 13)', () => {
	test.each<[string, Partial<GetObjectCommandInput>]>([
		['If-Match of another ETag', { IfMatch: '"other"' }],
		['If-Unmodified-Since before the write', { IfUnmodifiedSince: before }],
	])('%s: 412', async (_, input) => {
		expect(await codeOf(read(input))).toBe('PreconditionFailed');
		expect(await statusOf(sdk.send(new HeadObjectCommand({ Bucket, Key, ...input })))).toBe(412);
	});

	test.each<[string, () => Partial<GetObjectCommandInput>]>([
		['If-None-Match of this ETag', () => ({ IfNoneMatch: etag })],
		['If-None-Match of *', () => ({ IfNoneMatch: '*' })],
		['If-Modified-Since after the write', () => ({ IfModifiedSince: after })],
		[
			'If-None-Match of this ETag outranks If-Modified-Since',
			() => ({ IfNoneMatch: etag, IfModifiedSince: before }),
		],
	])('%s: 304', async (_, input) => {
		expect(await statusOf(read(input()))).toBe(304);
		expect(await statusOf(sdk.send(new HeadObjectCommand({ Bucket, Key, ...input() })))).toBe(304);
	});

	test.each<[string, () => Partial<GetObjectCommandInput>]>([
		['If-Match of this ETag', () => ({ IfMatch: etag })],
		['If-Match of *', () => ({ IfMatch: '*' })],
		['If-Match outranks If-Unmodified-Since', () => ({ IfMatch: etag, IfUnmodifiedSince: before })],
		['If-None-Match of another ETag', () => ({ IfNoneMatch: '"other"' })],
		[
			'If-None-Match outranks If-Modified-Since',
			() => ({ IfNoneMatch: '"o"', IfModifiedSince: after }),
		],
		['If-Modified-Since before the write', () => ({ IfModifiedSince: before })],
		['If-Unmodified-Since after the write', () => ({ IfUnmodifiedSince: after })],
	])('%s: the object', async (_, input) => {
		expect(await read(input())).toMatchObject({ status: 200, body: '0123456789' });
	});
});

describe('conditions of writing', () => {
	const put = (key: string, input: { IfMatch?: string; IfNoneMatch?: string }) =>
		sdk.send(new PutObjectCommand({ Bucket, Key: key, Body: 'new', ...input }));

	test('If-None-Match: * creates once', async () => {
		await put('once', { IfNoneMatch: '*' });
		expect(await codeOf(put('once', { IfNoneMatch: '*' }))).toBe('PreconditionFailed');
		expect(sandbox.effects.get(`${Bucket}/once`)).toEqual({ writes: 1, deletes: 0 });
	});

	test('of several at the same time exactly one wins', async () => {
		const codes = await Promise.all(
			Array.from({ length: 8 }, () => codeOf(put('race', { IfNoneMatch: '*' }))),
		);
		expect(codes.filter((code) => code === 'no error')).toHaveLength(1);
		expect(sandbox.effects.get(`${Bucket}/race`)?.writes).toBe(1);
	});

	test('If-Match replaces only what the client has seen', async () => {
		const first = await put('seen', {});
		expect(await codeOf(put('seen', { IfMatch: '"other"' }))).toBe('PreconditionFailed');
		expect(await codeOf(put('absent', { IfMatch: '"other"' }))).toBe('NoSuchKey');
		await put('seen', { IfMatch: first.ETag });
		expect(sandbox.effects.get(`${Bucket}/seen`)?.writes).toBe(2);
	});

	test('If-Match of a delete', async () => {
		await put('doomed', {});
		const remove = (IfMatch: string) =>
			sdk.send(new DeleteObjectCommand({ Bucket, Key: 'doomed', IfMatch }));
		expect(await codeOf(remove('"other"'))).toBe('PreconditionFailed');
		expect(sandbox.read(Bucket, 'doomed')).toBeDefined();
		await remove('*');
		expect(sandbox.read(Bucket, 'doomed')).toBeUndefined();
	});

	test('conditions on the source and on the target of a copy', async () => {
		const copy = (input: object) =>
			sdk.send(
				new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: `${Bucket}/${Key}`, ...input }),
			);
		for (const input of [
			{ CopySourceIfMatch: '"other"' },
			{ CopySourceIfNoneMatch: etag },
			{ CopySourceIfModifiedSince: after },
			{ CopySourceIfUnmodifiedSince: before },
		]) {
			expect([input, await codeOf(copy(input))]).toEqual([input, 'PreconditionFailed']);
		}
		expect(sandbox.read(Bucket, 'copied')).toBeUndefined();
		await copy({ CopySourceIfMatch: etag, IfNoneMatch: '*' });
		expect(await codeOf(copy({ IfNoneMatch: '*' }))).toBe('PreconditionFailed');
		expect(sandbox.effects.get(`${Bucket}/copied`)?.writes).toBe(1);
	});
});
