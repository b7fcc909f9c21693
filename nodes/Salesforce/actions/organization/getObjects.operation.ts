import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import type { ObjectSummary } from '../../transport/describe';
import { describeGlobal } from '../../transport/describeCache';

export const getObjects = defineOperation({
	name: 'Get Objects',
	value: 'getObjects',
	action: 'Get the objects of the org',
	description:
		'Get all objects that the user of the credential can see, standard and custom, and what can be done with the records of each',
	repeatable: true,
	properties: [
		{
			displayName: 'Objects',
			name: 'kind',
			type: 'options',
			options: [
				{ name: 'All', value: 'all' },
				{ name: 'Custom', value: 'custom' },
				{ name: 'Standard', value: 'standard' },
			],
			default: 'all',
			description: 'Which objects to get',
		},
		{
			displayName: 'Name Contains',
			name: 'search',
			type: 'string',
			default: '',
			placeholder: 'e.g. Invoice',
			description: 'A part of the label or the API name. Empty means all.',
		},
	],
	async execute(salesforce: SalesforceClient, { kind, search }): Promise<ObjectSummary[]> {
		const typed = search.trim().toLowerCase();
		const objects = await describeGlobal(salesforce, { freshMs: 0 });
		return objects
			.filter(({ custom }) => kind === 'all' || custom === (kind === 'custom'))
			.filter((one) => `${one.label}\0${one.name}`.toLowerCase().includes(typed));
	},
});
