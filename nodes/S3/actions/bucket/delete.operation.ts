import { defineOperation } from '../../../shared/node/defineOperation';
import { deleteBucket } from '../../transport/buckets';
import type { S3Client } from '../../transport/client';
import { bucketField } from '../fields';

export const deleteOperation = defineOperation({
	name: 'Delete',
	value: 'delete',
	action: 'Delete a bucket',
	description: 'Delete an empty bucket for good',
	repeatable: true,
	properties: [bucketField],
	async execute(s3: S3Client, { bucket }) {
		await deleteBucket(s3, bucket);
		return { bucket, deleted: true };
	},
});
