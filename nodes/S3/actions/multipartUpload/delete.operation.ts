import { defineOperation } from '../../../shared/node/defineOperation';
import { abortOpenUpload } from '../../transport/abortUpload';
import type { S3Client } from '../../transport/client';
import { bucketField, newKeyField } from '../fields';

export const deleteOperation = defineOperation({
	name: 'Delete',
	value: 'delete',
	action: 'Delete a multipart upload',
	description:
		'Abort an upload that is not complete, and delete the parts it has for good. A part that is still on the way may stay: look again afterwards.',
	repeatable: true,
	properties: [
		bucketField,
		newKeyField,
		{
			displayName: 'Upload ID',
			name: 'uploadId',
			type: 'string',
			required: true,
			default: '',
			description: 'As "Get Many" returns it',
		},
	],
	async execute(s3: S3Client, { bucket, key, uploadId }) {
		await abortOpenUpload(s3, { bucket, key, uploadId });
		return { bucket, key, uploadId, deleted: true };
	},
});
