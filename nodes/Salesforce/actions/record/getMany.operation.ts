import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import {
	limitField,
	outputField,
	outputFileField,
	returnAllField,
	rowLimit,
} from '../../../shared/node/rowsOutput';
import type { SalesforceClient } from '../../transport/client';
import { describeObject } from '../../transport/describeCache';
import type { QueryInput } from '../../transport/query/builder';
import { soqlOf } from '../../transport/query/builder';
import type { Describe } from '../../transport/query/fieldTypes';
import { partsOf } from '../../transport/query/parts';
import { selectList } from '../../transport/query/selectList';
import { objectToQuery } from '../objectFields';
import { readSource, sourceOptions } from '../queryOptions';
import { delivered } from '../queryOutput';
import { conditionFields } from './conditionFields';
import { queryOptions, returnedFields } from './queryFields';
import { soqlPreview } from './soqlPreview';

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many records',
	description:
		'Find the records of an object by conditions, all pages, with parents and related lists; as items or as a file',
	repeatable: true,
	properties: [
		objectToQuery,
		...returnedFields,
		...conditionFields,
		returnAllField,
		limitField,
		outputField,
		outputFileField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...queryOptions, ...sourceOptions].sort(byDisplayName),
		},
		soqlPreview,
	],
	async execute(salesforce: SalesforceClient, input, item): Promise<object[]> {
		const { options } = input;
		const limit = limitOf(input);
		const source = readSource(options, limit, input.output !== 'items');
		const describe = async (name: string, fields: string[]) =>
			await describeObject(salesforce, name, { fields });
		const queries = source.jobId ? [''] : await queriesOf(input, describe);
		const parts = partsOf(salesforce, queries, source);
		return await delivered(parts, selectList(queries[0] ?? ''), input, item);
	},
});

/** The SOQL of the fields: one query, or several where a list in a condition is long. */
export const queriesOf = async (input: QueryInput & Limited, describe: Describe) =>
	await soqlOf(input, describe, limitOf(input));

interface Limited {
	returnAll: boolean;
	limit?: number;
}

const limitOf = ({ returnAll, limit = 50 }: Limited): number => rowLimit(returnAll, limit);
