import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { linkFile } from '../../transport/files/links';
import { recordId } from '../../transport/recordId';
import { documentField } from './fields';

export const link = defineOperation({
	name: 'Link',
	value: 'link',
	action: 'Link a file to a record',
	description:
		'Show a file with a record, a user or a group as well. A file that is linked already stays as it is.',
	repeatable: true,
	properties: [
		documentField,
		{
			displayName: 'Record ID',
			name: 'recordId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 0015e00000AbCdEFGH',
			description: 'The record, user, group or library that gets the file',
		},
		{
			displayName: 'Permission',
			name: 'shareType',
			type: 'options',
			options: [
				{ name: 'Collaborator', value: 'C', description: 'May read, change and share the file' },
				{
					name: 'Inferred',
					value: 'I',
					description: 'What somebody may do with the file follows from the record',
				},
				{ name: 'Viewer', value: 'V', description: 'May read the file' },
			],
			default: 'V',
			description: 'What those who see the record may do with the file',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Visibility',
					name: 'visibility',
					type: 'options',
					options: [
						{ name: 'All Users', value: 'AllUsers' },
						{ name: 'Internal Users', value: 'InternalUsers' },
						{ name: 'Shared Users', value: 'SharedUsers' },
					],
					default: 'AllUsers',
					description: 'Whether users of portals and communities see the file too',
				},
			],
		},
	],
	async execute(salesforce: SalesforceClient, { fileId, recordId: record, shareType, options }) {
		return await linkFile(salesforce, {
			ContentDocumentId: recordId(fileId, 'File'),
			LinkedEntityId: recordId(record, 'Record ID'),
			ShareType: shareType,
			...(options.visibility && { Visibility: options.visibility }),
		});
	},
});
