import type { INodeProperties } from 'n8n-workflow';

// Which entries to find: conditions one by one, or the text of a filter with values put into it.

/** What a value is in the directory, where its attribute does not say it. */
const valueTypes = [
	{ name: 'Base64', value: 'base64', description: 'Any bytes' },
	{
		name: 'Date (FILETIME)',
		value: 'fileTime',
		description: 'As Active Directory counts, in lastLogonTimestamp and pwdLastSet',
	},
	{
		name: 'Date (Generalized Time)',
		value: 'generalizedTime',
		description: 'As in whenCreated and modifyTimestamp',
	},
	{ name: 'GUID', value: 'guid', description: 'As Active Directory keeps it, in objectGUID' },
	{ name: 'SID', value: 'sid', description: 'As in objectSid' },
	{ name: 'Text', value: 'text', description: 'Also numbers and DNs' },
] as const;

const operators = [
	{ name: 'All Bits Are Set', value: 'allBits', description: 'Of a number, such as groupType' },
	{ name: 'Any Bit Is Set', value: 'anyBit', description: 'Of a number, such as groupType' },
	{ name: 'At Least or After', value: 'atLeast' },
	{ name: 'At Most or Before', value: 'atMost' },
	{ name: 'Contains', value: 'contains' },
	{ name: 'Does Not Contain', value: 'notContains', description: 'Or has no value at all' },
	{ name: 'Does Not Equal', value: 'notEquals', description: 'Or has no value at all' },
	{ name: 'Does Not Exist', value: 'notExists' },
	{ name: 'Ends With', value: 'endsWith' },
	{ name: 'Equals', value: 'equals' },
	{ name: 'Equals Approximately', value: 'approximately' },
	{ name: 'Exists', value: 'exists' },
	{
		name: 'Is in Chain Of',
		value: 'inChain',
		description:
			'MemberOf, member or manager, through any number of entries in between (Active Directory)',
	},
	{ name: 'No Bit Is Set', value: 'noBit', description: 'Of a number, such as userAccountControl' },
	{ name: 'Starts With', value: 'startsWith' },
] as const;

export const filterFields = [
	{
		displayName: 'Filter By',
		name: 'filterBy',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Conditions',
				value: 'conditions',
				description: 'Attributes and values, without knowing the syntax of filters',
			},
			{
				name: 'Text',
				value: 'text',
				description: 'A filter of LDAP, such as (&(objectClass=person)(uid={uid}))',
			},
		],
		default: 'conditions',
	},
	{
		displayName: 'Conditions',
		name: 'conditions',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		displayOptions: { show: { filterBy: ['conditions'] } },
		placeholder: 'Add Condition',
		default: {},
		description: 'Without a condition all entries are found',
		options: [
			{
				displayName: 'Condition',
				name: 'rows',
				values: [
					{
						displayName: 'Attribute Name or ID',
						name: 'attribute',
						type: 'options',
						typeOptions: { loadOptionsMethod: 'getAttributes', condition: true },
						default: '',
						description:
							'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
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
						typeOptions: { condition: true },
						displayOptions: { hide: { operator: ['exists', 'notExists'] } },
						default: '',
						description:
							'Any characters: nothing needs to be escaped. A bit is given by the number it stands for, such as 2.',
					},
					{
						displayName: 'Value Type',
						name: 'valueType',
						type: 'options',
						displayOptions: { show: { operator: ['atLeast', 'atMost', 'equals', 'notEquals'] } },
						options: [
							{
								name: 'As the Attribute',
								value: 'attribute',
								description:
									'Dates, GUIDs, SIDs and numbers are converted by the schema of the server',
							},
							...valueTypes,
						],
						default: 'attribute',
						description: 'How the value is written in the directory',
					},
				],
			},
		],
	},
	{
		displayName: 'Must Match',
		name: 'match',
		type: 'options',
		displayOptions: { show: { filterBy: ['conditions'] } },
		options: [
			{ name: 'All Conditions', value: 'all' },
			{ name: 'Any Condition', value: 'any' },
		],
		default: 'all',
	},
	{
		displayName: 'Filter',
		name: 'filter',
		type: 'string',
		displayOptions: { show: { filterBy: ['text'] } },
		required: true,
		default: '(objectClass=*)',
		placeholder: 'e.g. (&(objectClass=person)(uid={uid}))',
		description:
			'The text of the filter (RFC 4515). Values that come from items belong into "Filter Values", where no character of them can change the filter.',
	},
	{
		displayName: 'Filter Values',
		name: 'filterValues',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		displayOptions: { show: { filterBy: ['text'] } },
		placeholder: 'Add Value',
		default: {},
		description: 'What is put in place of each {name} in the filter',
		options: [
			{
				displayName: 'Value',
				name: 'rows',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. uid',
						description: 'Of letters and digits; the filter has it in braces',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						typeOptions: { condition: true },
						default: '',
						description: 'Any characters: nothing needs to be escaped',
					},
					{
						displayName: 'Value Type',
						name: 'valueType',
						type: 'options',
						options: [...valueTypes],
						default: 'text',
						description: 'How the value is written in the directory',
					},
				],
			},
		],
	},
] as const satisfies INodeProperties[];
