import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { addVersion } from '../../transport/files/versions';
import { recordId } from '../../transport/recordId';
import {
	descriptionOption,
	documentField,
	fileNameOption,
	inputFileField,
	reasonOption,
	sourceOf,
	titleOf,
	versionRow,
} from './fields';

export const uploadVersion = defineOperation({
	name: 'Upload Version',
	value: 'uploadVersion',
	action: 'Upload a new version of a file',
	description:
		'Store a file of the item as the new version of a file. Everybody who has the file sees the new version; the old ones are kept.',
	repeatable: false,
	properties: [
		documentField,
		inputFileField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [descriptionOption, fileNameOption, reasonOption],
		},
	],
	inOrder: ({ fileId }) => fileId.slice(0, 15),
	async execute(salesforce: SalesforceClient, { fileId, binaryPropertyName, options }, item) {
		const { fileName, reasonForChange, description } = options;
		const document = recordId(fileId, 'File');
		const source = await sourceOf(item, binaryPropertyName, fileName);
		const fields = {
			ContentDocumentId: document,
			Title: titleOf(source.fileName),
			PathOnClient: source.fileName,
			...(description && { Description: description }),
			...(reasonForChange && { ReasonForChange: reasonForChange }),
		};
		return versionRow(await addVersion(salesforce, fields, source));
	},
});
