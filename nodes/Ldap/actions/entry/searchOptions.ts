import type { INodeProperties } from 'n8n-workflow';
import { attributeName } from '../attributeFields';

export const searchOptions = [
	{
		displayName: 'Aliases',
		name: 'derefAliases',
		type: 'options',
		options: [
			{ name: 'Always Follow', value: 'always' },
			{ name: 'Follow Below the Base', value: 'searching' },
			{ name: 'Follow for the Base', value: 'finding' },
			{ name: 'Never Follow', value: 'never' },
		],
		default: 'never',
		description: 'Whether entries that stand for others are replaced by those',
	},
	{
		displayName: 'Page Size',
		name: 'pageSize',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 1000,
		description:
			'Entries that the server is asked for at once, where it can send pages. 0 asks for all at once, which many servers refuse.',
	},
	{
		displayName: 'Sort By',
		name: 'sort',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Key',
		default: {},
		options: [
			{
				displayName: 'Key',
				name: 'keys',
				values: [
					attributeName,
					{
						displayName: 'Order',
						name: 'order',
						type: 'options',
						options: [
							{ name: 'Ascending', value: 'ascending' },
							{ name: 'Descending', value: 'descending' },
						],
						default: 'ascending',
					},
					{
						displayName: 'Matching Rule',
						name: 'matchingRule',
						type: 'string',
						default: '',
						description: 'OID of an ordering rule. Leave empty for that of the attribute.',
					},
				],
			},
		],
		description: 'By the server, where it can do that',
	},
	{
		displayName: 'Time Limit (Seconds)',
		name: 'timeLimit',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'How long the server may search; it returns what it has found by then. 0 means its own limit.',
	},
	{
		displayName: 'Types Only',
		name: 'typesOnly',
		type: 'boolean',
		default: false,
		description: 'Whether to return which attributes an entry has, without their values',
	},
] as const satisfies INodeProperties[];
