import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { whoAmI as ask } from '../../transport/identity';

export const whoAmI = defineOperation({
	name: 'Who Am I',
	value: 'whoAmI',
	action: 'Get the org and the user of the credential',
	description:
		'Get name, ID, edition and instance of the org, the user of the credential, and how many API requests are used',
	repeatable: true,
	properties: [],
	async execute(salesforce: SalesforceClient) {
		return await ask(salesforce);
	},
});
