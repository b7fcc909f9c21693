import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { describeWhole } from '../../transport/describeCache';
import { anyObject } from '../objectFields';

export const describeObject = defineOperation({
	name: 'Describe Object',
	value: 'describeObject',
	action: 'Describe an object',
	description:
		'Get what the org says of an object: its fields with types, picklists and rights, its related lists and its record types, as the user of the credential sees them',
	repeatable: true,
	properties: [
		anyObject,
		{
			displayName: 'Return',
			name: 'part',
			type: 'options',
			options: [
				{ name: 'Everything', value: 'all', description: 'One item' },
				{ name: 'Fields', value: 'fields', description: 'An item for each field' },
				{
					name: 'Record Types',
					value: 'recordTypeInfos',
					description: 'An item for each record type',
				},
				{
					name: 'Related Lists',
					value: 'childRelationships',
					description: 'An item for each object that refers to this one',
				},
			],
			default: 'fields',
			description: 'What to get of the description',
		},
	],
	async execute(salesforce: SalesforceClient, { object, part }): Promise<object | object[]> {
		const whole = await describeWhole(salesforce, object);
		if (part === 'all') return whole;
		const list: unknown = whole[part];
		return Array.isArray(list) ? list.filter(isObject) : [];
	},
});

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
