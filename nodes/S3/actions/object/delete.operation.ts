import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { deleteObject } from '../../transport/objects';
import { bucketField, keyField, sameObject } from '../fields';

export const deleteOperation = defineOperation({
	name: 'Delete',
	value: 'delete',
	action: 'Delete an object',
	description:
		'Delete one object for good (a versioned bucket keeps its versions). An object that is not there counts as deleted.',
	repeatable: true,
	properties: [bucketField, keyField],
	inOrder: sameObject,
	async execute(s3: S3Client, { bucket, key }) {
		await deleteObject(s3, bucket, key);
		return { bucket, key, deleted: true };
	},
});
