import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { listActions } from '../../transport/process/invocable';

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many flows',
	description: 'List the autolaunched flows that can be invoked',
	repeatable: true,
	properties: [],
	async execute(salesforce: SalesforceClient) {
		return await listActions(salesforce, 'flow');
	},
});
