import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { getConfiguration as read } from '../../transport/configurations';
import { bucketField } from '../fields';
import { configurationKinds } from './configurationKinds';

export const getConfiguration = defineOperation({
	name: 'Get Configuration',
	value: 'getConfiguration',
	action: 'Get a configuration of a bucket',
	description:
		'Read the policy, lifecycle, tags, versioning or another configuration of a bucket, in the JSON of the AWS CLI. Where there is none, "configured" is false.',
	repeatable: true,
	properties: [
		bucketField,
		{
			displayName: 'Configuration',
			name: 'kind',
			type: 'options',
			options: configurationKinds,
			default: 'versioning',
			description: 'What to read',
		},
	],
	async execute(s3: S3Client, { bucket, kind }) {
		return { bucket, kind, ...(await read(s3, bucket, kind)) };
	},
});
