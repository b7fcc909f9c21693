import type { INodeProperties } from 'n8n-workflow';
import { outputFileField } from '../../shared/node/rowsOutput';
import { invalidInput } from '../../shared/resilience/failure';
import type { LdapClient } from '../transport/client';
import type { Filter } from '../transport/filter';
import type { DerefAliases, Entries, Scope } from '../transport/search';
import { attributeName } from './attributeFields';
import { askedFor } from './shaped';

// What all operations ask that search.

export const scopeField = {
	displayName: 'Scope',
	name: 'scope',
	type: 'options',
	options: [
		{ name: 'Base Entry Only', value: 'base' },
		{
			name: 'Everything Below',
			value: 'children',
			description: 'Without the base entry itself',
		},
		{ name: 'One Level Below', value: 'one' },
		{ name: 'Whole Subtree', value: 'subtree', description: 'The base entry and all below it' },
	],
	default: 'subtree',
} as const satisfies INodeProperties;

export const typesOnlyOption = {
	displayName: 'Types Only',
	name: 'typesOnly',
	type: 'boolean',
	default: false,
	description: 'Whether to return which attributes an entry has, without their values',
} as const satisfies INodeProperties;

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
] as const satisfies INodeProperties[];

export const searchOutputField = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'CSV File',
			value: 'csv',
			description: 'One item with a file of a line for each entry',
		},
		{ name: 'Items', value: 'items', description: 'An item for each entry' },
		{ name: 'Items of Pages', value: 'pages', description: 'An item for each page of entries' },
		{ name: 'LDIF File', value: 'ldif', description: 'One item with a file that ldapadd can read' },
		{
			name: 'NDJSON File',
			value: 'ndjson',
			description: 'One item with a file that has a line of JSON for each entry',
		},
	],
	default: 'items',
	description:
		'How to return the entries. A file takes no more memory for a million entries than for ten.',
} as const satisfies INodeProperties;

export const searchFileField = {
	...outputFileField,
	displayOptions: { show: { output: ['csv', 'ldif', 'ndjson'] } },
} as const satisfies INodeProperties;

export const valueSeparatorOption = {
	displayName: 'Separator of Values',
	name: 'valueSeparator',
	type: 'string',
	default: '|',
	description: 'Between the values of an attribute that has several, in a CSV file',
} as const satisfies INodeProperties;

export const referralsOption = {
	displayName: 'Return Referrals',
	name: 'referrals',
	type: 'boolean',
	default: false,
	description:
		'Whether to return an item with the URL of each place at another server that the search came by and that was not searched. A file has them beside it anyway.',
} as const satisfies INodeProperties;

export interface SearchInput {
	base: string;
	scope: Scope;
	attributes: string[];
	options: {
		derefAliases?: DerefAliases;
		operational?: boolean;
		pageSize?: number;
		sort?: {
			keys?: Array<{ attribute: string; order: 'ascending' | 'descending'; matchingRule: string }>;
		};
		timeLimit?: number;
		typesOnly?: boolean;
	};
}

/** @param sizeLimit most entries in all; 0: as many as there are */
export async function searching(
	ldap: LdapClient,
	{ base, scope, attributes, options }: SearchInput,
	filter: Filter,
	sizeLimit: number,
): Promise<Entries> {
	return ldap.search({
		base: base.trim() || (await ldap.baseDn()),
		scope,
		filter,
		attributes: askedFor(attributes, options),
		sizeLimit,
		derefAliases: options.derefAliases,
		pageSize: wholeNumber('Page Size', options.pageSize),
		timeLimit: wholeNumber('Time Limit (Seconds)', options.timeLimit),
		typesOnly: options.typesOnly,
		sort: options.sort?.keys?.map(({ attribute, order, matchingRule }) => ({
			attribute,
			reverse: order === 'descending',
			...(matchingRule && { matchingRule }),
		})),
	});
}

/** An expression may give less than the field allows, and servers drop the connection for it. */
function wholeNumber(option: string, value: number | undefined): number | undefined {
	if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
	throw invalidInput(`"${option}" must be a whole number of 0 or more, but is ${value}`);
}
