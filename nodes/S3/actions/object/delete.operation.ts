import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { deleteObject } from '../../transport/deleteObject';
import { bucketField, keyField, sameObject } from '../fields';
import { deleteOptions } from './deleteOptions';

export const deleteOperation = defineOperation({
	name: 'Delete',
	value: 'delete',
	action: 'Delete an object',
	description:
		'Delete one object for good (a versioned bucket keeps its versions). An object that is not there counts as deleted.',
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
			options: [
				...deleteOptions,
				{
					displayName: 'Only If ETag Matches',
					name: 'ifMatch',
					type: 'string',
					typeOptions: { condition: true },
					default: '',
					description:
						'The item fails unless the object has this ETag. Not every server knows this condition.',
				} as const,
			].sort(byDisplayName),
		},
	],
	inOrder: sameObject,
	async execute(s3: S3Client, { bucket, key, options }) {
		const deleted = await deleteObject(s3, bucket, key, options);
		return { bucket, key, deleted: true, ...deleted };
	},
});
