import { defineOperation } from '../../../shared/node/defineOperation';
import { limitField, returnAllField, rowLimit } from '../../../shared/node/rowsOutput';
import type { SalesforceClient } from '../../transport/client';
import type { Test } from '../../transport/query/conditions';
import { queryPages } from '../../transport/query/pages';
import type { Row } from '../../transport/query/records';
import { soqlText } from '../../transport/query/soql';

const FIELDS = [
	...['Id', 'Name', 'DeveloperName', 'FolderName', 'Description', 'Format'],
	...['LastRunDate', 'LastModifiedDate', 'CreatedDate'],
];

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many reports',
	description: 'List the reports that the user of the credential can see',
	repeatable: true,
	properties: [
		returnAllField,
		limitField,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				{
					displayName: 'Folder Name',
					name: 'folder',
					type: 'string',
					default: '',
					description: 'Only reports in the folder of this name',
				},
				{
					displayName: 'Name Contains',
					name: 'name',
					type: 'string',
					default: '',
				},
			],
		},
	],
	async execute(salesforce: SalesforceClient, { returnAll, limit: most = 50, filters }) {
		const limit = rowLimit(returnAll, most);
		const { folder = '', name = '' } = filters;
		const tests: Test[] = [
			...(folder ? [{ field: 'FolderName', operator: 'equals', value: folder } as const] : []),
			...(name ? [{ field: 'Name', operator: 'contains', value: name } as const] : []),
		];
		const soql = soqlText({
			from: 'Report',
			fieldOf: (path) => ({ name: path, type: 'string' }),
			fields: FIELDS,
			where: { match: 'all', of: tests },
			orderBy: [{ field: 'Name' }],
			...(limit < Infinity && { limit }),
		});
		const reports: Row[] = [];
		for await (const page of queryPages(salesforce, soql, { limit })) reports.push(...page);
		return reports;
	},
});
