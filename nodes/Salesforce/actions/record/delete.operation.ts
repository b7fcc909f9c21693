import { defineBatchOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { objectToDelete } from '../objectFields';
import { recordIdField } from './fields';
import { recordId } from '../../transport/recordId';
import { writeInputs } from './writeInputs';
import { deleteOptions, readWriteOptions } from './writeOptions';

export const deleteOperation = defineBatchOperation({
	name: 'Delete',
	value: 'delete',
	action: 'Delete a record',
	description:
		'Delete the record of each item, with the records that depend on it: 200 in one request, or a job of the Bulk API for many. They are in the recycle bin for 15 days, and then gone for good.',
	repeatable: true,
	properties: [objectToDelete, recordIdField, deleteOptions],
	batchSize: Infinity,
	async executeAll(salesforce: SalesforceClient, inputs, settle) {
		return await writeInputs(
			salesforce,
			'delete',
			inputs,
			({ object, recordId: id, options }) => ({
				object,
				id: recordId(id, 'Record ID'),
				fields: {},
				options: readWriteOptions(options),
			}),
			settle,
		);
	},
});
