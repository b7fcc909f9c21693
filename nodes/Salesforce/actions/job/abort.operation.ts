import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { abortJob } from '../../transport/records/bulk/job';
import { jobIdField, jobIdOf } from './fields';

export const abort = defineOperation({
	name: 'Abort',
	value: 'abort',
	action: 'Abort a bulk job',
	description:
		'Stop a job of the Bulk API for good. Records that it has written already stay as they are.',
	repeatable: true,
	properties: [jobIdField],
	async execute(salesforce: SalesforceClient, { jobId }) {
		return await abortJob(salesforce, jobIdOf(jobId));
	},
});
