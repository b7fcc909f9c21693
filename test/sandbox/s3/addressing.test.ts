import {
	CreateBucketCommand,
	GetBucketLocationCommand,
	GetObjectCommand,
	HeadBucketCommand,
	ListBucketsCommand,
	ListObjectsV2Command,
	PutObjectCommand,
	DeleteBucketCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { Agent } from 'node:http';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { rawExchange } from './rawSocket.ts';
import { codeOf, minioClient, sdkClient } from './sdk.ts';

const Bucket = 'addressing';
let now = Date.now();
let sandbox: S3Sandbox;
let sdk: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox({ now: () => now });
	sdk = sdkClient(sandbox);
	await sdk.send(new CreateBucketCommand({ Bucket }));
});

afterEach(() => {
	now = Date.now();
});

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
});

describe('virtual-host style', () => {
	test.each(['localhost', 's3.localhost'])('bucket.%s', async (host) => {
		const httpAgent = new Agent({
			lookup: (_name, options, callback) =>
				options.all
					? callback(null, [{ address: '127.0.0.1', family: 4 }])
					: callback(null, '127.0.0.1', 4),
		});
		const client = sdkClient(sandbox, {
			endpoint: `http://${host}:${sandbox.port}`,
			forcePathStyle: false,
			requestHandler: { httpAgent },
		});
		for (const bucket of ['virtual', 'with.dots.in-it']) {
			await client.send(new CreateBucketCommand({ Bucket: bucket })).catch(() => undefined);
			await client.send(new PutObjectCommand({ Bucket: bucket, Key: '/a//b', Body: host }));
			expect(sandbox.requests.at(-1)?.headers.host).toBe(`${bucket}.${host}:${sandbox.port}`);
			expect(sandbox.read(bucket, '/a//b')?.toString()).toBe(host);
			const list = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
			expect(list.Contents?.map(({ Key }) => Key)).toEqual(['/a//b']);
		}
		client.destroy();
	});
});

describe('presigned requests', () => {
	test("MinIO's client presigns a PUT and a GET, which need no further header", async () => {
		const minio = minioClient(sandbox);
		const key = 'odd key/+ü?.txt';
		const put = await minio.presignedPutObject(Bucket, key, 60);
		expect((await fetch(put, { method: 'PUT', body: 'presigned' })).status).toBe(200);
		expect(sandbox.read(Bucket, key)?.toString()).toBe('presigned');
		const get = await minio.presignedGetObject(Bucket, key, 60, {
			'response-content-type': 'text/x-special',
		});
		const answer = await fetch(get);
		expect(answer.headers.get('content-type')).toBe('text/x-special');
		expect(await answer.text()).toBe('presigned');
	});

	test('may write a space of the query as "+", as Amazon reads it', async () => {
		const minio = minioClient(sandbox);
		await minio.putObject(Bucket, 'spaces', 'x');
		const url = await minio.presignedGetObject(Bucket, 'spaces', 60, {
			'response-content-type': 'text/x a',
		});
		expect(url).toContain('%20');
		const answer = await fetch(url.replaceAll('%20', '+'));
		expect(answer.headers.get('content-type')).toBe('text/x a');
	});

	test('are good for one method, one key and the time they say', async () => {
		const minio = minioClient(sandbox);
		await minio.putObject(Bucket, 'shared', 'x');
		const url = await minio.presignedGetObject(Bucket, 'shared', 60);
		const code = async (target: string, init?: RequestInit) =>
			/<Code>(.*)<\/Code>/.exec(await (await fetch(target, init)).text())?.[1];
		expect(await code(url)).toBeUndefined();
		expect(await code(url, { method: 'DELETE' })).toBe('SignatureDoesNotMatch');
		expect(await code(url.replace('/shared', '/other'))).toBe('SignatureDoesNotMatch');
		expect(await code(url.replace('Expires=60', 'Expires=61'))).toBe('SignatureDoesNotMatch');
		expect(await code(url.replace('Expires=60', 'Expires=604801'))).toBe(
			'AuthorizationQueryParametersError',
		);
		expect(await code(url, { headers: { 'x-amz-meta-a': 'b' } })).toBe('AccessDenied');
		now = Date.now() + 62_000;
		const expired = await (await fetch(url)).text();
		expect(expired).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
		expect(expired).toContain('<X-Amz-Expires>60</X-Amz-Expires>');
		expect(sandbox.read(Bucket, 'shared')?.toString()).toBe('x');
	});
});

describe('the path is taken as it comes over the wire', () => {
	// Presigned without folding: the client signs the very path that the socket carries.
	test.each(['..', 'dir/../x', 'a//b', './y'])('key %j', async (key) => {
		await sdk.send(new PutObjectCommand({ Bucket, Key: key, Body: `at ${key}` }));
		expect(sandbox.requests.at(-1)?.target).toBe(`/${Bucket}/${key}?x-id=PutObject`);
		expect(sandbox.read(Bucket, key)?.toString()).toBe(`at ${key}`);
	});

	test('a path that was folded on the way does not match its signature', async () => {
		await sdk.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }));
		const client = sdkClient(sandbox);
		client.middlewareStack.add(
			(next) => (args) => {
				const request = args.request as { path: string };
				request.path = new URL(request.path, sandbox.endpoint).pathname;
				return next(args);
			},
			{ step: 'finalizeRequest', priority: 'low' },
		);
		const get = client.send(new GetObjectCommand({ Bucket, Key: 'dir/../x' }));
		expect(await codeOf(get)).toBe('SignatureDoesNotMatch');
		client.destroy();
	});
});

describe('a body that ends early', () => {
	const head = async (key: string) => {
		const url = new URL(await minioClient(sandbox).presignedPutObject(Bucket, key, 60));
		return `PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: 10\r\n\r\n`;
	};

	test('of a client that closes its side: IncompleteBody, and nothing is stored', async () => {
		const answer = await rawExchange(sandbox.port, `${await head('half')}12345`, {
			halfClose: true,
		});
		expect(answer).toMatch(/^HTTP\/1.1 400 [^]*<Code>IncompleteBody<\/Code>/);
		expect(sandbox.read(Bucket, 'half')).toBeUndefined();
	});

	test('of a client that is gone: nothing is stored', async () => {
		const { connect } = await import('node:net');
		const before = sandbox.openConnections();
		const socket = connect(sandbox.port, '127.0.0.1');
		socket.write(`${await head('gone')}12345`);
		while (sandbox.requests.at(-1)?.key !== 'gone') await new Promise(setImmediate);
		socket.resetAndDestroy();
		while (sandbox.openConnections() > before) await new Promise(setImmediate);
		await new Promise(setImmediate);
		expect(sandbox.requests.at(-1)).toMatchObject({ key: 'gone', code: 'IncompleteBody' });
		expect(sandbox.read(Bucket, 'gone')).toBeUndefined();
	});

	test('whole, it is stored', async () => {
		const answer = await rawExchange(sandbox.port, `${await head('whole')}1234567890`, {
			until: '\r\n\r\n',
		});
		expect(answer).toMatch(/^HTTP\/1.1 200 /);
		expect(sandbox.read(Bucket, 'whole')?.toString()).toBe('1234567890');
	});

	test('a client that asks first hears the refusal before it sends the body', async () => {
		const request = `PUT /${Bucket}/asked HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n`;
		expect(await rawExchange(sandbox.port, request)).toMatch(/^HTTP\/1.1 403 /);
		const good = (await head('asked')).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n');
		const answer = await rawExchange(sandbox.port, good, { until: '\r\n\r\n' });
		expect(answer).toBe('HTTP/1.1 100 Continue\r\n\r\n');
	});
});

describe('buckets', () => {
	test('are listed, located and deleted', async () => {
		await sdk.send(new CreateBucketCommand({ Bucket: 'bucket-b' }));
		await sdk.send(
			new CreateBucketCommand({
				Bucket: 'bucket-a',
				CreateBucketConfiguration: { LocationConstraint: 'eu-west-3' },
			}),
		);
		const { Buckets = [] } = await sdk.send(new ListBucketsCommand({ Prefix: 'bucket-' }));
		expect(Buckets.map(({ Name, BucketRegion }) => [Name, BucketRegion])).toEqual([
			['bucket-a', 'eu-west-3'],
			['bucket-b', 'us-east-1'],
		]);
		const page = await sdk.send(new ListBucketsCommand({ Prefix: 'bucket-', MaxBuckets: 1 }));
		expect(page.Buckets).toHaveLength(1);
		const rest = await sdk.send(
			new ListBucketsCommand({ Prefix: 'bucket-', ContinuationToken: page.ContinuationToken }),
		);
		expect(rest.Buckets?.map(({ Name }) => Name)).toEqual(['bucket-b']);
		const there = sdkClient(sandbox, { region: 'eu-west-3' });
		const a = await there.send(new GetBucketLocationCommand({ Bucket: 'bucket-a' }));
		expect(a.LocationConstraint).toBe('eu-west-3');
		there.destroy();
		const b = await sdk.send(new GetBucketLocationCommand({ Bucket: 'bucket-b' }));
		expect(b.LocationConstraint).toBeUndefined();
		await sdk.send(new DeleteBucketCommand({ Bucket: 'bucket-b' }));
		await expect(sdk.send(new HeadBucketCommand({ Bucket: 'bucket-b' }))).rejects.toMatchObject({
			$metadata: { httpStatusCode: 404 },
		});
		expect(await minioClient(sandbox).bucketExists('bucket-b')).toBe(false);
		expect(await minioClient(sandbox).bucketExists(Bucket)).toBe(true);
	});

	test('an account sees only its own', async () => {
		const own = { accessKeyId: 'AKIAOWN', secretAccessKey: 's', buckets: ['mine'] };
		const all = { accessKeyId: 'AKIAALL', secretAccessKey: 's' };
		const shared = await startS3Sandbox({ accounts: [all, own] });
		const [first, second] = [sdkClient(shared), sdkClient(shared, { credentials: own })];
		for (const name of ['mine', 'theirs']) {
			await first.send(new CreateBucketCommand({ Bucket: name }));
		}
		const { Buckets } = await second.send(new ListBucketsCommand({}));
		expect(Buckets?.map(({ Name }) => Name)).toEqual(['mine']);
		first.destroy();
		second.destroy();
		await shared.close();
	});

	test('temporary credentials work with their token', async () => {
		const account = { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 'a+/=b' };
		const own = await startS3Sandbox({ accounts: [account] });
		const client = sdkClient(own);
		expect((await client.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
		client.destroy();
		await own.close();
	});
});
