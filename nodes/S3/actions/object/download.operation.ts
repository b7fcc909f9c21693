import { defineOperation, WithFiles } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { download as receive } from '../../transport/download';
import { bucketField, keyField } from '../fields';

export const download = defineOperation({
	name: 'Download',
	value: 'download',
	action: 'Download an object',
	description: 'Stream an object into a file of the item',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			hint: 'The name of the output binary field to put the file in',
		},
	],
	async execute(s3: S3Client, { bucket, key, binaryPropertyName }, item) {
		const { info, body } = await receive(s3, bucket, key);
		const fileName = key.split('/').findLast((part) => part !== '') ?? key;
		const file = await item.save(body, { fileName, mimeType: info.contentType });
		return new WithFiles(info, { [binaryPropertyName]: file });
	},
});
