import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { methodField, request, requestFields } from '../requestFields';

export const send = defineOperation({
	name: 'Send',
	value: 'send',
	action: 'Send a request',
	description:
		'Send any request to the org, signed in, with limits and retries. POST, PATCH, PUT and DELETE may change or delete data.',
	repeatable: false,
	properties: [
		methodField,
		{
			displayName: 'Path',
			name: 'path',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. /sobjects/Account/describe',
			description:
				'Below the version of the API. What begins with /services/ is taken as it is, for example the address of a next page.',
		},
		...requestFields,
	],
	async execute(salesforce: SalesforceClient, { path, ...fields }, item) {
		return await request(salesforce, { operation: 'Send request', path }, fields, item);
	},
});
