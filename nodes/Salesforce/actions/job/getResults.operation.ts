import { defineOperation } from '../../../shared/node/defineOperation';
import {
	deliver,
	limitField,
	outputField,
	outputFileField,
	returnAllField,
	rowLimit,
	selected,
} from '../../../shared/node/rowsOutput';
import type { SalesforceClient } from '../../transport/client';
import { takeResults } from '../../transport/records/bulk/resultRows';
import { jobIdField, jobIdOf } from './fields';

const FILES = {
	failed: 'failedResults',
	successful: 'successfulResults',
	unprocessed: 'unprocessedrecords',
} as const;

export const getResults = defineOperation({
	name: 'Get Results',
	value: 'getResults',
	action: 'Get the results of a bulk job',
	description:
		'Get what became of the records of a job, with the columns that were sent: as a file that takes no memory, or as items. Salesforce keeps it for seven days.',
	repeatable: true,
	properties: [
		jobIdField,
		{
			displayName: 'Results',
			name: 'results',
			type: 'options',
			options: [
				{
					name: 'Failed',
					value: 'failed',
					description: 'Records that were not written, with the reason in sf__Error',
				},
				{
					name: 'Successful',
					value: 'successful',
					description: 'Records that were written, with their ID in sf__Id',
				},
				{
					name: 'Unprocessed',
					value: 'unprocessed',
					description: 'Records that a failed or aborted job did not come to',
				},
			],
			default: 'failed',
			description: 'Which records of the job',
		},
		returnAllField,
		limitField,
		outputField,
		outputFileField,
	],
	async execute(salesforce: SalesforceClient, input, item) {
		const { results, returnAll, limit } = input;
		const jobId = jobIdOf(input.jobId);
		const most = rowLimit(returnAll, limit ?? 50);
		return await takeResults(salesforce, jobId, FILES[results], async ({ columns, pages }) => {
			const rows = selected(pages, () => true, most);
			const about = { jobId, results };
			return await deliver(rows, input, { about, name: `${jobId}-${results}`, columns }, item);
		});
	},
});
