import {
	CopyObjectCommand,
	CreateBucketCommand,
	DeleteObjectCommand,
	GetBucketCorsCommand,
	GetBucketEncryptionCommand,
	GetBucketLifecycleConfigurationCommand,
	GetBucketOwnershipControlsCommand,
	GetBucketTaggingCommand,
	GetBucketWebsiteCommand,
	GetObjectCommand,
	GetObjectLockConfigurationCommand,
	GetObjectRetentionCommand,
	GetPublicAccessBlockCommand,
	PutBucketLoggingCommand,
	PutObjectCommand,
	PutObjectLockConfigurationCommand,
	RestoreObjectCommand,
	type S3Client,
} from '@aws-sdk/client-s3';
import type { Provocations } from './provokeByProperties.ts';
import { tamper } from './sdk.ts';

/** Configurations that are absent or wrong, locks, keys and the archive. */
export function provokeByConfiguration(
	client: () => S3Client,
	{ Bucket, Key }: { Bucket: string; Key: string },
): Provocations {
	const absent = (
		Get: new (input: { Bucket: string }) => { input: object },
	): Array<[string, () => Promise<unknown>]> => [
		['nobody has set', () => client().send(new Get({ Bucket }) as GetBucketCorsCommand)],
	];
	const archive = async () => {
		const input = { Bucket, Key: 'archived', Body: 'x', StorageClass: 'GLACIER' as const };
		await client().send(new PutObjectCommand(input));
	};
	const preflight = (headers: Record<string, string>) =>
		tamper(client(), 'late', (request) => {
			request.method = 'OPTIONS';
			Object.assign(request.headers, headers);
		}).send(new GetObjectCommand({ Bucket, Key }));
	const restore = () =>
		client().send(
			new RestoreObjectCommand({ Bucket, Key: 'archived', RestoreRequest: { Days: 1 } }),
		);
	return {
		AccessControlListNotSupported: [
			[
				'in a bucket without ACLs',
				async () => {
					const own = { Bucket: `${Bucket}-enforced` };
					const ObjectOwnership = 'BucketOwnerEnforced' as const;
					await client().send(new CreateBucketCommand({ ...own, ObjectOwnership }));
					const put = new PutObjectCommand({ ...own, Key, Body: 'x', ACL: 'public-read' });
					return await client().send(put);
				},
			],
		],
		AccessForbidden: [
			[
				'a browser of another origin',
				() => preflight({ origin: 'http://a', 'access-control-request-method': 'GET' }),
			],
		],
		BadRequest: [['a preflight without an origin', () => preflight({})]],
		InvalidBucketState: [
			[
				'a lock without versioning',
				() =>
					client().send(
						new PutObjectLockConfigurationCommand({
							Bucket,
							ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' },
						}),
					),
			],
		],
		InvalidEncryptionAlgorithmError: [
			[
				'an unknown one with a key of the client',
				() =>
					client().send(
						new PutObjectCommand({
							Bucket,
							Key: 'refused',
							Body: 'x',
							SSECustomerAlgorithm: 'rot13',
							SSECustomerKey: 'k'.repeat(32),
						}),
					),
			],
		],
		InvalidObjectState: [
			[
				'read from the archive',
				async () => {
					await archive();
					return await client().send(new GetObjectCommand({ Bucket, Key: 'archived' }));
				},
			],
			[
				'restore what is not in it',
				() => client().send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest: { Days: 1 } })),
			],
		],
		InvalidTargetBucketForLogging: [
			[
				'an absent bucket',
				() =>
					client().send(
						new PutBucketLoggingCommand({
							Bucket,
							BucketLoggingStatus: {
								LoggingEnabled: { TargetBucket: 'absent', TargetPrefix: '' },
							},
						}),
					),
			],
		],
		NoSuchCORSConfiguration: absent(GetBucketCorsCommand),
		NoSuchLifecycleConfiguration: absent(GetBucketLifecycleConfigurationCommand),
		NoSuchObjectLockConfiguration: [
			[
				'an object without a retention',
				async () => {
					const own = { Bucket: `${Bucket}-locked` };
					await client().send(
						new CreateBucketCommand({ ...own, ObjectLockEnabledForBucket: true }),
					);
					await client().send(new PutObjectCommand({ ...own, Key, Body: 'x' }));
					return await client().send(new GetObjectRetentionCommand({ ...own, Key }));
				},
			],
		],
		NoSuchPublicAccessBlockConfiguration: absent(GetPublicAccessBlockCommand),
		NoSuchTagSet: absent(GetBucketTaggingCommand),
		NoSuchWebsiteConfiguration: absent(GetBucketWebsiteCommand),
		ObjectLockConfigurationNotFoundError: absent(GetObjectLockConfigurationCommand),
		ObjectNotInActiveTierError: [
			[
				'copy from the archive',
				async () => {
					await archive();
					const CopySource = `${Bucket}/archived`;
					return await client().send(new CopyObjectCommand({ Bucket, Key: 'refused', CopySource }));
				},
			],
		],
		OwnershipControlsNotFoundError: absent(GetBucketOwnershipControlsCommand),
		RestoreAlreadyInProgress: [
			[
				'twice',
				async () => {
					await archive();
					await restore();
					try {
						return await restore();
					} finally {
						await client().send(new DeleteObjectCommand({ Bucket, Key: 'archived' }));
					}
				},
			],
		],
		ServerSideEncryptionConfigurationNotFoundError: absent(GetBucketEncryptionCommand),
	};
}
