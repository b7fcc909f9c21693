import { defineOperation } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import { bound } from '../../transport/query/binds';
import { apiName } from '../../transport/query/names';
import type { ParameterizedSearch, SearchedObject } from '../../transport/query/search';
import { parameterizedSearch, search as bySosl } from '../../transport/query/search';
import { searchTerm } from '../../transport/query/sosl';
import { bindsOf, queryValuesField } from './valueFields';

export const search = defineOperation({
	name: 'Search',
	value: 'search',
	action: 'Search for records',
	description:
		'Find records of several objects by a text, in all fields that Salesforce indexes (SOSL). At most 2,000 are found.',
	repeatable: true,
	properties: [
		{
			displayName: 'Search By',
			name: 'searchBy',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'SOSL', value: 'sosl', description: 'The text of a search in SOSL' },
				{ name: 'Text', value: 'text', description: 'A text and the objects to find it in' },
			],
			default: 'text',
		},
		{
			displayName: 'Text',
			name: 'text',
			type: 'string',
			displayOptions: { show: { searchBy: ['text'] } },
			required: true,
			default: '',
			description: 'At least two characters. Any characters: nothing needs to be escaped.',
		},
		{
			displayName: 'Objects',
			name: 'objects',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			displayOptions: { show: { searchBy: ['text'] } },
			placeholder: 'Add Object',
			default: {},
			description: 'Without an object all are searched, and only IDs are returned',
			options: [
				{
					displayName: 'Object',
					name: 'rows',
					values: [
						{
							displayName: 'Object',
							name: 'name',
							type: 'string',
							default: '',
							placeholder: 'e.g. Account',
							description: 'API name of the object',
						},
						{
							displayName: 'Fields',
							name: 'fields',
							type: 'string',
							default: 'Id, Name',
							description: 'API names of the fields to return, with commas between them',
						},
						{
							displayName: 'Condition',
							name: 'where',
							type: 'string',
							default: '',
							placeholder: "e.g. BillingCountry = 'DE'",
							description: 'What stands behind WHERE in SOQL',
						},
						{
							displayName: 'Most Records',
							name: 'most',
							type: 'number',
							typeOptions: { minValue: 0, maxValue: 2000 },
							default: 0,
							description: 'Max number of records of this object; 0 means no limit of its own',
						},
					],
				},
			],
		},
		{
			displayName: 'SOSL',
			name: 'sosl',
			type: 'string',
			typeOptions: { rows: 4 },
			displayOptions: { show: { searchBy: ['sosl'] } },
			required: true,
			default: '',
			placeholder: 'e.g. FIND {:text} IN NAME FIELDS RETURNING Account(Name), Contact(Email)',
			description:
				'The search. Values that come from items belong into "Query Values", where no character of them can change it.',
		},
		{ ...queryValuesField, displayOptions: { show: { searchBy: ['sosl'] } } },
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			displayOptions: { show: { searchBy: ['text'] } },
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Limit',
					name: 'overallLimit',
					type: 'number',
					typeOptions: { minValue: 1, maxValue: 2000 },
					default: 50,
					description: 'Max number of results to return',
				},
				{
					displayName: 'Operators',
					name: 'operators',
					type: 'boolean',
					default: false,
					description:
						'Whether *, ?, AND, OR, AND NOT and quotes in the text have the meaning of SOSL',
				},
				{
					displayName: 'Search In',
					name: 'in',
					type: 'options',
					options: [
						{ name: 'All Fields', value: 'ALL' },
						{ name: 'Email Fields', value: 'EMAIL' },
						{ name: 'Name Fields', value: 'NAME' },
						{ name: 'Phone Fields', value: 'PHONE' },
						{ name: 'Sidebar Fields', value: 'SIDEBAR' },
					],
					default: 'ALL',
				},
				{
					displayName: 'Spell Correction',
					name: 'spellCorrection',
					type: 'boolean',
					default: true,
					description: 'Whether Salesforce may correct the text where it finds nothing',
				},
			],
		},
	],
	async execute(
		salesforce: SalesforceClient,
		{ searchBy, text = '', objects, sosl = '', queryValues, options },
	) {
		if (searchBy === 'sosl')
			return await bySosl(salesforce, bound(sosl.trim(), bindsOf(queryValues ?? {}), 'sosl'));
		const { operators, ...others } = options ?? {};
		if (text.trim().length < 2)
			throw invalidInput(`"Text" is "${text}"`, 'Salesforce searches for two characters or more.');
		const sobjects = (objects?.rows ?? []).map(searched);
		const asked: ParameterizedSearch = {
			q: operators ? text : searchTerm(text),
			...others,
			...(sobjects.length > 0 && { sobjects }),
		};
		return await parameterizedSearch(salesforce, asked);
	},
});

interface ObjectRow {
	name: string;
	fields: string;
	where: string;
	most: number;
}

function searched({ name, fields, where, most }: ObjectRow): SearchedObject {
	const names = fields.split(',').flatMap((field) => field.trim() || []);
	return {
		name: apiName('The object', name),
		...(names.length > 0 && { fields: names }),
		...(where.trim() !== '' && { where: where.trim() }),
		...(most > 0 && { limit: most }),
	};
}
