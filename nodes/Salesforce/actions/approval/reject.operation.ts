import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { decide, decisionFields } from './fields';

export const reject = defineOperation({
	name: 'Reject',
	value: 'reject',
	action: 'Reject a record',
	description:
		'Reject a pending request for approval. The user of the credential must be the approver, or may modify all data.',
	repeatable: false,
	properties: [...decisionFields],
	async execute(salesforce: SalesforceClient, input) {
		return await decide(salesforce, 'Reject', input);
	},
});
