import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { copyObject } from '../../transport/copy';
import { bucketField, newKeyField, sourceBucketField, sourceKeyField } from '../fields';

export const copy = defineOperation({
	name: 'Copy',
	value: 'copy',
	action: 'Copy an object',
	description: 'Copy an object inside the server, with its metadata',
	repeatable: true,
	properties: [sourceBucketField, sourceKeyField, bucketField, newKeyField],
	inOrder: ({ sourceBucket, sourceKey, bucket, key }) => ({
		reads: [`${sourceBucket}/${sourceKey}`],
		changes: [`${bucket}/${key}`],
	}),
	async execute(s3: S3Client, { sourceBucket, sourceKey, bucket, key }) {
		const source = { bucket: sourceBucket, key: sourceKey };
		const copied = await copyObject(s3, source, { bucket, key });
		return { bucket, key, sourceBucket, sourceKey, ...copied };
	},
});
