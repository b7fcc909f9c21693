import type { INodeProperties } from 'n8n-workflow';
import { invalidInput } from '../../shared/resilience/failure';
import type { SourceOptions } from '../transport/query/source';
import { isId } from '../transport/recordId';

// How rows are fetched: the same options wherever records are queried.

export const sourceOptions = [
	{
		displayName: 'Batch Size',
		name: 'batchSize',
		type: 'number',
		typeOptions: { minValue: 200, maxValue: 2000 },
		default: 2000,
		description: 'Records that are asked for at once by REST; Salesforce may send fewer',
	},
	{
		displayName: 'Bulk Above (Rows)',
		name: 'bulkAbove',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 20000,
		description:
			'With how many rows a file is made by Bulk API, where the method is chosen automatically',
	},
	{
		displayName: 'Include Attributes',
		name: 'attributes',
		type: 'boolean',
		default: false,
		description: 'Whether to keep type and URL of each record, under "attributes"',
	},
	{
		displayName: 'Include Deleted Records',
		name: 'includeDeleted',
		type: 'boolean',
		default: false,
		description: 'Whether to find records in the recycle bin and archived ones as well',
	},
	{
		displayName: 'Job ID',
		name: 'jobId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 750R0000000zlh9IAA',
		description:
			'Of a query job that was begun before: its result is fetched, and no other query is run. Salesforce keeps it for seven days.',
	},
	{
		displayName: 'Method',
		name: 'method',
		type: 'options',
		options: [
			{
				name: 'Automatic',
				value: 'automatic',
				description: 'Bulk API for files of many rows, else REST',
			},
			{
				name: 'Bulk API',
				value: 'bulk',
				description:
					'A job that takes few requests for any number of rows. What it cannot do, such as related lists and summaries, REST does.',
			},
			{
				name: 'REST',
				value: 'rest',
				description: 'A request for each 2,000 rows at most',
			},
		],
		default: 'automatic',
		description: 'By which API of Salesforce the rows come',
	},
	{
		displayName: 'Wait for Job (Minutes)',
		name: 'waitForJob',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description:
			'How long a job of Bulk API may take. It goes on afterwards, and its ID is in the error.',
	},
] as const satisfies INodeProperties[];

interface Given {
	batchSize?: number;
	bulkAbove?: number;
	attributes?: boolean;
	includeDeleted?: boolean;
	jobId?: string;
	method?: 'automatic' | 'bulk' | 'rest';
	waitForJob?: number;
}

/** @param isFile items are always fetched by REST, unless somebody wants otherwise: a job takes seconds to begin */
export function readSource(options: Given, limit: number, isFile: boolean): SourceOptions {
	const { bulkAbove = 20_000, jobId = '', method = 'automatic', waitForJob = 60 } = options;
	const { batchSize, attributes, includeDeleted } = options;
	const id = jobId.trim();
	if (id !== '' && !isId(id))
		throw invalidInput(`"Job ID" is "${jobId}"`, 'It has 15 or 18 letters and digits.');
	return {
		method: method === 'automatic' && !isFile ? 'rest' : method,
		bulkAbove,
		patienceMs: waitForJob * 60_000,
		...(id !== '' && { jobId: id }),
		...(limit < Infinity && { limit }),
		batchSize,
		attributes,
		includeDeleted,
	};
}
