import { defineOperation, WithFiles } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { fetchFile, findFile } from '../../transport/files/stored';
import { recordId } from '../../transport/recordId';
import { documentField } from './fields';

export const download = defineOperation({
	name: 'Download',
	value: 'download',
	action: 'Download a file',
	description:
		'Stream a file, an older version of one, an attachment or a document into a file of the item, and compare it with what Salesforce knows of it',
	repeatable: true,
	properties: [
		{
			...documentField,
			description:
				'A file (its ID begins with 069), a version of one (068), an attachment (00P) or a document (015)',
		},
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			hint: 'The name of the output binary field to put the file in',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'File Name',
					name: 'fileName',
					type: 'string',
					default: '',
					description: 'Of the output file, instead of the one that Salesforce has',
				},
			],
		},
	],
	async execute(salesforce: SalesforceClient, { fileId, binaryPropertyName, options }, item) {
		const { content, mimeType, ...found } = await findFile(salesforce, recordId(fileId, 'File'));
		const fileName = options.fileName || found.fileName;
		const saved = await fetchFile(
			salesforce,
			{ ...found, content },
			async (body) => await item.save(body, { fileName, mimeType }),
		);
		return new WithFiles({ ...found, fileName }, { [binaryPropertyName]: saved });
	},
});
