import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { headObject } from '../../transport/objects';
import { bucketField, keyField } from '../fields';

export const head = defineOperation({
	name: 'Head',
	value: 'head',
	action: 'Get the metadata of an object',
	description: 'Get size, type, ETag and metadata of an object without its content',
	repeatable: true,
	properties: [bucketField, keyField],
	async execute(s3: S3Client, { bucket, key }) {
		return await headObject(s3, bucket, key);
	},
});
