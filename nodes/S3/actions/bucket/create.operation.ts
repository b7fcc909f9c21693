import { defineOperation } from '../../../shared/node/defineOperation';
import { createBucketUnlessThere } from '../../transport/buckets';
import type { S3Client } from '../../transport/client';
import { checkMadeForLocks } from '../../transport/lockCheck';
import { newBucketField } from '../fields';
import { ownershipChoices } from './configurationFields';

export const create = defineOperation({
	name: 'Create',
	value: 'create',
	action: 'Create a bucket',
	description: 'Make a new bucket, in the region of the credential or another one',
	repeatable: true,
	properties: [
		newBucketField,
		{
			displayName: 'If It Exists',
			name: 'ifExists',
			type: 'options',
			options: [
				{ name: 'Fail', value: 'fail', description: 'The item fails' },
				{ name: 'Keep It', value: 'keep', description: 'A bucket that is yours counts as created' },
			],
			default: 'fail',
			description: 'What to do when you already have a bucket of this name',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'ACL',
					name: 'acl',
					type: 'options',
					options: [
						{ name: 'Authenticated Read', value: 'authenticated-read' },
						{ name: 'Private', value: 'private' },
						{ name: 'Public Read', value: 'public-read' },
						{ name: 'Public Read Write', value: 'public-read-write' },
					],
					default: 'private',
					description: 'Who may list the bucket and write into it',
				},
				{
					displayName: 'Object Lock',
					name: 'objectLock',
					type: 'boolean',
					default: false,
					description:
						'Whether objects can be locked against deletion. Switches versioning on, and cannot be switched off.',
				},
				{
					displayName: 'Object Ownership',
					name: 'ownership',
					type: 'options',
					options: ownershipChoices,
					default: 'BucketOwnerEnforced',
					description: 'Who has the objects that other accounts store. Enforced: ACLs are off.',
				},
				{
					displayName: 'Region',
					name: 'region',
					type: 'string',
					default: '',
					placeholder: 'e.g. eu-central-1',
					description: 'Where the bucket is to be, instead of the region of the credential',
				},
			],
		},
	],
	async execute(s3: S3Client, { bucket, ifExists, options }) {
		const region = options.region?.trim() || undefined;
		const wanted = { ...options, ifExists, region };
		const created = await createBucketUnlessThere(s3, bucket, wanted);
		if (created && options.objectLock) await checkMadeForLocks(s3, bucket);
		return { bucket, created };
	},
});
