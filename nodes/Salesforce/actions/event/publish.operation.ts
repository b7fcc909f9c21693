import { defineBatchOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { platformEvent } from '../objectFields';
import { fieldsToCreate } from '../record/fields';
import { writeInputs } from '../record/writeInputs';

// An event is no record: the Bulk API does not take any.
const options = { bulkAbove: Infinity };

export const publish = defineBatchOperation({
	name: 'Publish',
	value: 'publish',
	action: 'Publish a platform event',
	description:
		'Publish a platform event for each item: 200 in one request. An event whose answer is lost is not sent again; it fails as maybe done.',
	repeatable: false,
	properties: [platformEvent, fieldsToCreate],
	batchSize: Infinity,
	async executeAll(salesforce: SalesforceClient, inputs, settle) {
		return await writeInputs(
			salesforce,
			'create',
			inputs,
			({ object, fields }) => ({ object, fields, options }),
			settle,
		);
	},
});
