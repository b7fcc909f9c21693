import type { INodeProperties } from 'n8n-workflow';
import { defineBatchOperation } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import { objectToUpsert } from '../objectFields';
import { externalIdField, fieldsToUpsert } from './fields';
import { writeInputs } from './writeInputs';
import { readWriteOptions, saveOptions } from './writeOptions';

const externalIdValueField = {
	displayName: 'External ID Value',
	name: 'externalIdValue',
	type: 'string',
	default: '',
	description: 'If empty, that of the external ID field among the fields',
} as const satisfies INodeProperties;

export const upsert = defineBatchOperation({
	name: 'Create or Update',
	value: 'upsert',
	action: 'Create or update a record',
	description: 'Create a new record, or update the current one if it already exists (upsert)',
	repeatable: true,
	properties: [objectToUpsert, externalIdField, externalIdValueField, fieldsToUpsert, saveOptions],
	batchSize: Infinity,
	async executeAll(salesforce: SalesforceClient, inputs, settle) {
		return await writeInputs(
			salesforce,
			'upsert',
			inputs,
			({ object, externalIdField: field, externalIdValue, fields, options }) => ({
				object,
				externalId: { field: matching(field), value: externalIdValue || valueOf(fields, field) },
				fields,
				options: readWriteOptions(options),
			}),
			settle,
		);
	},
});

/** https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-upsert.html */
function matching(field: string): string {
	if (field.toLowerCase() !== 'id') return field;
	throw invalidInput('"Id" is no external ID', 'To change a record by its ID, use "Update".');
}

function valueOf(fields: Record<string, unknown>, field: string): string {
	const [, value] =
		Object.entries(fields).find(([name]) => name.toLowerCase() === field.toLowerCase()) ?? [];
	if (typeof value === 'string' && value !== '') return value;
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	throw invalidInput(
		`The external ID "${field}" has no value`,
		'Fill in "External ID Value", or give the field among the fields: without it, each run would create the record again.',
	);
}
