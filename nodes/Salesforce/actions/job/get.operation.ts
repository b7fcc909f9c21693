import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { getJob } from '../../transport/records/bulk/job';
import { jobIdField, jobIdOf } from './fields';

export const get = defineOperation({
	name: 'Get',
	value: 'get',
	action: 'Get a bulk job',
	description: 'Get the state of a job of the Bulk API and how many records it has worked on',
	repeatable: true,
	properties: [jobIdField],
	async execute(salesforce: SalesforceClient, { jobId }) {
		return await getJob(salesforce, jobIdOf(jobId));
	},
});
