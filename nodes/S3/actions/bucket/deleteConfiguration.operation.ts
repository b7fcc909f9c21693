import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { deleteConfiguration as remove } from '../../transport/configurations';
import { bucketField, sameBucket } from '../fields';
import { removableKinds } from './configurationKinds';

export const deleteConfiguration = defineOperation({
	name: 'Delete Configuration',
	value: 'deleteConfiguration',
	action: 'Delete a configuration of a bucket',
	description:
		'Delete the policy, lifecycle, tags or another configuration of a bucket for good. A bucket that has none counts as done.',
	repeatable: true,
	properties: [
		bucketField,
		{
			displayName: 'Configuration',
			name: 'kind',
			type: 'options',
			options: removableKinds,
			default: 'lifecycle',
			description: 'What to delete',
		},
	],
	inOrder: sameBucket,
	async execute(s3: S3Client, { bucket, kind }) {
		await remove(s3, bucket, kind);
		return { bucket, kind, deleted: true };
	},
});
