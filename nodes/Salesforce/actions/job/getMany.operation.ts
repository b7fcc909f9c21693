import { defineOperation } from '../../../shared/node/defineOperation';
import { limitField, returnAllField, rowLimit, selected } from '../../../shared/node/rowsOutput';
import type { SalesforceClient } from '../../transport/client';
import type { Job } from '../../transport/records/bulk/job';
import { listJobs } from '../../transport/records/bulk/listJobs';

export const getMany = defineOperation({
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many bulk jobs',
	description:
		'List the ingest jobs of the Bulk API 2.0 of the last seven days, those of other users and apps as well, in no order',
	repeatable: true,
	properties: [
		returnAllField,
		limitField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Object',
					name: 'object',
					type: 'string',
					default: '',
					placeholder: 'e.g. Account',
					description: 'Only jobs for this object',
				},
				{
					displayName: 'States',
					name: 'states',
					type: 'multiOptions',
					options: [
						{ name: 'Aborted', value: 'Aborted' },
						{ name: 'Failed', value: 'Failed' },
						{ name: 'In Progress', value: 'InProgress' },
						{ name: 'Job Complete', value: 'JobComplete' },
						{ name: 'Open', value: 'Open' },
						{ name: 'Upload Complete', value: 'UploadComplete' },
					],
					default: [],
					description: 'Only jobs in these states',
				},
			],
		},
	],
	async execute(salesforce: SalesforceClient, { returnAll, limit, options }) {
		const { object = '', states = [] } = options;
		const keep = (job: Job) =>
			(object === '' || job.object?.toLowerCase() === object.trim().toLowerCase()) &&
			(states.length === 0 || states.some((state) => state === job.state));
		const jobs: Job[] = [];
		const most = rowLimit(returnAll, limit ?? 50);
		for await (const page of selected(listJobs(salesforce), keep, most)) jobs.push(...page);
		return jobs;
	},
});
