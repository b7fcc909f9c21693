import {
	CompleteMultipartUploadCommand,
	CopyObjectCommand,
	CreateBucketCommand,
	CreateMultipartUploadCommand,
	DeleteBucketCommand,
	DeleteObjectsCommand,
	GetObjectCommand,
	GetObjectTorrentCommand,
	ListBucketAnalyticsConfigurationsCommand,
	ListObjectsV2Command,
	PutObjectCommand,
	UploadPartCommand,
	type S3Client,
	type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { errorCodes } from '../../../sandbox/s3/errors.ts';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { provokeByConfiguration } from './provokeByConfiguration.ts';
import { provokeByForms } from './provokeByForms.ts';
import { provokeByProperties, type Provocations } from './provokeByProperties.ts';
import { codeOf, keysOf, minioClient, sdkClient, tamper, type TamperedRequest } from './sdk.ts';

const Bucket = 'errors-bucket';
const Key = 'key';
const temporary = {
	accessKeyId: 'ASIATEMPORARYTEMPORA',
	secretAccessKey: 'temporary',
	sessionToken: 'token/with+odd==',
};
const expired = {
	accessKeyId: 'ASIAEXPIREDEXPIREDEX',
	secretAccessKey: 'expired',
	sessionToken: 'expired-token',
	expiresAt: 1,
};
const limited = { accessKeyId: 'AKIALIMITEDLIMITED00', secretAccessKey: 's', buckets: ['own-one'] };
let sandbox: S3Sandbox;
const clients: S3Client[] = [];

function client(config: S3ClientConfig = {}): S3Client {
	const made = sdkClient(sandbox, config);
	clients.push(made);
	return made;
}

beforeAll(async () => {
	const main = { accessKeyId: 'AKIAMAINMAINMAINMAIN', secretAccessKey: 'main/secret+key' };
	sandbox = await startS3Sandbox({ accounts: [main, temporary, expired, limited] });
	await client().send(new CreateBucketCommand({ Bucket }));
	await client().send(new PutObjectCommand({ Bucket, Key, Body: 'body' }));
});

afterAll(async () => {
	for (const one of clients) one.destroy();
	await sandbox.close();
});

const keysOnly = ({ accessKeyId, secretAccessKey, sessionToken }: typeof expired) => ({
	accessKeyId,
	secretAccessKey,
	sessionToken,
});
const get = () => new GetObjectCommand({ Bucket, Key });
const put = (input: Partial<PutObjectCommand['input']> = {}) =>
	new PutObjectCommand({ Bucket, Key: 'refused', Body: 'body', ...input });
const damaged = (when: 'early' | 'late', change: (request: TamperedRequest) => void) =>
	tamper(client(), when, change);
/** A client without default checksums, so that only what the test sets protects the body. */
const plain = () => client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
const stream = (...chunks: Buffer[]) => ({
	Body: Readable.from(chunks),
	ContentLength: Buffer.concat(chunks).length,
});
const keys = () => keysOf(sandbox);
const createBucket = (Bucket: string, region?: string) =>
	new CreateBucketCommand({
		Bucket,
		CreateBucketConfiguration:
			region === undefined ? undefined : { LocationConstraint: region as 'EU' },
	});

async function completeWith(
	parts: string[],
	Parts: Array<{ PartNumber: number; ETag: string }>,
): Promise<unknown> {
	const target = { Bucket, Key: 'refused' };
	const sdk = plain();
	const { UploadId } = await sdk.send(new CreateMultipartUploadCommand(target));
	for (const [at, Body] of parts.entries()) {
		await sdk.send(new UploadPartCommand({ ...target, UploadId, PartNumber: at + 1, Body }));
	}
	return await sdk.send(
		new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
	);
}

const md5OfA = '0cc175b9c0f1b6a831c399e269772661';

/** How to make the server give each of its codes, mostly by an honest client that is damaged. */
const provoke: Provocations = {
	AccessDenied: [
		['no signature', () => client({ signer: { sign: async (request) => request } }).send(get())],
		[
			"another account's bucket",
			() => client({ credentials: limited }).send(new ListObjectsV2Command({ Bucket })),
		],
		[
			'a bucket outside of the own ones',
			() => client({ credentials: limited }).send(createBucket('not-own')),
		],
		[
			'an x-amz header that is not signed',
			() => damaged('late', ({ headers }) => (headers['x-amz-acl'] = 'private')).send(put()),
		],
		['no date', () => damaged('late', ({ headers }) => delete headers['x-amz-date']).send(get())],
	],
	AuthorizationHeaderMalformed: [
		['a wrong region', () => client({ region: 'eu-west-1' }).send(get())],
		[
			'a wrong service',
			() =>
				damaged('late', ({ headers }) => {
					headers.authorization = (headers.authorization ?? '').replace('/s3/', '/ec2/');
				}).send(get()),
		],
		[
			'no signature in it',
			() =>
				damaged('late', ({ headers }) => {
					headers.authorization = (headers.authorization ?? '').replace(/, Signature.*/, '');
				}).send(get()),
		],
		[
			'the date of another day',
			() =>
				damaged('late', ({ headers }) => {
					headers.authorization = (headers.authorization ?? '').replace(/\/\d{8}\//, '/20200101/');
				}).send(get()),
		],
	],
	AuthorizationQueryParametersError: [
		[
			'a presigned request without a signature',
			() =>
				damaged('late', ({ headers, query }) => {
					delete headers.authorization;
					query['X-Amz-Algorithm'] = 'AWS4-HMAC-SHA256';
				}).send(get()),
		],
	],
	BadDigest: [
		[
			'Content-MD5',
			() => plain().send(put({ ContentMD5: Buffer.from(md5OfA, 'hex').toString('base64') })),
		],
		['CRC32', () => client().send(put({ ChecksumCRC32: 'AAAAAA==' }))],
	],
	BucketAlreadyExists: [
		['of another account', () => client({ credentials: limited }).send(createBucket(Bucket))],
	],
	BucketAlreadyOwnedByYou: [
		['twice', () => client().send(createBucket(Bucket))],
		['twice, by MinIO', () => minioClient(sandbox).makeBucket(Bucket)],
	],
	BucketNotEmpty: [['an object in it', () => client().send(new DeleteBucketCommand({ Bucket }))]],
	EntityTooLarge: [
		[
			'6 GiB in one request',
			() =>
				damaged('early', ({ headers }) => {
					headers['x-amz-decoded-content-length'] = String(6 * 1024 ** 3);
				}).send(put(stream(Buffer.alloc(9000)))),
		],
	],
	EntityTooSmall: [
		[
			'two parts of one byte',
			() =>
				completeWith(
					['a', 'a'],
					[
						{ PartNumber: 1, ETag: md5OfA },
						{ PartNumber: 2, ETag: md5OfA },
					],
				),
		],
	],
	IllegalLocationConstraintException: [
		[
			'another region at a regional endpoint',
			async () => {
				const regional = await startS3Sandbox({ region: 'eu-central-1' });
				const sdk = sdkClient(regional);
				try {
					return await sdk.send(createBucket('elsewhere', 'eu-west-1'));
				} finally {
					sdk.destroy();
					await regional.close();
				}
			},
		],
	],
	IncompleteBody: [
		[
			'fewer bytes than announced',
			() =>
				damaged('early', ({ headers }) => (headers['x-amz-decoded-content-length'] = '9001')).send(
					put(stream(Buffer.alloc(9000))),
				),
		],
		[
			'more bytes than announced',
			() =>
				damaged('early', ({ headers }) => (headers['x-amz-decoded-content-length'] = '8999')).send(
					put(stream(Buffer.alloc(9000))),
				),
		],
	],
	InternalError: [
		[
			'a fault',
			() => {
				sandbox.faults.add({ kind: 'status', status: 500, times: 1 });
				return client().send(get());
			},
		],
	],
	InvalidAccessKeyId: [
		[
			'an unknown key',
			() => client({ credentials: { ...keys(), accessKeyId: 'AKIAUNKNOWN' } }).send(get()),
		],
		[
			'a temporary key without its token',
			() => client({ credentials: { ...temporary, sessionToken: undefined } }).send(get()),
		],
	],
	InvalidArgument: [
		['a version id', () => client().send(new GetObjectCommand({ Bucket, Key, VersionId: 'v' }))],
		['a canned ACL', () => client().send(put({ ACL: 'everybody' as 'private' }))],
		['max-keys', () => client().send(new ListObjectsV2Command({ Bucket, MaxKeys: -1 }))],
		[
			'a copy source without a key',
			() => client().send(new CopyObjectCommand({ Bucket, Key: 'refused', CopySource: 'nothing' })),
		],
		[
			'an unknown x-amz-content-sha256',
			() => damaged('early', ({ headers }) => (headers['x-amz-content-sha256'] = 'x')).send(put()),
		],
		[
			'two signatures',
			() => damaged('late', ({ query }) => (query['X-Amz-Signature'] = '0')).send(get()),
		],
		['list-type', () => damaged('early', ({ query }) => (query['list-type'] = '3')).send(list())],
	],
	ExpiredToken: [
		['keys of a role that has ended', () => client({ credentials: keysOnly(expired) }).send(get())],
	],
	InvalidBucketName: [
		['by the SDK', () => client().send(createBucket('Upper-Case'))],
		['an address', () => client().send(createBucket('192.168.0.1'))],
		['too short', () => client().send(createBucket('ab'))],
		['reserved', () => client().send(createBucket('xn--bucket'))],
	],
	InvalidChunkSizeError: [
		[
			'a small chunk that is not the last',
			() => {
				const sdk = client({ requestStreamBufferSize: false });
				return sdk.send(put(stream(Buffer.alloc(100), Buffer.alloc(100))));
			},
		],
	],
	InvalidDigest: [['no MD5', () => plain().send(put({ ContentMD5: 'not an md5' }))]],
	InvalidLocationConstraint: [
		['us-east-1 by name', () => client().send(createBucket('located', 'us-east-1'))],
		['no region', () => client().send(createBucket('located', 'somewhere'))],
	],
	InvalidPart: [['never sent', () => completeWith(['a'], [{ PartNumber: 2, ETag: md5OfA }])]],
	InvalidPartNumber: [
		[
			'a part of an object that has none',
			() => client().send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 })),
		],
	],
	InvalidPartOrder: [
		[
			'backwards',
			() =>
				completeWith(
					['a', 'a'],
					[
						{ PartNumber: 2, ETag: md5OfA },
						{ PartNumber: 1, ETag: md5OfA },
					],
				),
		],
	],
	InvalidRange: [
		[
			'behind the end',
			() => client().send(new GetObjectCommand({ Bucket, Key, Range: 'bytes=4-' })),
		],
	],
	InvalidRequest: [
		[
			'a copy onto itself',
			() => client().send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${Key}` })),
		],
		[
			'DeleteObjects without a digest',
			() =>
				damaged('early', ({ headers }) => {
					delete headers['x-amz-checksum-crc32'];
					delete headers['x-amz-sdk-checksum-algorithm'];
				}).send(remove(1)),
		],
		[
			'two checksums',
			() =>
				damaged('early', ({ headers }) => {
					headers['x-amz-checksum-sha1'] = '2jmj7l5rSw0yVb/vlWAYkK/YBwk=';
				}).send(put()),
		],
		[
			'signature version 2',
			() => damaged('late', ({ headers }) => (headers.authorization = 'AWS a:b')).send(get()),
		],
		[
			'no x-amz-content-sha256',
			() => damaged('late', ({ headers }) => delete headers['x-amz-content-sha256']).send(get()),
		],
	],
	InvalidStorageClass: [
		['unknown', () => client().send(put({ StorageClass: 'MARBLE' as 'GLACIER' }))],
	],
	InvalidToken: [
		[
			'a wrong token',
			() => client({ credentials: { ...temporary, sessionToken: 'other' } }).send(get()),
		],
		[
			'a token for a key that has none',
			() => client({ credentials: { ...keys(), sessionToken: 'other' } }).send(get()),
		],
	],
	InvalidURI: [
		['no percent-encoding', () => damaged('late', (one) => (one.path += '%zz')).send(get())],
	],
	KeyTooLongError: [
		['1,025 bytes', () => client().send(put({ Key: 'k'.repeat(1025) }))],
		['513 characters of two bytes', () => client().send(put({ Key: 'ü'.repeat(513) }))],
	],
	MalformedTrailerError: [
		[
			'another trailer than announced',
			() =>
				damaged('late', (request) => {
					if (!(request.body instanceof Readable)) return;
					request.body = request.body.map((chunk: Buffer | string) =>
						Buffer.from(String(chunk).replace('x-amz-checksum-crc32:', 'x-amz-checksum-crcxx:')),
					);
				}).send(put(stream(Buffer.alloc(9000)))),
		],
	],
	MalformedXML: [
		['1,001 keys', () => client().send(remove(1001))],
		['no keys', () => client().send(remove(0))],
	],
	MaxMessageLengthExceeded: [
		[
			'a bucket configuration of 3 MiB',
			() => client().send(createBucket('long-configuration', 'x'.repeat(3 * 1024 ** 2))),
		],
	],
	MetadataTooLarge: [['2 KiB', () => client().send(put({ Metadata: { a: 'x'.repeat(2048) } }))]],
	MethodNotAllowed: [
		['PATCH', () => damaged('early', (request) => (request.method = 'PATCH')).send(get())],
	],
	MissingContentLength: [
		[
			'a stream without its length',
			() =>
				damaged('early', ({ headers }) => delete headers['x-amz-decoded-content-length']).send(
					put(stream(Buffer.alloc(9000))),
				),
		],
	],
	NoSuchBucket: [
		['read', () => client().send(new GetObjectCommand({ Bucket: 'absent', Key }))],
		['write', () => client().send(put({ Bucket: 'absent' }))],
		["by MinIO's client", () => minioClient(sandbox).putObject('absent', 'k', 'x')],
	],
	NoSuchKey: [
		['read', () => client().send(new GetObjectCommand({ Bucket, Key: 'absent' }))],
		["by MinIO's client", () => minioClient(sandbox).getObject(Bucket, 'absent')],
	],
	NoSuchUpload: [
		[
			'a part',
			() =>
				client().send(
					new UploadPartCommand({ Bucket, Key, UploadId: 'absent', PartNumber: 1, Body: 'x' }),
				),
		],
	],
	NotImplemented: [
		['?analytics', () => client().send(new ListBucketAnalyticsConfigurationsCommand({ Bucket }))],
		['a torrent', () => client().send(new GetObjectTorrentCommand({ Bucket, Key }))],
		['If-None-Match of an ETag', () => client().send(put({ IfNoneMatch: '"x"' }))],
		[
			'Transfer-Encoding: chunked without aws-chunked',
			() => plain().send(put({ Body: Readable.from([Buffer.alloc(10)]) })),
		],
	],
	PreconditionFailed: [
		['If-Match', () => client().send(new GetObjectCommand({ Bucket, Key, IfMatch: '"other"' }))],
	],
	RequestTimeTooSkewed: [
		['16 minutes behind', () => client({ systemClockOffset: -16 * 60_000 }).send(get())],
		['16 minutes ahead', () => client({ systemClockOffset: 16 * 60_000 }).send(get())],
	],
	SignatureDoesNotMatch: [
		[
			'a wrong secret',
			() => client({ credentials: { ...keys(), secretAccessKey: 'wrong' } }).send(get()),
		],
		['a changed path', () => damaged('late', (one) => (one.path += 'x')).send(get())],
		['a changed query', () => damaged('late', ({ query }) => (query.prefix = 'x')).send(list())],
		['a changed method', () => damaged('late', (one) => (one.method = 'DELETE')).send(get())],
		[
			'a changed header',
			() =>
				damaged('late', ({ headers }) => (headers['x-amz-meta-a'] = 'c')).send(
					put({ Metadata: { a: 'b' } }),
				),
		],
	],
	SlowDown: [
		[
			'a fault',
			() => {
				sandbox.faults.add({ kind: 'status', status: 503, times: 1 });
				return client().send(get());
			},
		],
	],
	TooManyRequests: [
		[
			'a fault',
			() => {
				sandbox.faults.add({ kind: 'status', status: 429, times: 1 });
				return client().send(get());
			},
		],
	],
	XAmzContentSHA256Mismatch: [
		[
			'a body changed after signing',
			() => tamper(plain(), 'late', (one) => (one.body = 'BODY')).send(put()),
		],
	],
};

function list() {
	return new ListObjectsV2Command({ Bucket });
}

function remove(count: number) {
	const Objects = Array.from({ length: count }, (_, at) => ({ Key: `absent-${at}` }));
	return new DeleteObjectsCommand({ Bucket, Delete: { Objects } });
}

Object.assign(
	provoke,
	provokeByProperties(client, { Bucket, Key }),
	provokeByConfiguration(client, { Bucket, Key }),
	provokeByForms(() => sandbox, Bucket),
);

const cases = Object.entries(provoke).flatMap(([code, calls]) =>
	calls.map(([how, call]) => ({ code, how, call })),
);

test.each(cases)('$code: $how', async ({ code, call }) => {
	expect(await codeOf(call())).toBe(code);
	expect(sandbox.read(Bucket, Key)?.toString()).toBe('body');
	expect(sandbox.read(Bucket, 'refused')).toBeUndefined();
});

test('every code of the server is among them', () => {
	expect(Object.keys(provoke).sort()).toEqual([...errorCodes].sort());
});
