import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { processApproval } from '../../transport/process/approvals';
import { recordId } from '../../transport/recordId';
import { commentsField, idsIn, nextApproversOption } from './fields';

export const submit = defineOperation({
	name: 'Submit',
	value: 'submit',
	action: 'Submit a record for approval',
	description: 'Start an approval process for a record',
	repeatable: false,
	preselected: true,
	properties: [
		{
			displayName: 'Record ID',
			name: 'recordId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 0065e00000AbCdEFGH',
			description: 'The record to submit',
		},
		commentsField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Approval Process',
					name: 'processDefinitionNameOrId',
					type: 'string',
					default: '',
					description:
						'Unique name or ID of the approval process. Default: the first one whose entry criteria the record meets.',
				},
				nextApproversOption,
				{
					displayName: 'Skip Entry Criteria',
					name: 'skipEntryCriteria',
					type: 'boolean',
					default: false,
					description:
						'Whether to submit a record that does not meet the entry criteria. Needs the approval process.',
				},
				{
					displayName: 'Submitter ID',
					name: 'contextActorId',
					type: 'string',
					default: '',
					description: 'User who submits. Default: the user of the credential.',
				},
			],
		},
	],
	async execute(salesforce: SalesforceClient, { recordId: record, comments, options }) {
		const { nextApproverIds, contextActorId, processDefinitionNameOrId, skipEntryCriteria } =
			options;
		return await processApproval(salesforce, {
			actionType: 'Submit',
			contextId: recordId(record, 'Record ID'),
			...(comments && { comments }),
			...(nextApproverIds && { nextApproverIds: idsIn(nextApproverIds, 'Next Approver IDs') }),
			...(contextActorId && { contextActorId: recordId(contextActorId, 'Submitter ID') }),
			...(processDefinitionNameOrId && { processDefinitionNameOrId }),
			...(skipEntryCriteria && { skipEntryCriteria }),
		});
	},
});
