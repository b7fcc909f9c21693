import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { getObjectTags } from '../../transport/tagging';
import { bucketField, keyField } from '../fields';
import { versionIdOption } from './readOptions';

export const getTags = defineOperation({
	name: 'Get Tags',
	value: 'getTags',
	action: 'Get the tags of an object',
	description: 'Get the tags of an object, or of one of its versions',
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
			options: [versionIdOption],
		},
	],

	async execute(s3: S3Client, { bucket, key, options: { versionId } }) {
		const tags = await getObjectTags(s3, { bucket, key, versionId });
		return { bucket, key, ...(versionId && { versionId }), tags };
	},
});
