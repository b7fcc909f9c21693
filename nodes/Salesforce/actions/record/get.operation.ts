import { defineBatchOperation } from '../../../shared/node/defineOperation';
import type { Failure } from '../../../shared/resilience/failure';
import { toFailure } from '../../../shared/resilience/failure';
import { invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import type { Row } from '../../transport/query/records';
import { recordId } from '../../transport/recordId';
import type { Wanted } from '../../transport/records/getRecords';
import { getRecords } from '../../transport/records/getRecords';
import { objectToGet } from '../objectFields';
import { externalIdField, recordIdField } from './fields';

interface Input {
	object: string;
	getBy: 'id' | 'externalId';
	recordId?: string;
	externalIdField?: string;
	externalIdValue?: string;
	options: { fields?: string[] };
}

export const get = defineBatchOperation({
	name: 'Get',
	value: 'get',
	action: 'Get a record',
	description:
		'Get the record of each item with all its fields or some of them; the records of many items come with one request',
	repeatable: true,
	properties: [
		objectToGet,
		{
			displayName: 'Get By',
			name: 'getBy',
			type: 'options',
			options: [
				{ name: 'External ID', value: 'externalId' },
				{ name: 'Record ID', value: 'id' },
			],
			default: 'id',
			description: 'What names the record',
		},
		{ ...recordIdField, displayOptions: { show: { getBy: ['id'] } } },
		{ ...externalIdField, displayOptions: { show: { getBy: ['externalId'] } } },
		{
			displayName: 'External ID Value',
			name: 'externalIdValue',
			type: 'string',
			required: true,
			displayOptions: { show: { getBy: ['externalId'] } },
			default: '',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Field Names or IDs',
					name: 'fields',
					type: 'multiOptions',
					typeOptions: {
						loadOptionsMethod: 'getFields',
						loadOptionsDependsOn: ['object.value'],
					},
					default: [],
					description:
						'Only these fields. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
				},
			],
		},
	],
	batchSize: Infinity,
	async executeAll(salesforce: SalesforceClient, inputs) {
		const results: Array<Row | Failure> = [];
		const ready: Array<{ n: number; wanted: Wanted }> = [];
		inputs.forEach((input, n) => {
			try {
				ready.push({ n, wanted: wantedBy(input) });
			} catch (error) {
				results[n] = toFailure(error);
			}
		});
		const found = await getRecords(
			salesforce,
			ready.map(({ wanted }) => wanted),
		);
		for (const [at, { n }] of ready.entries()) results[n] = found[at] ?? {};
		return results;
	},
});

function wantedBy(input: Input): Wanted {
	const { object, getBy, externalIdField: field = '', externalIdValue: value = '' } = input;
	const { fields = [] } = input.options;
	if (getBy === 'id') return { object, id: recordId(input.recordId, 'Record ID'), fields };
	if (value === '') throw invalidInput('"External ID Value" is empty');
	return { object, externalId: { field, value }, fields };
}
