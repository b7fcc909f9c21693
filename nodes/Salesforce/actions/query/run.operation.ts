import { defineOperation } from '../../../shared/node/defineOperation';
import {
	limitField,
	outputField,
	outputFileField,
	returnAllField,
	rowLimit,
} from '../../../shared/node/rowsOutput';
import { invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import { askFirst } from '../../transport/query/ask';
import { bound } from '../../transport/query/binds';
import { partsOf } from '../../transport/query/parts';
import { selectList } from '../../transport/query/selectList';
import { readSource, sourceOptions } from '../queryOptions';
import { delivered } from '../queryOutput';
import { bindsOf, queryValuesField } from './valueFields';

export const run = defineOperation({
	name: 'Run',
	value: 'run',
	action: 'Run a soql query',
	description:
		'Run a query in SOQL: all pages, all pages of related lists, summaries; as items or as a file',
	repeatable: true,
	properties: [
		{
			displayName: 'SOQL',
			name: 'soql',
			type: 'string',
			typeOptions: { rows: 5 },
			required: true,
			default: '',
			placeholder: 'e.g. SELECT Id, Name, Owner.Name FROM Account WHERE BillingCity = :city',
			description:
				'The query. Values that come from items belong into "Query Values", where no character of them can change it.',
		},
		queryValuesField,
		{ ...returnAllField, default: true },
		limitField,
		outputField,
		outputFileField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...sourceOptions],
		},
	],
	async execute(salesforce: SalesforceClient, input, item): Promise<object[]> {
		const { queryValues, returnAll, limit = 50, options } = input;
		const soql = bound(input.soql.trim(), bindsOf(queryValues));
		if (soql === '' && !options.jobId) throw invalidInput('"SOQL" is empty');
		const list = selectList(soql);
		if (list?.onlyCount) return [await countOf(salesforce, soql, options)];
		const source = readSource(options, rowLimit(returnAll, limit), input.output !== 'items');
		return await delivered(partsOf(salesforce, [soql], source), list, input, item);
	},
});

/** SELECT COUNT() has no rows: its result stands where else their number does. */
async function countOf(
	salesforce: SalesforceClient,
	soql: string,
	options: { includeDeleted?: boolean },
): Promise<{ count: number }> {
	const { totalSize } = await askFirst(salesforce, soql, options);
	return { count: totalSize };
}
