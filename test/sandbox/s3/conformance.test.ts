import {
	CreateBucketCommand,
	GetObjectCommand,
	HeadObjectCommand,
	PutObjectCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
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
