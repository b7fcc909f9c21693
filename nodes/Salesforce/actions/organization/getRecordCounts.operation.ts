import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { recordCounts } from '../../transport/limits';

export const getRecordCounts = defineOperation({
	name: 'Get Record Counts',
	value: 'getRecordCounts',
	action: 'Get the record counts of objects',
	description:
		'Get how many records objects have, without reading them. Salesforce counts now and then, so the numbers are approximate.',
	repeatable: true,
	properties: [
		{
			displayName: 'Objects',
			name: 'objects',
			type: 'string',
			default: '',
			placeholder: 'e.g. Account, Contact, Invoice__c',
			description: 'API names, separated by commas. Empty means all that have been counted.',
		},
	],
	async execute(salesforce: SalesforceClient, { objects }) {
		const names = objects.split(',').map((name) => name.trim());
		return await recordCounts(salesforce, names.filter(Boolean));
	},
});
