import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { MOST_SUBREQUESTS, sendComposite } from '../../transport/composite/sendComposite';
import { outputField, requestsFields } from './fields';
import { requestsIn } from './requestsIn';
import { partialFailure, responseRows } from './responses';

export const execute = defineOperation({
	name: 'Execute',
	value: 'execute',
	action: 'Execute requests that refer to each other',
	description:
		'Send up to 25 requests in one call, where a request can use what one before it answered. They may change or delete data.',
	repeatable: false,
	preselected: true,
	properties: [
		...requestsFields,
		{
			displayName: 'All or None',
			name: 'allOrNone',
			type: 'boolean',
			default: true,
			description: 'Whether everything is undone when one request fails',
		},
		{
			displayName: 'If Some Fail',
			name: 'ifSomeFail',
			type: 'options',
			displayOptions: { show: { allOrNone: [false] } },
			options: [
				{
					name: 'Fail',
					value: 'fail',
					description:
						'The item fails, and its error says which requests were done and which were not',
				},
				{
					name: 'Report',
					value: 'report',
					description: 'The item succeeds, and each response says whether its request did',
				},
			],
			default: 'fail',
			description: 'What to do when some requests were done and others were not',
		},
		outputField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Collate Requests',
					name: 'collateSubrequests',
					type: 'boolean',
					default: false,
					description:
						'Whether Salesforce may do requests together that do not depend on each other, which is faster',
				},
			],
		},
	],
	async execute(
		salesforce: SalesforceClient,
		{ allOrNone, ifSomeFail, output, options, ...written },
	) {
		const requests = requestsIn(written, { most: MOST_SUBREQUESTS, inOrder: true });
		const responses = await sendComposite(salesforce, requests, { allOrNone, ...options });
		const failure =
			ifSomeFail === 'report' ? undefined : partialFailure(responses, requests, salesforce);
		if (failure) throw failure;
		return responseRows(responses, output);
	},
});
