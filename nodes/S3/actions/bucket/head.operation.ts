import { defineOperation } from '../../../shared/node/defineOperation';
import { headBucket } from '../../transport/buckets';
import type { S3Client } from '../../transport/client';
import { bucketField } from '../fields';

export const head = defineOperation({
	name: 'Head',
	value: 'head',
	action: 'Look whether a bucket is there',
	description: 'Say whether a bucket exists and where it is, without reading anything',
	repeatable: true,
	properties: [bucketField],
	async execute(s3: S3Client, { bucket }) {
		return { bucket, ...(await headBucket(s3, bucket)) };
	},
});
