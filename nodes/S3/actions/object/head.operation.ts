import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { headObject } from '../../transport/objects';
import { bucketField, keyField } from '../fields';
import { readOptions, readReadOptions } from './readOptions';

export const head = defineOperation({
	name: 'Head',
	value: 'head',
	action: 'Get the metadata of an object',
	description:
		'Get size, type, ETag, metadata and the state of lock, restore, encryption and replication of an object, without its content',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...readOptions],
		},
	],
	async execute(s3: S3Client, { bucket, key, options }) {
		return await headObject(s3, bucket, key, readReadOptions(options));
	},
});
