import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
	createBucket,
	deleteBucket,
	headBucket,
	listBuckets,
} from '../../nodes/S3/transport/buckets';
import type { S3Client, S3Request } from '../../nodes/S3/transport/client';
import { deleteObject } from '../../nodes/S3/transport/deleteObject';
import { deleteObjects } from '../../nodes/S3/transport/deleteObjects';
import { download } from '../../nodes/S3/transport/download';
import { decodeUrl } from '../../nodes/S3/transport/encode';
import type { Listing } from '../../nodes/S3/transport/listing';
import { listObjects } from '../../nodes/S3/transport/listing';
import { copyObject } from '../../nodes/S3/transport/copy';
import { headObject, putObject } from '../../nodes/S3/transport/objects';
import { upload } from '../../nodes/S3/transport/upload';
import { children, parseXml, text } from '../../nodes/S3/transport/xml';
import { systemClock } from '../../nodes/shared/ground/clock';
import { Failure } from '../../nodes/shared/resilience/failure';
import { startS3Sandbox, type S3Sandbox } from '../../sandbox/s3/server.ts';
import { clientOf } from '../S3/clientOf';
import { needs } from '../needs';
import { oddKeys } from '../sandbox/s3/oddKeys.ts';
import { SETTINGS } from './s3.differential.settings';
import { startRadosgw, type Radosgw } from './radosgw/start.ts';

jest.setTimeout(60_000);

const MIB = 1024 ** 2;
type Step = (
	s3: S3Client,
	client: (credential: object, connection?: object) => S3Client,
) => Promise<unknown>;

const put = async (s3: S3Client, key: string, text: string, headers = {}, bucket = 'main') =>
	await putObject(s3, bucket, key, Buffer.from(text), headers);
const list = async (s3: S3Client, listing: Partial<Listing> = {}, bucket = 'main') => {
	const rows = [];
	for await (const page of listObjects(s3, bucket, { limit: Infinity, ...listing })) {
		rows.push(...page);
	}
	return rows;
};
const bytesOf = (size: number) => Buffer.alloc(size, 'the same bytes for both. ');
const send = async (s3: S3Client, key: string, size: number) =>
	await upload(s3, {
		bucket: 'main',
		key,
		source: Readable.from([bytesOf(size)]),
		size,
		headers: { 'content-type': 'x/y' },
		partBytes: 5 * MIB,
		parallel: 2,
	});
const digest = async (s3: S3Client, key: string) => {
	const { info, body } = await download(s3, { bucket: 'main', key });
	const bytes = await buffer(body);
	return [info.size, info.contentType, createHash('sha256').update(bytes).digest('hex')];
};
const ends = (outcomes: object[]) =>
	outcomes.map((outcome) => (outcome instanceof Failure ? outcome.code : 'done'));
const named = (...keys: string[]) => keys.map((key) => ({ key }));
const raw = async (s3: S3Client, request: S3Request) =>
	await s3.call(request, ({ status, headers, body }) => [
		status,
		headers['content-range'],
		body.toString(),
	]);
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const get = { operation: 'GetObject', method: 'GET', bucket: 'main', key: 'ten' } as const;

/** The same requests for both servers, in this order. */
const SCRIPT: Record<string, Step> = {
	'create a bucket': async (s3) => await createBucket(s3, 'main', { ifExists: 'fail' }),
	'create it again': async (s3) => await createBucket(s3, 'main', { ifExists: 'fail' }),
	'list buckets': async (s3) => (await listBuckets(s3)).buckets.map(({ name }) => name),
	'head the bucket': async (s3) => (await headBucket(s3, 'main')).exists,
	'head no bucket': async (s3) => (await headBucket(s3, 'nowhere')).exists,
	'list an empty bucket': async (s3) => await list(s3),
	'list no bucket': async (s3) => await list(s3, {}, 'nowhere'),
	'put into no bucket': async (s3) => await put(s3, 'k', 'x', {}, 'nowhere'),
	'put an object': async (s3) => await put(s3, 'ten', '0123456789', { 'content-type': 'a/b' }),
	'head an object': async (s3) => await headObject(s3, 'main', 'ten'),
	'head no object': async (s3) => await headObject(s3, 'main', 'nope'),
	'get no object': async (s3) => await download(s3, { bucket: 'main', key: 'nope' }),
	'get a range': async (s3) => await raw(s3, { ...get, headers: { range: 'bytes=2-4' } }),
	'get a range beyond the end': async (s3) =>
		await raw(s3, { ...get, headers: { range: 'bytes=10-' } }),
	'get with an ETag that matches': async (s3) =>
		await raw(s3, { ...get, headers: { 'if-match': '"781e5e245d69b566979b86e28d23f2c7"' } }),
	'get with an ETag that does not': async (s3) =>
		await raw(s3, { ...get, headers: { 'if-match': `"${'0'.repeat(32)}"` } }),
	'put only if new, and it is': async (s3) => await put(s3, 'new', 'x', { 'if-none-match': '*' }),
	'put only if new, and it is not': async (s3) =>
		await put(s3, 'new', 'y', { 'if-none-match': '*' }),
	'put an empty object': async (s3) => await put(s3, 'empty', ''),
	'get an empty object': async (s3) => await digest(s3, 'empty'),
	'put with a wrong Content-MD5': async (s3) =>
		await raw(s3, {
			operation: 'PutObject',
			method: 'PUT',
			bucket: 'main',
			key: 'md5',
			body: Buffer.from('x'),
			headers: { 'content-md5': createHash('md5').update('y').digest('base64') },
		}),
	'upload in parts': async (s3) => await send(s3, 'parts', 11 * MIB),
	'get what was uploaded in parts': async (s3) => await digest(s3, 'parts'),
	'complete an upload that is gone': async (s3) =>
		await raw(s3, {
			operation: 'CompleteMultipartUpload',
			method: 'POST',
			bucket: 'main',
			key: 'k',
			query: [['uploadId', '2~ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ']],
			body: Buffer.from(
				'<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part><PartNumber>1</PartNumber><ETag>"781e5e245d69b566979b86e28d23f2c7"</ETag></Part></CompleteMultipartUpload>',
			),
		}),
	'copy an object': async (s3) =>
		await copyObject(s3, { bucket: 'main', key: 'ten' }, { bucket: 'main', key: 'copy' }),
	'the copy': async (s3) => await digest(s3, 'copy'),
	'copy an object onto itself': async (s3) =>
		await copyObject(s3, { bucket: 'main', key: 'ten' }, { bucket: 'main', key: 'ten' }),
	'copy no object': async (s3) =>
		await copyObject(s3, { bucket: 'main', key: 'nope' }, { bucket: 'main', key: 'copy' }),
	'put odd keys': async (s3) => await Promise.all(oddKeys.map((key) => put(s3, key, key))),
	'list everything': async (s3) => await list(s3),
	'list with a limit': async (s3) => await list(s3, { limit: 7 }),
	'list folders': async (s3) => await list(s3, { delimiter: '/' }),
	'list a folder': async (s3) => await list(s3, { delimiter: '/', prefix: 'dir/' }),
	'list in small pages': async (s3) => {
		const names: string[][] = [];
		let after: string | undefined;
		do {
			const query: S3Request['query'] = [
				['list-type', 2],
				['max-keys', 3],
				['delimiter', '/'],
				['encoding-type', 'url'],
				['continuation-token', after],
			];
			const request = { operation: 'ListObjectsV2', method: 'GET', bucket: 'main', query } as const;
			const page = await s3.call(request, ({ body }) => parseXml(body));
			const shown = [...children(page, 'Contents'), ...children(page, 'CommonPrefixes')]
				.map((entry) => decodeUrl(text(entry, 'Key') ?? text(entry, 'Prefix') ?? ''))
				.sort(byBytes);
			names.push(shown);
			after = text(page, 'NextContinuationToken');
		} while (after !== undefined);
		return names.flat();
	},
	'list with max-keys=0': async (s3) => await list(s3, { limit: 0 }),
	'delete many': async (s3) => ends(await deleteObjects(s3, 'main', named('copy', 'nope', 'new'))),
	'delete many in no bucket': async (s3) => ends(await deleteObjects(s3, 'nowhere', named('k'))),
	'delete an object': async (s3) => await deleteObject(s3, 'main', 'ten'),
	'delete it again': async (s3) => await deleteObject(s3, 'main', 'ten'),
	'delete a full bucket': async (s3) => await deleteBucket(s3, 'main'),
	'delete no bucket': async (s3) => await deleteBucket(s3, 'nowhere'),
	'a wrong secret': async (_s3, client) => await list(client({ secretAccessKey: 'wrong' })),
	'a wrong key id': async (_s3, client) => await list(client({ accessKeyId: 'AKIANOBODY' })),
	'a clock that is wrong': async (_s3, client) =>
		await digest(
			client({}, { clock: { ...systemClock, now: () => Date.now() - 86_400_000 } }),
			'empty',
		),
	'a method that does not exist': async (s3) =>
		await raw(s3, { operation: 'PostBucket', method: 'POST', bucket: 'main' }),
	'what is left': async (s3) => (await list(s3)).map(({ key }) => key),
	...SETTINGS,
};

/** Where the two may differ: what Ceph answers, and why the sandbox answers otherwise. */
const JUSTIFIED: Record<string, { ceph: unknown; because: string }> = {
	'create it again': {
		ceph: true,
		because: 'Amazon says BucketAlreadyOwnedByYou everywhere but in us-east-1 of old',
	},
	'complete an upload that is gone': {
		ceph: { code: 'InternalError', status: 500, kind: 'unavailable' },
		because: 'the API reference says NoSuchUpload',
	},
	'a method that does not exist': {
		ceph: { code: 'InvalidArgument', status: 400, kind: 'invalid' },
		because: 'the sandbox says NotImplemented to everything that it does not know',
	},
	'a policy that is no JSON': {
		ceph: { code: 'InvalidArgument', status: 400, kind: 'invalid' },
		because: 'the API reference says MalformedPolicy',
	},
};

/** What somebody who has nothing but the answer can tell; times and ids differ by nature. */
function outcome(value: unknown): unknown {
	if (value instanceof Failure) {
		const { code, status, kind } = value;
		return { code, status, kind };
	}
	if (Array.isArray(value)) return value.map(outcome);
	if (typeof value !== 'object' || value === null) return value;
	const {
		lastModified: _time,
		versionId: _version,
		metadata: _none,
		...rest
	} = value as Record<string, unknown>;
	return rest;
}

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('the sandbox and Ceph give the same answers', () => {
	let gateway: Radosgw;
	let sandbox: S3Sandbox;
	const seen: Record<string, { sandbox: unknown; ceph: unknown }> = {};

	beforeAll(async () => {
		gateway = await startRadosgw();
		sandbox = await startS3Sandbox({ accounts: [gateway] });
		for (const [name, step] of Object.entries(SCRIPT)) {
			const [ofSandbox, ofCeph] = await Promise.all(
				[sandbox, gateway].map(async (server) => {
					const { endpoint } = server;
					const client = (credential: object, connection = {}) =>
						clientOf(
							server,
							{ ...gateway, endpoint, ...credential },
							{ maxAttempts: 1, ...connection },
						);
					try {
						return outcome(await step(client({}), client));
					} catch (error) {
						return outcome(error);
					}
				}),
			);
			seen[name] = { sandbox: ofSandbox, ceph: ofCeph };
		}
	}, 180_000);
	afterAll(async () => {
		await sandbox?.close();
		await gateway?.stop();
	});

	test.each(Object.keys(SCRIPT))('%s', (name) => {
		const { sandbox, ceph } = seen[name] ?? {};
		const difference = JUSTIFIED[name];
		if (!difference) return void expect(sandbox).toEqual(ceph);
		expect(ceph).toEqual(difference.ceph);
		// An entry that is not needed any more has to go.
		expect(sandbox).not.toEqual(ceph);
	});

	test('every justified difference is one of the script', () => {
		expect(Object.keys(JUSTIFIED).filter((name) => !(name in SCRIPT))).toEqual([]);
	});
});
