import type { INodeProperties } from 'n8n-workflow';

// Which records to find.

const operators = [
	{ name: 'Contains', value: 'contains' },
	{ name: 'Does Not Contain', value: 'notContains' },
	{ name: 'Does Not End With', value: 'notEndsWith' },
	{ name: 'Does Not Equal', value: 'notEquals' },
	{ name: 'Does Not Match Pattern', value: 'notLike', description: 'With % and _ of SQL' },
	{ name: 'Does Not Start With', value: 'notStartsWith' },
	{ name: 'Ends With', value: 'endsWith' },
	{ name: 'Equals', value: 'equals' },
	{
		name: 'Excludes',
		value: 'excludes',
		description: 'A multi-select picklist that has none of the values',
	},
	{ name: 'Greater Than or After', value: 'greaterThan' },
	{ name: 'Greater Than or Equal', value: 'atLeast' },
	{
		name: 'Includes All',
		value: 'includesAll',
		description: 'A multi-select picklist that has all of the values',
	},
	{
		name: 'Includes Any',
		value: 'includesAny',
		description: 'A multi-select picklist that has one of the values',
	},
	{ name: 'Is Empty', value: 'isEmpty' },
	{ name: 'Is in List', value: 'in', description: 'One of many values, of any number' },
	{ name: 'Is Not Empty', value: 'isNotEmpty' },
	{ name: 'Is Not in List', value: 'notIn' },
	{ name: 'Less Than or Before', value: 'lessThan' },
	{ name: 'Less Than or Equal', value: 'atMost' },
	{ name: 'Matches Pattern', value: 'like', description: 'With % and _ of SQL' },
	{ name: 'Starts With', value: 'startsWith' },
] as const;

const condition = [
	{
		displayName: 'Field Name or ID',
		name: 'field',
		type: 'options',
		typeOptions: {
			loadOptionsMethod: 'getFilterableFields',
			loadOptionsDependsOn: ['object.value'],
		},
		default: '',
		description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
		hint: 'An expression can name a field of a parent, such as Owner.Name',
	},
	{
		displayName: 'Operator',
		name: 'operator',
		type: 'options',
		options: [...operators],
		default: 'equals',
	},
	{
		displayName: 'Value',
		name: 'value',
		type: 'string',
		typeOptions: { condition: true, anyValue: true },
		displayOptions: { hide: { operator: ['isEmpty', 'isNotEmpty'] } },
		default: '',
		description:
			'Any characters: nothing needs to be escaped. For a list, values with commas between them, or an expression that gives a list.',
	},
	{
		displayName: 'Value Type',
		name: 'valueType',
		type: 'options',
		displayOptions: {
			show: { operator: ['atLeast', 'atMost', 'equals', 'greaterThan', 'lessThan', 'notEquals'] },
		},
		options: [
			{
				name: 'As the Field',
				value: 'value',
				description: 'A text, a number, a date and so on, by the type of the field',
			},
			{
				name: 'Date Literal',
				value: 'dateLiteral',
				description:
					'A range of time that Salesforce computes, such as LAST_N_DAYS:7 or THIS_MONTH',
			},
		],
		default: 'value',
		description: 'What the value is',
	},
] as const satisfies INodeProperties[];

const matchField = {
	displayName: 'Must Match',
	name: 'match',
	type: 'options',
	options: [
		{ name: 'All Conditions', value: 'all' },
		{ name: 'Any Condition', value: 'any' },
	],
	default: 'all',
} as const satisfies INodeProperties;

export const conditionFields = [
	{
		displayName: 'Conditions',
		name: 'conditions',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Condition',
		default: {},
		description: 'Without a condition all records are found',
		options: [
			{ displayName: 'Condition', name: 'rows', values: [...condition] },
			{
				displayName: 'Group of Conditions',
				name: 'groups',
				values: [
					{ ...matchField, default: 'any' },
					{
						displayName: 'Conditions',
						name: 'conditions',
						type: 'fixedCollection',
						typeOptions: { multipleValues: true },
						placeholder: 'Add Condition',
						default: {},
						options: [{ displayName: 'Condition', name: 'rows', values: [...condition] }],
					},
				],
			},
		],
	},
	{
		...matchField,
		description: 'Whether a record must meet all conditions and groups, or one of them',
	},
] as const satisfies INodeProperties[];
