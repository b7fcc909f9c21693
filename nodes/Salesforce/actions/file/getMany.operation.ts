import { defineOperation } from '../../../shared/node/defineOperation';
import { limitField, returnAllField, rowLimit } from '../../../shared/node/rowsOutput';
import type { SalesforceClient } from '../../transport/client';
import { filesOf } from '../../transport/files/list';
import { recordId } from '../../transport/recordId';

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many files',
	description: 'List the files of a record, and its attachments in the old way',
	repeatable: true,
	properties: [
		{
			displayName: 'Record ID',
			name: 'recordId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 0015e00000AbCdEFGH',
			description: 'The record, user, group or library whose files are listed',
		},
		returnAllField,
		limitField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Attachments',
					name: 'attachments',
					type: 'boolean',
					default: true,
					description: 'Whether attachments of the record are listed as well',
				},
			],
		},
	],
	async execute(
		salesforce: SalesforceClient,
		{ recordId: record, returnAll, limit = 50, options },
	) {
		const { attachments = true } = options;
		const id = recordId(record, 'Record ID');
		return await filesOf(salesforce, id, rowLimit(returnAll, limit), attachments);
	},
});
