import { defineBatchOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { objectToCreate } from '../objectFields';
import { fieldsToCreate } from './fields';
import { writeInputs } from './writeInputs';
import { readWriteOptions, saveOptions } from './writeOptions';

export const create = defineBatchOperation({
	name: 'Create',
	value: 'create',
	action: 'Create a record',
	description:
		'Create a record for each item: 200 in one request, or a job of the Bulk API for many. A record whose answer is lost is not sent again; it fails as maybe done.',
	repeatable: false,
	preselected: true,
	properties: [objectToCreate, fieldsToCreate, saveOptions],
	batchSize: Infinity,
	async executeAll(salesforce: SalesforceClient, inputs, settle) {
		return await writeInputs(
			salesforce,
			'create',
			inputs,
			({ object, fields, options }) => ({ object, fields, options: readWriteOptions(options) }),
			settle,
		);
	},
});
