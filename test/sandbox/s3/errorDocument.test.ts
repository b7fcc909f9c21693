import {
	CreateBucketCommand,
	GetObjectCommand,
	HeadBucketCommand,
	ListObjectsV2Command,
	type S3Client,
	type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { keysOf, sdkClient } from './sdk.ts';

const Bucket = 'error-documents';
let sandbox: S3Sandbox;
const clients: S3Client[] = [];

function client(config: S3ClientConfig = {}): S3Client {
	const made = sdkClient(sandbox, config);
	clients.push(made);
	return made;
}

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	await client().send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
	for (const one of clients) one.destroy();
	await sandbox.close();
});

const get = () => new GetObjectCommand({ Bucket, Key: 'key' });

test('an error document names the resource and the ids, which the headers repeat', async () => {
	const answer = await fetch(`${sandbox.endpoint}/${Bucket}/a%26b`);
	const id = answer.headers.get('x-amz-request-id');
	const hostId = answer.headers.get('x-amz-id-2');
	expect(answer.status).toBe(403);
	expect(answer.headers.get('content-type')).toBe('application/xml');
	expect(await answer.text()).toBe(
		'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>' +
			`<Message>Access Denied</Message><Resource>/${Bucket}/a&amp;b</Resource>` +
			`<RequestId>${id}</RequestId><HostId>${hostId}</HostId></Error>`,
	);
});

test.each([
	['region', { region: 'eu-west-1' }, { Region: 'us-east-1' }],
	['clock', { systemClockOffset: -1e6 }, { MaxAllowedSkewMilliseconds: '900000' }],
	[
		'secret',
		{ credentials: { accessKeyId: 'AKIASANDBOXSANDBOX00', secretAccessKey: '-' } },
		{ AWSAccessKeyId: 'AKIASANDBOXSANDBOX00' },
	],
])('it tells what is needed to put the %s right', async (_, config, elements) => {
	await expect(client(config).send(get())).rejects.toMatchObject(elements);
});

test('it never holds a secret', async () => {
	const { secretAccessKey } = keysOf(sandbox);
	const error: unknown = await client({
		credentials: { ...keysOf(sandbox), secretAccessKey: 'wrong' },
	})
		.send(get())
		.catch((reason: unknown) => reason);
	const text = JSON.stringify(error);
	expect(text).toContain('StringToSign');
	expect(text).not.toContain(secretAccessKey);
});

test('HEAD has no body, but the region of the bucket is in a header', async () => {
	await client().send(
		new CreateBucketCommand({
			Bucket: 'far-away',
			CreateBucketConfiguration: { LocationConstraint: 'ap-south-1' },
		}),
	);
	const error: unknown = await client()
		.send(new HeadBucketCommand({ Bucket: 'far-away' }))
		.catch((reason: unknown) => reason);
	expect(error).toMatchObject({ $metadata: { httpStatusCode: 400 } });
	const there = client({ region: 'ap-south-1' });
	const head = await there.send(new HeadBucketCommand({ Bucket: 'far-away' }));
	expect(head.BucketRegion).toBe('ap-south-1');
	await expect(
		client().send(new ListObjectsV2Command({ Bucket: 'far-away' })),
	).rejects.toMatchObject({ Code: 'AuthorizationHeaderMalformed', Region: 'ap-south-1' });
});
