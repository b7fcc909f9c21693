import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { addVersion } from '../../transport/files/versions';
import { recordId } from '../../transport/recordId';
import {
	descriptionOption,
	fileNameOption,
	inputFileField,
	sourceOf,
	titleOf,
	versionRow,
} from './fields';

export const upload = defineOperation({
	name: 'Upload',
	value: 'upload',
	action: 'Upload a file',
	description:
		'Store a file of the item as a new file of Salesforce, up to 2 GB, and compare what is stored with what was sent',
	repeatable: false,
	preselected: true,
	properties: [
		inputFileField,
		{
			displayName: 'Record ID',
			name: 'recordId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 0015e00000AbCdEFGH',
			description:
				'The record that the file belongs to. Leave empty for a file in the library of the user.',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				descriptionOption,
				fileNameOption,
				{
					displayName: 'Title',
					name: 'title',
					type: 'string',
					default: '',
					description: 'Default: the name of the file without its extension',
				},
			],
		},
	],
	async execute(
		salesforce: SalesforceClient,
		{ binaryPropertyName, recordId: record, options },
		item,
	) {
		const { title, fileName, description } = options;
		const place = record.trim() && recordId(record, 'Record ID');
		const source = await sourceOf(item, binaryPropertyName, fileName);
		const fields = {
			Title: title || titleOf(source.fileName),
			PathOnClient: source.fileName,
			...(description && { Description: description }),
			...(place && { FirstPublishLocationId: place }),
		};
		return versionRow(await addVersion(salesforce, fields, source));
	},
});
