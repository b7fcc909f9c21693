import type { INodeProperties } from 'n8n-workflow';

// What to get of each record, and in which order.

export const returnedFields = [
	{
		displayName: 'Return',
		name: 'returnFields',
		type: 'options',
		options: [
			{
				name: 'All Fields',
				value: 'all',
				description:
					'That the user of the credential can see, but for contents of files, and addresses and locations beside their parts',
			},
			{ name: 'Chosen Fields', value: 'chosen' },
		],
		default: 'all',
		description: 'Which fields of each record to return',
	},
	{
		displayName: 'Field Names or IDs',
		name: 'fields',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getFields', loadOptionsDependsOn: ['object.value'] },
		displayOptions: { show: { returnFields: ['chosen'] } },
		default: [],
		description:
			'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
	},
] as const satisfies INodeProperties[];

const fieldName = {
	displayName: 'Field Name or ID',
	name: 'field',
	type: 'options',
	typeOptions: { loadOptionsMethod: 'getFields', loadOptionsDependsOn: ['object.value'] },
	default: '',
	description:
		'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
} as const satisfies INodeProperties;

/** Members of the "Options" collection. */
export const queryOptions = [
	{
		displayName: 'Group By Field Names or IDs',
		name: 'groupBy',
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod: 'getFields', loadOptionsDependsOn: ['object.value'] },
		default: [],
		description:
			'A row for each different value of these fields, with the summaries below. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	},
	{
		displayName: 'Offset',
		name: 'offset',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 2000 },
		default: 0,
		description: 'How many records to skip; Salesforce skips 2,000 at most',
	},
	{
		displayName: 'Parent Fields',
		name: 'parentFields',
		type: 'string',
		default: '',
		placeholder: 'e.g. Owner.Name, Account.Industry',
		description: 'Fields of records that this one refers to, with commas between them',
	},
	{
		displayName: 'Related Lists',
		name: 'related',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add List',
		default: {},
		description: 'Records that refer to this one, all pages of them: a list in each row',
		options: [
			{
				displayName: 'List',
				name: 'lists',
				values: [
					{
						displayName: 'Relationship Name or ID',
						name: 'relationship',
						type: 'options',
						typeOptions: {
							loadOptionsMethod: 'getChildRelationships',
							loadOptionsDependsOn: ['object.value'],
						},
						default: '',
						description:
							'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
					},
					{
						displayName: 'Fields',
						name: 'fields',
						type: 'string',
						default: 'Id',
						placeholder: 'e.g. Name, Email',
						description: 'API names of the fields to return, with commas between them',
					},
					{
						displayName: 'Most Records',
						name: 'most',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 0,
						description: 'Max number of records in each list; 0 means all',
					},
				],
			},
		],
	},
	{
		displayName: 'Scope',
		name: 'scope',
		type: 'options',
		options: [
			{ name: 'All Records', value: 'everything' },
			{ name: 'Delegated to Others', value: 'delegated' },
			{ name: 'Owned by My Team', value: 'team' },
			{ name: 'Owned by the User', value: 'mine' },
			{ name: 'Shared Through My Groups', value: 'mine_and_my_groups' },
		],
		default: 'everything',
		description: 'Whose records, as seen by the user of the credential',
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
					{
						...fieldName,
						typeOptions: {
							loadOptionsMethod: 'getSortableFields',
							loadOptionsDependsOn: ['object.value'],
						},
					},
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
						displayName: 'Empty Values',
						name: 'nulls',
						type: 'options',
						options: [
							{ name: 'As Salesforce Does', value: 'automatic' },
							{ name: 'First', value: 'first' },
							{ name: 'Last', value: 'last' },
						],
						default: 'automatic',
						description: 'Where records without a value stand',
					},
				],
			},
		],
	},
	{
		displayName: 'Summaries',
		name: 'summaries',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Summary',
		default: {},
		description: 'Counts and sums of all records that are found, or of each group of them',
		options: [
			{
				displayName: 'Summary',
				name: 'rows',
				values: [
					{
						displayName: 'Function',
						name: 'function',
						type: 'options',
						options: [
							{ name: 'Average', value: 'AVG' },
							{ name: 'Count', value: 'COUNT', description: 'Records that have a value' },
							{ name: 'Count of Different Values', value: 'COUNT_DISTINCT' },
							{ name: 'Maximum', value: 'MAX' },
							{ name: 'Minimum', value: 'MIN' },
							{ name: 'Sum', value: 'SUM' },
						],
						default: 'COUNT',
					},
					fieldName,
					{
						displayName: 'Output Field',
						name: 'alias',
						type: 'string',
						default: '',
						placeholder: 'e.g. total',
						description:
							'Of letters, digits and underscores. Leave empty for one such as SUM_Amount.',
					},
				],
			},
		],
	},
] as const satisfies INodeProperties[];
