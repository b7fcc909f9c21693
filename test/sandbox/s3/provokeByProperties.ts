import {
	DeleteBucketPolicyCommand,
	GetBucketPolicyCommand,
	GetObjectCommand,
	PutBucketAclCommand,
	PutBucketPolicyCommand,
	PutBucketVersioningCommand,
	PutObjectAclCommand,
	PutObjectTaggingCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import { tamper } from './sdk.ts';

/** By error code: what makes the server give it. */
export type Provocations = Record<string, Array<[how: string, call: () => Promise<unknown>]>>;

/** Tags, ACLs, versions and policies that the server refuses. */
export function provokeByProperties(
	client: () => S3Client,
	{ Bucket, Key }: { Bucket: string; Key: string },
): Provocations {
	const absentVersion = 'A'.repeat(32);
	const tag = (...TagSet: Array<{ Key: string; Value: string }>) =>
		client().send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }));
	const policy = (Policy: string) => client().send(new PutBucketPolicyCommand({ Bucket, Policy }));
	const statement = (change: object) =>
		JSON.stringify({
			Statement: [
				{
					Effect: 'Allow',
					Principal: '*',
					Action: 's3:GetObject',
					Resource: `arn:aws:s3:::${Bucket}/*`,
					...change,
				},
			],
		});
	return {
		IllegalVersioningConfigurationException: [
			[
				'an empty configuration',
				() =>
					client().send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: {} })),
			],
		],
		InvalidTag: [
			[
				'11 tags',
				() => tag(...Array.from({ length: 11 }, (_, at) => ({ Key: `${at}`, Value: '' }))),
			],
			['the same twice', () => tag({ Key: 'a', Value: '' }, { Key: 'a', Value: 'b' })],
			['129 characters', () => tag({ Key: 'k'.repeat(129), Value: '' })],
			['a value of 257 characters', () => tag({ Key: 'k', Value: 'v'.repeat(257) })],
			['a name of Amazon', () => tag({ Key: 'aws:x', Value: '' })],
			['a character', () => tag({ Key: 'a', Value: 'b&c' })],
		],
		MalformedACLError: [
			[
				'an unknown permission',
				() =>
					client().send(
						new PutBucketAclCommand({
							Bucket,
							AccessControlPolicy: {
								Owner: { ID: '7d6a4ea3eb0dc8ab6b46ee4b4a4bbf5a1b2d2bdbfbdcfb4a3ed0d51a3b8ea1d1' },
							},
						}),
					),
			],
		],
		MalformedPolicy: [
			['no JSON', () => policy('x')],
			['no statement', () => policy('{}')],
			['an effect', () => policy(statement({ Effect: 'Perhaps' }))],
			['an action of another service', () => policy(statement({ Action: 'ec2:*' }))],
			["another bucket's resource", () => policy(statement({ Resource: 'arn:aws:s3:::other/*' }))],
			['a condition', () => policy(statement({ Condition: { Sometimes: { 's3:prefix': 'x' } } }))],
			['no principal', () => policy(statement({ Principal: undefined }))],
		],
		MissingSecurityHeader: [
			['an ACL without anything', () => client().send(new PutObjectAclCommand({ Bucket, Key }))],
		],
		NoSuchBucketPolicy: [
			[
				'after it was deleted',
				async () => {
					await policy(statement({}));
					await client().send(new DeleteBucketPolicyCommand({ Bucket }));
					return await client().send(new GetBucketPolicyCommand({ Bucket }));
				},
			],
		],
		NoSuchVersion: [
			[
				'read',
				() => client().send(new GetObjectCommand({ Bucket, Key, VersionId: absentVersion })),
			],
		],
		UnexpectedContent: [
			[
				'two ACLs',
				() => {
					const both = tamper(
						client(),
						'early',
						({ headers }) => (headers['x-amz-acl'] = 'private'),
					);
					const AccessControlPolicy = { Grants: [], Owner: { ID: 'x' } };
					return both.send(new PutObjectAclCommand({ Bucket, Key, AccessControlPolicy }));
				},
			],
		],
		UnresolvableGrantByEmailAddress: [
			[
				'nobody',
				() =>
					client().send(
						new PutObjectAclCommand({ Bucket, Key, GrantRead: 'emailAddress="a@example.org"' }),
					),
			],
		],
	};
}
