import { defineOperation } from '../../../shared/node/defineOperation';
import { deleteBucket } from '../../transport/buckets';
import type { S3Client } from '../../transport/client';
import { emptyBucket } from '../../transport/emptyBucket';
import { bucketField } from '../fields';

export const deleteOperation = defineOperation({
	name: 'Delete',
	value: 'delete',
	action: 'Delete a bucket',
	description:
		'Delete an empty bucket for good, or with "Delete All Objects First" one with everything in it',
	repeatable: true,
	properties: [
		bucketField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Delete All Objects First',
					name: 'emptyFirst',
					type: 'boolean',
					default: false,
					description:
						'Whether to delete all objects in the bucket for good, with all their versions. Without it, a bucket that is not empty stays.',
				},
			],
		},
	],
	async execute(s3: S3Client, { bucket, options }) {
		const deletedObjects = options.emptyFirst ? await emptyBucket(s3, bucket) : 0;
		await deleteBucket(s3, bucket);
		return { bucket, deleted: true, deletedObjects };
	},
});
