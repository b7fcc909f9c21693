import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { putObject } from '../../transport/objects';
import { bucketField } from '../fields';
import { asFolder } from './folderFields';

export const create = defineOperation({
	name: 'Create',
	value: 'create',
	action: 'Create a folder',
	description:
		'Make an empty folder visible by an object without content whose key ends with a slash. To store objects in a folder it need not be created.',
	repeatable: true,
	properties: [
		bucketField,
		{
			displayName: 'Folder',
			name: 'folder',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 2026/invoices',
			description: 'Full name of the folder in the bucket; the slash at its end may be left out',
		},
	],
	async execute(s3: S3Client, { bucket, folder }) {
		const key = asFolder(folder);
		const headers = { 'content-type': 'application/x-directory' };
		const stored = await putObject(s3, bucket, key, Buffer.alloc(0), headers);
		return { bucket, key, created: true, ...stored };
	},
});
