import { defineBatchOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { objectToUpdate } from '../objectFields';
import { fieldsToUpdate, recordIdField } from './fields';
import { recordId } from '../../transport/recordId';
import { writeInputs } from './writeInputs';
import { readWriteOptions, saveOptions } from './writeOptions';

export const update = defineBatchOperation({
	name: 'Update',
	value: 'update',
	action: 'Update a record',
	description:
		'Change fields of the record of each item: 200 in one request, or a job of the Bulk API for many',
	repeatable: true,
	properties: [objectToUpdate, recordIdField, fieldsToUpdate, saveOptions],
	batchSize: Infinity,
	async executeAll(salesforce: SalesforceClient, inputs, settle) {
		return await writeInputs(
			salesforce,
			'update',
			inputs,
			({ object, recordId: id, fields, options }) => ({
				object,
				id: recordId(id, 'Record ID'),
				fields,
				options: readWriteOptions(options),
			}),
			settle,
		);
	},
});
