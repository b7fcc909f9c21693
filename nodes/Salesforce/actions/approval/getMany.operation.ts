import { defineOperation } from '../../../shared/node/defineOperation';
import { limitField, returnAllField, rowLimit } from '../../../shared/node/rowsOutput';
import type { SalesforceClient } from '../../transport/client';
import { pendingWorkItems } from '../../transport/process/approvals';
import { recordId } from '../../transport/recordId';

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many pending approvals',
	description: 'List the requests for approval that are pending, oldest first',
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
					displayName: 'Approver ID',
					name: 'approver',
					type: 'string',
					default: '',
					description: 'Only those that this user or queue is to decide on',
				},
				{
					displayName: 'Record ID',
					name: 'record',
					type: 'string',
					default: '',
					description: 'Only those for this record',
				},
			],
		},
	],
	async execute(salesforce: SalesforceClient, { returnAll, limit = 50, filters }) {
		const { approver, record } = filters;
		return await pendingWorkItems(salesforce, rowLimit(returnAll, limit), {
			...(approver && { approver: recordId(approver, 'Approver ID') }),
			...(record && { record: recordId(record, 'Record ID') }),
		});
	},
});
