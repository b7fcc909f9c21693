import {
	CopyObjectCommand,
	CreateBucketCommand,
	DeleteObjectCommand,
	GetBucketAclCommand,
	GetBucketPolicyCommand,
	GetBucketPolicyStatusCommand,
	GetObjectAclCommand,
	GetObjectCommand,
	ListObjectsV2Command,
	PutBucketAclCommand,
	PutBucketPolicyCommand,
	PutObjectAclCommand,
	PutObjectCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, sdkClient } from './sdk.ts';

const alice = { accessKeyId: 'AKIAALICE', secretAccessKey: 'a', user: 'alice' };
const bob = { accessKeyId: 'AKIABOB', secretAccessKey: 'b', user: 'bob' };
let sandbox: S3Sandbox;
let owner: S3Client;
let other: S3Client;
let buckets = 0;
let Bucket = '';

beforeAll(async () => {
	sandbox = await startS3Sandbox({ accounts: [alice, bob] });
	owner = sdkClient(sandbox, { credentials: alice });
	other = sdkClient(sandbox, { credentials: bob });
});

beforeEach(async () => {
	Bucket = `access-${++buckets}`;
	await owner.send(new CreateBucketCommand({ Bucket }));
	await owner.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'body' }));
});

afterAll(async () => {
	owner.destroy();
	other.destroy();
	await sandbox.close();
});

const plain = async (path: string, init?: RequestInit) =>
	(await fetch(`${sandbox.endpoint}/${Bucket}${path}`, init)).status;
const grant = (statement: object) =>
	owner.send(
		new PutBucketPolicyCommand({
			Bucket,
			Policy: JSON.stringify({
				Version: '2012-10-17',
				Statement: [
					{ Effect: 'Allow', Principal: '*', Resource: `arn:aws:s3:::${Bucket}/*`, ...statement },
				],
			}),
		}),
	);
const get = (Key = 'k') => new GetObjectCommand({ Bucket, Key });

test('nobody but the owner may do anything at first', async () => {
	const calls = [get(), new DeleteObjectCommand({ Bucket, Key: 'k' })];
	expect(await plain('/k')).toBe(403);
	expect(await plain('/k', { method: 'PUT', body: 'x' })).toBe(403);
	expect(await codeOf(other.send(new ListObjectsV2Command({ Bucket })))).toBe('AccessDenied');
	for (const call of calls) expect(await codeOf(other.send(call))).toBe('AccessDenied');
	// Somebody who may not list does not learn what is absent.
	expect(await codeOf(other.send(get('absent')))).toBe('AccessDenied');
	expect(sandbox.read(Bucket, 'k')?.toString()).toBe('body');
});

test('a public object can be read by everybody, its bucket cannot', async () => {
	await owner.send(new PutObjectCommand({ Bucket, Key: 'open', Body: 'x', ACL: 'public-read' }));
	expect([await plain('/open'), await plain('/k'), await plain('')]).toEqual([200, 403, 403]);
	expect(await plain('/open', { method: 'DELETE' })).toBe(403);
	await owner.send(new PutObjectAclCommand({ Bucket, Key: 'open', ACL: 'private' }));
	expect(await plain('/open')).toBe(403);
});

test('a public bucket can be listed and, when it says so, written', async () => {
	await owner.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
	expect([await plain(''), await plain('/absent'), await plain('/k')]).toEqual([200, 404, 403]);
	expect(await plain('/new', { method: 'PUT', body: 'x' })).toBe(403);
	await owner.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read-write' }));
	expect(await plain('/new', { method: 'PUT', body: 'x' })).toBe(200);
});

test('grants name users and come back as they were', async () => {
	const { Owner } = await owner.send(new GetBucketAclCommand({ Bucket }));
	await other.send(new CreateBucketCommand({ Bucket: `${Bucket}-of-bob` }));
	const bobs = await other.send(new GetBucketAclCommand({ Bucket: `${Bucket}-of-bob` }));
	const GrantRead = `id="${bobs.Owner?.ID}"`;
	await owner.send(new PutObjectAclCommand({ Bucket, Key: 'k', GrantRead }));
	expect(await (await other.send(get())).Body?.transformToString()).toBe('body');
	const { Grants } = await owner.send(new GetObjectAclCommand({ Bucket, Key: 'k' }));
	expect(Grants).toEqual([
		{
			Grantee: { Type: 'CanonicalUser', ID: bobs.Owner?.ID, DisplayName: 'bob' },
			Permission: 'READ',
		},
	]);
	const AccessControlPolicy = {
		Owner,
		Grants: [
			...(Grants ?? []),
			{
				Grantee: {
					Type: 'Group' as const,
					URI: 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
				},
				Permission: 'READ_ACP' as const,
			},
		],
	};
	await owner.send(new PutObjectAclCommand({ Bucket, Key: 'k', AccessControlPolicy }));
	const seen = await other.send(new GetObjectAclCommand({ Bucket, Key: 'k' }));
	expect(seen.Grants).toEqual(AccessControlPolicy.Grants);
	const stolen = { ...AccessControlPolicy, Owner: bobs.Owner };
	const steal = new PutObjectAclCommand({ Bucket, Key: 'k', AccessControlPolicy: stolen });
	expect(await codeOf(owner.send(steal))).toBe('AccessDenied');
});

test('a policy allows by prefix, and its Deny binds even the owner', async () => {
	await owner.send(new PutObjectCommand({ Bucket, Key: 'open/a', Body: 'x' }));
	await grant({ Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/open/*` });
	expect([await plain('/open/a'), await plain('/k')]).toEqual([200, 403]);
	const status = await owner.send(new GetBucketPolicyStatusCommand({ Bucket }));
	expect(status.PolicyStatus?.IsPublic).toBe(true);
	await grant({ Effect: 'Deny', Action: 's3:Delete*' });
	const remove = new DeleteObjectCommand({ Bucket, Key: 'k' });
	expect(await codeOf(owner.send(remove))).toBe('AccessDenied');
	expect(sandbox.read(Bucket, 'k')?.toString()).toBe('body');
	await grant({ Effect: 'Deny', Action: 's3:*', Resource: [`arn:aws:s3:::${Bucket}`] });
	expect((await owner.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toContain('Deny');
});

test.each<[string, object, boolean]>([
	['its user', { Principal: { AWS: 'arn:aws:iam::123456789012:user/bob' } }, true],
	['another user', { Principal: { AWS: 'arn:aws:iam::123456789012:user/carol' } }, false],
	[
		'all but its user',
		{ Principal: undefined, NotPrincipal: { AWS: ['arn:aws:iam::1:user/bob'] } },
		false,
	],
	['its address', { Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } }, true],
	['another address', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }, false],
	['encrypted connections', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, false],
	['tagged objects', { Condition: { StringEquals: { 's3:ExistingObjectTag/a': 'b' } } }, true],
	[
		'a tag with another value',
		{ Condition: { StringNotLike: { 's3:ExistingObjectTag/a': 'b*' } } },
		false,
	],
	['another action', { NotAction: 's3:GetObject', Action: undefined }, false],
])('a policy that is for %s', async (_what, statement, allowed) => {
	await owner.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'body', Tagging: 'a=b' }));
	await grant({ Action: 's3:GetObject', ...statement });
	expect(await codeOf(other.send(get()))).toBe(allowed ? 'no error' : 'AccessDenied');
});

test('a copy needs the right to read its source', async () => {
	await other.send(new CreateBucketCommand({ Bucket: `${Bucket}-target` }));
	const copy = new CopyObjectCommand({
		Bucket: `${Bucket}-target`,
		Key: 'c',
		CopySource: `${Bucket}/k`,
	});
	expect(await codeOf(other.send(copy))).toBe('AccessDenied');
	await grant({ Action: 's3:GetObject' });
	expect(await codeOf(other.send(copy))).toBe('no error');
});

test('the owner a client expects must be the owner', async () => {
	const call = new GetObjectCommand({ Bucket, Key: 'k', ExpectedBucketOwner: '000000000000' });
	expect(await codeOf(owner.send(call))).toBe('AccessDenied');
});
