import {
	CreateBucketCommand,
	PutBucketCorsCommand,
	PutBucketRequestPaymentCommand,
	PutBucketPolicyCommand,
	GetObjectCommand,
	PutObjectCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, sdkClient } from './sdk.ts';

const Bucket = 'scripts';
const alice = { accessKeyId: 'AKIAALICE', secretAccessKey: 'a', user: 'alice' };
const bob = { accessKeyId: 'AKIABOB', secretAccessKey: 'b', user: 'bob' };
let sandbox: S3Sandbox;
let sdk: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox({ accounts: [alice, bob] });
	sdk = sdkClient(sandbox);
	await sdk.send(new CreateBucketCommand({ Bucket }));
	await sdk.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ACL: 'public-read' }));
	await sdk.send(
		new PutBucketCorsCommand({
			Bucket,
			CORSConfiguration: {
				CORSRules: [
					{
						AllowedOrigins: ['https://*.example.org'],
						AllowedMethods: ['GET', 'PUT'],
						AllowedHeaders: ['x-amz-*', 'Content-Type'],
						ExposeHeaders: ['ETag'],
						MaxAgeSeconds: 60,
					},
					{ AllowedOrigins: ['*'], AllowedMethods: ['HEAD'] },
				],
			},
		}),
	);
});

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
});

const ask = (origin: string, method: string, headers = '') =>
	fetch(`${sandbox.endpoint}/${Bucket}/k`, {
		method: 'OPTIONS',
		headers: {
			origin,
			'access-control-request-method': method,
			...(headers && { 'access-control-request-headers': headers }),
		},
	});

test('a browser may ask first', async () => {
	const { status, headers } = await ask('https://a.example.org', 'PUT', 'Content-Type, x-amz-acl');
	expect([
		status,
		headers.get('access-control-allow-origin'),
		headers.get('access-control-allow-methods'),
		headers.get('access-control-allow-headers'),
		headers.get('access-control-expose-headers'),
		headers.get('access-control-max-age'),
		headers.get('access-control-allow-credentials'),
	]).toEqual([
		200,
		'https://a.example.org',
		'GET, PUT',
		'content-type, x-amz-acl',
		'ETag',
		'60',
		'true',
	]);
	const anybody = await ask('http://elsewhere', 'HEAD');
	expect(anybody.headers.get('access-control-allow-origin')).toBe('*');
});

test.each([
	['another origin', 'https://example.com', 'PUT', ''],
	['another method', 'https://a.example.org', 'DELETE', ''],
	['another header', 'https://a.example.org', 'PUT', 'authorization'],
])('%s is refused', async (_what, origin, method, headers) => {
	const answer = await ask(origin, method, headers);
	expect([answer.status, await answer.text()]).toEqual([
		403,
		expect.stringContaining('AccessForbidden'),
	]);
});

test('answers say whether the script may see them, errors too', async () => {
	const read = async (key: string, origin: string) => {
		const answer = await fetch(`${sandbox.endpoint}/${Bucket}/${key}`, { headers: { origin } });
		return [answer.status, answer.headers.get('access-control-allow-origin')];
	};
	expect(await read('k', 'https://a.example.org')).toEqual([200, 'https://a.example.org']);
	expect(await read('absent', 'https://a.example.org')).toEqual([403, 'https://a.example.org']);
	expect(await read('k', 'https://example.com')).toEqual([200, null]);
});

test('where the requester pays, strangers must say that they do', async () => {
	const other = sdkClient(sandbox, { credentials: bob });
	const Policy = JSON.stringify({
		Statement: [
			{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${Bucket}/*` },
		],
	});
	await sdk.send(new PutBucketPolicyCommand({ Bucket, Policy }));
	const RequestPaymentConfiguration = { Payer: 'Requester' as const };
	await sdk.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration }));
	const get = (client: S3Client, more = {}) =>
		client.send(new GetObjectCommand({ Bucket, Key: 'k', ...more }));
	expect(await codeOf(get(other))).toBe('AccessDenied');
	expect((await get(other, { RequestPayer: 'requester' })).RequestCharged).toBe('requester');
	expect(await codeOf(get(sdk))).toBe('no error');
	expect((await fetch(`${sandbox.endpoint}/${Bucket}/k`)).status).toBe(403);
	other.destroy();
});
