import {
	CompleteMultipartUploadCommand,
	CopyObjectCommand,
	CreateBucketCommand,
	CreateMultipartUploadCommand,
	GetObjectCommand,
	HeadObjectCommand,
	PutBucketCorsCommand,
	PutObjectCommand,
	UploadPartCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { crc32 } from 'node:zlib';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { needs } from '../../needs';
import { postForm, signedFields } from './forms.ts';
import { run } from './program.ts';
import { rawExchange } from './rawSocket.ts';
import { codeOf, keysOf, sdkClient, tamper } from './sdk.ts';

// What Ceph's suite of S3 tests (https://github.com/ceph/s3-tests) expects of a server and Amazon's does.
const Bucket = 'conformance';
const Key = 'key';
let sandbox: S3Sandbox;
let sdk: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	sdk = sdkClient(sandbox);
	await sdk.send(new CreateBucketCommand({ Bucket }));
	await sdk.send(new PutObjectCommand({ Bucket, Key, Body: 'body' }));
});

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
});

test.each(['foo.-bar', 'foo-.bar', 'foo..bar', 'foo_bar', '192.168.5.123', '-foo', 'foo-'])(
	'%s is no name of a bucket',
	async (name) => {
		expect(await codeOf(sdk.send(new CreateBucketCommand({ Bucket: name })))).toBe(
			'InvalidBucketName',
		);
	},
);

test('a part that an object does not have is not satisfiable', async () => {
	const get = sdk.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
	await expect(get).rejects.toMatchObject({
		name: 'InvalidPartNumber',
		$metadata: { httpStatusCode: 416 },
	});
});

test.each([
	['GET', new GetObjectCommand({ Bucket, Key })],
	['HEAD', new HeadObjectCommand({ Bucket, Key })],
])('%s does not take the header of an encryption by the server', async (_method, command) => {
	const asking = tamper(sdkClient(sandbox), 'early', (request) => {
		request.headers['x-amz-server-side-encryption'] = 'AES256';
	});
	await expect(asking.send(command)).rejects.toMatchObject({
		$metadata: { httpStatusCode: 400 },
	});
	asking.destroy();
});

test('an unknown encryption is an invalid argument', async () => {
	const put = new PutObjectCommand({
		Bucket,
		Key: 'refused',
		Body: 'x',
		ServerSideEncryption: 'aes:kms' as 'aws:kms',
	});
	expect(await codeOf(sdk.send(put))).toBe('InvalidArgument');
});

test.each([
	['aws-chunked', undefined],
	['deflate, aws-chunked', 'deflate'],
	['deflate, aws-chunked, gzip', 'deflate, gzip'],
	['deflate, gzip', 'deflate, gzip'],
])('the encoding %s is kept as %s', async (ContentEncoding, kept) => {
	await sdk.send(new PutObjectCommand({ Bucket, Key: 'encoded', Body: 'x', ContentEncoding }));
	const head = await sdk.send(new HeadObjectCommand({ Bucket, Key: 'encoded' }));
	expect(head.ContentEncoding).toBe(kept);
});

test('a copy onto itself may name the encryption that it has', async () => {
	const onto = { Bucket, Key, CopySource: `${Bucket}/${Key}` };
	expect(await codeOf(sdk.send(new CopyObjectCommand(onto)))).toBe('InvalidRequest');
	await sdk.send(new CopyObjectCommand({ ...onto, ServerSideEncryption: 'AES256' }));
	await sdk.send(new CopyObjectCommand({ ...onto, ServerSideEncryption: 'AES256' }));
});

test('nobody chooses the headers of an answer without a signature', async () => {
	const acl = { ACL: 'public-read' as const };
	await sdk.send(new PutObjectCommand({ Bucket, Key: 'public', Body: 'x', ...acl }));
	const url = `${sandbox.endpoint}/${Bucket}/public`;
	expect((await fetch(url)).status).toBe(200);
	const answer = await fetch(`${url}?response-content-type=text/html`);
	expect([answer.status, await answer.text()]).toEqual([
		400,
		expect.stringContaining('<Code>InvalidRequest</Code>'),
	]);
});

test('a request that names a method gets the headers of its rule', async () => {
	const CORSRules = [{ AllowedMethods: ['GET'], AllowedOrigins: ['http://a.example'] }];
	await sdk.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
	const allowed = async (headers: Record<string, string>) => {
		const about = { method: 'PUT', headers: { origin: 'http://a.example', ...headers } };
		const { status, headers: got } = await fetch(`${sandbox.endpoint}/${Bucket}/x`, about);
		return [status, got.get('access-control-allow-origin')];
	};
	expect(await allowed({})).toEqual([403, null]);
	const named = { 'access-control-request-method': 'GET' };
	expect(await allowed(named)).toEqual([403, 'http://a.example']);
});

describe('completing an upload', () => {
	const upload = async (on: S3Sandbox) => {
		const client = sdkClient(on);
		const about = { Bucket, Key: 'in parts' };
		const made = await client.send(
			new CreateMultipartUploadCommand({ ...about, ChecksumAlgorithm: 'CRC32' }),
		);
		const of = { ...about, UploadId: made.UploadId };
		const part = { ...of, PartNumber: 1, Body: 'x', ChecksumAlgorithm: 'CRC32' as const };
		const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand(part));
		const Parts = [{ PartNumber: 1, ETag, ChecksumCRC32 }];
		const complete = async (more: object = {}) =>
			await client.send(
				new CompleteMultipartUploadCommand({ ...of, MultipartUpload: { Parts }, ...more }),
			);
		return { complete, done: () => client.destroy() };
	};

	test('again answers the same, and writes nothing', async () => {
		const { complete, done } = await upload(sandbox);
		const first = await complete();
		await sdk.send(new PutObjectCommand({ Bucket, Key: 'in parts', Body: 'newer' }));
		expect(await complete()).toMatchObject({ ETag: first.ETag, Location: first.Location });
		expect(sandbox.read(Bucket, 'in parts')?.toString()).toBe('newer');
		const other = { MultipartUpload: { Parts: [{ PartNumber: 2, ETag: '"x"' }] } };
		expect(await codeOf(complete(other))).toBe('NoSuchUpload');
		done();
	});

	test('again is refused by a server that forgets', async () => {
		const forgetful = await startS3Sandbox({ forgetsUploads: true });
		const client = sdkClient(forgetful);
		await client.send(new CreateBucketCommand({ Bucket }));
		const { complete, done } = await upload(forgetful);
		await complete();
		expect(await codeOf(complete())).toBe('NoSuchUpload');
		done();
		client.destroy();
		await forgetful.close();
	});

	// minio-go says the checksum of the checksums without the number of parts behind it.
	test('the checksum of a composite is taken with and without the number of parts', async () => {
		const { complete, done } = await upload(sandbox);
		const wrong = { ChecksumCRC32: 'AAAAAA==' };
		expect(await codeOf(complete(wrong))).toBe('BadDigest');
		// CRC32 of the four bytes 0x8CDC1683, which are the CRC32 of "x".
		const sum = crc32(Buffer.from('8cdc1683', 'hex'));
		const bytes = Buffer.alloc(4);
		bytes.writeUInt32BE(sum);
		const { ChecksumCRC32 } = await complete({ ChecksumCRC32: bytes.toString('base64') });
		expect(ChecksumCRC32).toBe(`${bytes.toString('base64')}-1`);
		done();
	});
});

test('an expectation that S3 does not know does not matter', async () => {
	const request = `GET /${Bucket} HTTP/1.1\r\nHost: x\r\nExpect: 200\r\nConnection: close\r\n\r\n`;
	expect(await rawExchange(sandbox.port, Buffer.from(request))).toMatch(/^HTTP\/1.1 403 /);
});

describe('forms', () => {
	const expiration = '2999-01-01T00:00:00Z';
	const anyKey = ['starts-with', '$key', ''];
	const send = async (policy: object, fields: Record<string, string> = {}) => {
		const signed = signedFields(sandbox, policy);
		const { status, text } = await postForm(sandbox, Bucket, { ...signed, key: 'form', ...fields });
		return [status, /<Code>(.*)<\/Code>/.exec(text)?.[1]];
	};

	test('the policy must name the bucket', async () => {
		const conditions = [anyKey];
		expect(await send({ expiration, conditions })).toEqual([403, 'AccessDenied']);
	});

	test.each(['2999-01-01 00:00:00', '2999-01-01', 'Jan 1 2999'])(
		'%s is no date of a policy',
		async (date) => {
			const conditions = [{ bucket: Bucket }, anyKey];
			expect(await send({ expiration: date, conditions })).toEqual([400, 'InvalidPolicyDocument']);
		},
	);

	test('upper and lower case of operators and fields do not matter', async () => {
		const conditions = [{ bUcKeT: Bucket }, ['StArTs-WiTh', '$KeY', 'fo'], { AcL: 'private' }];
		expect(await send({ expiration, conditions }, { aCl: 'private' })).toEqual([204, undefined]);
	});
});

needs('/usr/bin/python3', '/usr/lib/python3/dist-packages/botocore')('botocore', () => {
	test('is told whether a policy is public', async () => {
		const script = `
import json, sys, botocore.session
given = json.load(sys.stdin)
client = botocore.session.get_session().create_client('s3', region_name='us-east-1', endpoint_url=given['endpoint'],
    aws_access_key_id=given['accessKeyId'], aws_secret_access_key=given['secretAccessKey'])
def status(principal):
    client.put_bucket_policy(Bucket='conformance', Policy=json.dumps({'Version': '2012-10-17', 'Statement': [{
        'Effect': 'Allow', 'Principal': principal, 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::conformance/*'}]}))
    return client.get_bucket_policy_status(Bucket='conformance')['PolicyStatus']['IsPublic']
print(json.dumps([status('*'), status({'AWS': 'arn:aws:iam::111122223333:root'})]))
`;
		const input = JSON.stringify({ endpoint: sandbox.endpoint, ...keysOf(sandbox) });
		const { stdout, output } = await run('python3', ['-c', script], { HOME: '/tmp' }, input);
		expect(output).not.toContain('Traceback');
		expect(JSON.parse(stdout)).toEqual([true, false]);
	});
});
