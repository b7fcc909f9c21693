import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { getLimits as ask } from '../../transport/limits';

export const getLimits = defineOperation({
	name: 'Get Limits',
	value: 'getLimits',
	action: 'Get the limits of the org',
	description:
		'Get the limits of the org and how much of each is left: API requests, storage, Bulk API jobs, events and more',
	repeatable: true,
	properties: [],
	async execute(salesforce: SalesforceClient) {
		return await ask(salesforce);
	},
});
