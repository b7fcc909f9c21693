import {
	CreateBucketCommand,
	GetObjectTaggingCommand,
	HeadObjectCommand,
	PutBucketAclCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { needs } from '../../needs';
import { postForm, signedFields } from './forms.ts';
import { run } from './program.ts';
import { keysOf, minioClient, sdkClient } from './sdk.ts';

const Bucket = 'forms';
const expiration = '2999-01-01T00:00:00.000Z';
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

const send = (conditions: unknown[], fields: Record<string, string>, file?: string) =>
	postForm(
		sandbox,
		Bucket,
		{ ...signedFields(sandbox, { expiration, conditions }), ...fields },
		file,
	);
const read = (key: string) => sandbox.read(Bucket, key)?.toString();
const codeIn = ({ text }: { text: string }) => /<Code>(.*)<\/Code>/.exec(text)?.[1];
const saying = ({ text }: { text: string }) => /<Message>(.*)<\/Message>/.exec(text)?.[1];
const anyKey = [{ bucket: Bucket }, ['starts-with', '$key', '']];

test('a form becomes an object with all that its fields say', async () => {
	const fields = {
		key: 'dir/${filename}',
		'Content-Type': 'text/x-form',
		'x-amz-meta-colour': 'green',
		'x-amz-storage-class': 'STANDARD_IA',
		tagging: '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
	};
	const conditions = [
		...anyKey,
		['starts-with', '$Content-Type', 'text/'],
		['eq', '$x-amz-meta-colour', 'green'],
		{ 'x-amz-storage-class': 'STANDARD_IA' },
		['starts-with', '$tagging', '<'],
		['content-length-range', 1, 100],
	];
	const { status, headers } = await send(conditions, fields);
	expect([status, headers.get('etag')]).toEqual([204, '"9144da26b6b58c823799dd4a8a884f26"']);
	const Key = 'dir/näme.txt';
	expect(read(Key)).toBe('the file');
	expect(await sdk.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
		ContentType: 'text/x-form',
		Metadata: { colour: 'green' },
		StorageClass: 'STANDARD_IA',
		TagCount: 1,
	});
	const { TagSet } = await sdk.send(new GetObjectTaggingCommand({ Bucket, Key }));
	expect(TagSet).toEqual([{ Key: 'a', Value: 'b' }]);
});

test('says what the form wants to be told', async () => {
	const wish = (name: string, value: string) =>
		send([...anyKey, { [name]: value }], { key: 'told &', [name]: value });
	expect((await wish('success_action_status', '200')).status).toBe(200);
	const created = await wish('success_action_status', '201');
	expect(created.status).toBe(201);
	expect(created.text).toContain('<Key>told &amp;</Key>');
	expect(created.headers.get('location')).toBe(`${sandbox.endpoint}/${Bucket}/told%20%26`);
	const sent = await wish('success_action_redirect', 'http://example.org/done?a=b');
	expect(sent.status).toBe(303);
	const target = new URL(sent.headers.get('location') ?? '');
	expect([...target.searchParams.keys()]).toEqual(['a', 'bucket', 'key', 'etag']);
	expect(target.searchParams.get('key')).toBe('told &');
});

test.each<[string, unknown[], Record<string, string>, string, string]>([
	[
		'a key that does not match',
		[{ bucket: Bucket }, { key: 'other' }],
		{},
		'AccessDenied',
		'Policy Condition failed',
	],
	[
		'a prefix that does not',
		[{ bucket: Bucket }, ['starts-with', '$key', 'x/']],
		{},
		'AccessDenied',
		'Policy Condition failed',
	],
	[
		'another bucket',
		[{ bucket: 'other' }, { key: 'refused' }],
		{},
		'AccessDenied',
		'Policy Condition failed',
	],
	[
		'a field without a condition',
		anyKey,
		{ acl: 'private' },
		'AccessDenied',
		'Extra input fields: acl',
	],
	['a file too large', [...anyKey, ['content-length-range', 0, 3]], {}, 'EntityTooLarge', ''],
	['a file too small', [...anyKey, ['content-length-range', 100, 300]], {}, 'EntityTooSmall', ''],
	['a changed policy', anyKey, { policy: 'e30=' }, 'SignatureDoesNotMatch', ''],
	[
		'a strange field',
		[...anyKey, { 'x-amz-colour': 'x' }],
		{ 'x-amz-colour': 'x' },
		'NotImplemented',
		'',
	],
	['no signature', anyKey, { 'x-amz-signature': '' }, 'InvalidArgument', 'x-amz-signature'],
])('refuses %s', async (_what, conditions, fields, code, message) => {
	const answer = await send(conditions, { key: 'refused', ...fields });
	expect(codeIn(answer)).toBe(code);
	expect(saying(answer)).toContain(message);
	expect(read('refused')).toBeUndefined();
});

test('refuses what has expired, and strangers unless the bucket is theirs', async () => {
	const fields = signedFields(sandbox, { expiration: '2020-01-01T00:00:00Z', conditions: anyKey });
	const late = await postForm(sandbox, Bucket, { ...fields, key: 'refused' });
	expect(saying(late)).toContain('Policy expired');
	expect(codeIn(await postForm(sandbox, Bucket, { key: 'refused' }))).toBe('AccessDenied');
	expect(read('refused')).toBeUndefined();
	await sdk.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read-write' }));
	expect((await postForm(sandbox, Bucket, { key: 'open' })).status).toBe(204);
	await sdk.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }));
});

test("MinIO's client makes a form that is taken", async () => {
	const minio = minioClient(sandbox);
	const policy = minio.newPostPolicy();
	policy.setBucket(Bucket);
	policy.setKey('minio');
	policy.setExpires(new Date(Date.now() + 60_000));
	policy.setContentType('text/plain');
	policy.setContentLengthRange(1, 1000);
	const { formData } = await minio.presignedPostPolicy(policy);
	const fields = formData as Record<string, string>;
	expect(await postForm(sandbox, Bucket, fields)).toMatchObject({ status: 204 });
	expect(read('minio')).toBe('the file');
});

needs('/usr/bin/python3', '/usr/lib/python3/dist-packages/botocore')('botocore', () => {
	test('makes a form that is taken', async () => {
		const script = `
import json, sys, botocore.session
from botocore.config import Config
given = json.load(sys.stdin)
client = botocore.session.get_session().create_client('s3', region_name='us-east-1', endpoint_url=given['endpoint'],
    aws_access_key_id=given['accessKeyId'], aws_secret_access_key=given['secretAccessKey'],
    config=Config(signature_version='s3v4', s3={'addressing_style': 'path'}))
print(json.dumps(client.generate_presigned_post('forms', 'boto/\${filename}', Fields={'acl': 'private'},
    Conditions=[{'acl': 'private'}, ['content-length-range', 1, 1000]], ExpiresIn=60)))
`;
		const input = JSON.stringify({ endpoint: sandbox.endpoint, ...keysOf(sandbox) });
		const { stdout, output } = await run('python3', ['-c', script], { HOME: '/tmp' }, input);
		expect(output).not.toContain('Traceback');
		const { fields } = JSON.parse(stdout) as { fields: Record<string, string> };
		expect(await postForm(sandbox, Bucket, fields)).toMatchObject({ status: 204 });
		expect(read('boto/näme.txt')).toBe('the file');
	});
});

test('keys that are over sign no form', async () => {
	let now = Date.now();
	const account = { accessKeyId: 'AKIASHORT', secretAccessKey: 'short', expiresAt: now + 60_000 };
	const short = await startS3Sandbox({ accounts: [account], now: () => now });
	const client = sdkClient(short);
	try {
		await client.send(new CreateBucketCommand({ Bucket }));
		const fields = { ...signedFields(short, { expiration, conditions: anyKey }), key: 'k' };
		expect((await postForm(short, Bucket, fields)).status).toBe(204);
		now += 60_000;
		expect(codeIn(await postForm(short, Bucket, fields))).toBe('ExpiredToken');
	} finally {
		client.destroy();
		await short.close();
	}
});
