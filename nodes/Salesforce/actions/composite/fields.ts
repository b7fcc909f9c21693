import type { INodeProperties } from 'n8n-workflow';

export const methodField = {
	displayName: 'Method',
	name: 'method',
	type: 'options',
	options: [
		{ name: 'DELETE', value: 'DELETE' },
		{ name: 'GET', value: 'GET' },
		{ name: 'PATCH', value: 'PATCH' },
		{ name: 'POST', value: 'POST' },
		{ name: 'PUT', value: 'PUT' },
	],
	default: 'GET',
} as const satisfies INodeProperties;

export const urlField = {
	displayName: 'URL',
	name: 'url',
	type: 'string',
	default: '',
	placeholder: 'e.g. /sobjects/Account/0015e00000AbCdEAAV',
	description: 'Below the version of the API. What begins with /services/ is taken as it is.',
} as const satisfies INodeProperties;

export const bodyField = {
	displayName: 'Body',
	name: 'body',
	type: 'json',
	displayOptions: { show: { method: ['PATCH', 'POST', 'PUT'] } },
	default: '{}',
} as const satisfies INodeProperties;

/** The requests of one call, which may refer to each other. */
export const requestsFields = [
	{
		displayName: 'Specify Requests',
		name: 'specifyRequests',
		type: 'options',
		options: [
			{ name: 'Using Fields Below', value: 'fields' },
			{ name: 'Using JSON', value: 'json' },
		],
		default: 'fields',
		description: 'How to say what is to be done',
	},
	{
		displayName: 'Requests',
		name: 'requests',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		displayOptions: { show: { specifyRequests: ['fields'] } },
		placeholder: 'Add request',
		default: {},
		description:
			'Done in this order. A request can use what one above it answered, by its reference ID.',
		options: [
			{
				displayName: 'Request',
				name: 'request',
				values: [
					{
						displayName: 'Reference ID',
						name: 'referenceId',
						type: 'string',
						default: '',
						placeholder: 'e.g. newAccount',
						description: 'The name of the request, by which others refer to it',
					},
					methodField,
					{
						...urlField,
						hint: '@{newAccount.id} stands for the ID of what "newAccount" created',
					},
					bodyField,
				],
			},
		],
	},
	{
		displayName: 'Requests (JSON)',
		name: 'requestsJson',
		type: 'json',
		displayOptions: { show: { specifyRequests: ['json'] } },
		default: '[]',
		placeholder:
			'[{ "method": "POST", "url": "/sobjects/Account", "referenceId": "newAccount", "body": { "Name": "Acme" } }]',
		description: 'A list of requests, as the Composite resource of Salesforce takes it',
	},
] as const satisfies INodeProperties[];

export const outputField = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{ name: 'All Responses in One Item', value: 'together' },
		{ name: 'An Item for Each Response', value: 'each' },
	],
	default: 'each',
	description: 'How to return the responses',
} as const satisfies INodeProperties;
