import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { listActions } from '../../transport/process/invocable';
import { kindField } from './kinds';

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many actions',
	description: 'List the actions of a kind that can be invoked',
	repeatable: true,
	properties: [kindField],
	async execute(salesforce: SalesforceClient, { kind }) {
		return await listActions(salesforce, kind);
	},
});
