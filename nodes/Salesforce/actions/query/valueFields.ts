import type { INodeProperties } from 'n8n-workflow';
import { invalidInput } from '../../../shared/resilience/failure';
import type { Bind } from '../../transport/query/binds';

/** What is put in place of each :name in a query. */
export const queryValuesField = {
	displayName: 'Query Values',
	name: 'queryValues',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Value',
	default: {},
	description:
		'What is put in place of each :name in the query. No character of a value can change the query.',
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
					placeholder: 'e.g. city',
					description: 'Of letters, digits and underscores; the query has it behind a colon',
				},
				{
					displayName: 'Type',
					name: 'kind',
					type: 'options',
					options: [
						{ name: 'Boolean', value: 'boolean' },
						{ name: 'Date', value: 'date', description: 'Such as 2026-05-31' },
						{
							name: 'Date and Time',
							value: 'dateTime',
							description: 'With a time zone, such as 2026-05-31T14:30:00Z',
						},
						{ name: 'Date Literal', value: 'dateLiteral', description: 'Such as LAST_N_DAYS:7' },
						{ name: 'LIKE: Contains', value: 'contains', description: 'Behind LIKE' },
						{ name: 'LIKE: Ends With', value: 'endsWith', description: 'Behind LIKE' },
						{
							name: 'LIKE: Pattern',
							value: 'pattern',
							description: 'Behind LIKE; % and _ stand for other characters',
						},
						{ name: 'LIKE: Starts With', value: 'startsWith', description: 'Behind LIKE' },
						{ name: 'Number', value: 'number' },
						{ name: 'Text', value: 'text', description: 'Also IDs, picklist values, emails' },
						{ name: 'Time', value: 'time', description: 'Such as 14:30' },
					],
					default: 'text',
					description: 'Of the field that it is compared with',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					typeOptions: { condition: true, anyValue: true },
					default: '',
					description: 'Any characters. For IN, an expression that gives a list.',
				},
			],
		},
	],
} as const satisfies INodeProperties;

export interface QueryValues {
	rows?: Bind[];
}

export function bindsOf({ rows = [] }: QueryValues): Bind[] {
	for (const { name } of rows) {
		if (!/^:?[a-z_]\w*$/i.test(name.trim()))
			throw invalidInput(
				`"Query Values" has the name "${name}"`,
				'Names are made of letters, digits and underscores; the query has them behind a colon.',
			);
	}
	return rows;
}
