import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { decide, decisionFields } from './fields';

export const approve = defineOperation({
	name: 'Approve',
	value: 'approve',
	action: 'Approve a record',
	description:
		'Approve a pending request for approval. The user of the credential must be the approver, or may modify all data.',
	repeatable: false,
	properties: [...decisionFields],
	async execute(salesforce: SalesforceClient, input) {
		return await decide(salesforce, 'Approve', input);
	},
});
