import { defineOperation } from '../../../shared/node/defineOperation';
import { createBucket } from '../../transport/buckets';
import type { S3Client } from '../../transport/client';
import { newBucketField } from '../fields';

export const create = defineOperation({
	name: 'Create',
	value: 'create',
	action: 'Create a bucket',
	description: 'Create a bucket in the region of the credential',
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
	],
	async execute(s3: S3Client, { bucket, ifExists }) {
		const created = await createBucket(s3, bucket, { ifExists });
		return { bucket, created };
	},
});
