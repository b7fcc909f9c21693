import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { methodField, request, requestFields } from '../requestFields';

export const call = defineOperation({
	name: 'Call',
	value: 'call',
	action: 'Call Apex REST',
	description:
		'Call a REST service that was written in Apex. It does what its code does, which may change or delete data.',
	repeatable: false,
	properties: [
		methodField,
		{
			displayName: 'Path',
			name: 'path',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. /orders/1001',
			description:
				'Below /services/apexrest: what the class has in its urlMapping, after the namespace of its package where it has one',
		},
		...requestFields,
	],
	async execute(salesforce: SalesforceClient, { path, ...fields }, item) {
		const below = path.trim().replace(/^(\/services\/apexrest)?\/*/, '');
		const about = { operation: 'Call Apex REST', path: `/services/apexrest/${below}` };
		return await request(salesforce, about, fields, item);
	},
});
