import type { INodeProperties } from 'n8n-workflow';
import { invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import type { ApprovalResult } from '../../transport/process/approvals';
import { processApproval, workItemsOf } from '../../transport/process/approvals';
import { recordId } from '../../transport/recordId';

export const commentsField = {
	displayName: 'Comments',
	name: 'comments',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	description: 'Shown in the approval history of the record',
} as const satisfies INodeProperties;

const workItemField = {
	displayName: 'Work Item or Record ID',
	name: 'workItemId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 04i5e00000AbCdEFGH',
	description:
		'The request to decide on (begins with 04i), or the record, where only one request is pending for it',
} as const satisfies INodeProperties;

export const nextApproversOption = {
	displayName: 'Next Approver IDs',
	name: 'nextApproverIds',
	type: 'string',
	default: '',
	description: 'Users or queues, separated by commas, where the process does not name them',
} as const satisfies INodeProperties;

/** What somebody decides on, and how. */
export const decisionFields = [
	workItemField,
	commentsField,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [nextApproversOption],
	},
] as const satisfies INodeProperties[];

/** IDs separated by commas or white space. */
export const idsIn = (text: string, field: string): string[] =>
	text
		.split(/[\s,;]+/)
		.filter((id) => id !== '')
		.map((id) => recordId(id, field));

interface Decision {
	workItemId: string;
	comments: string;
	options: { nextApproverIds?: string };
}

/** Approves or rejects one pending request. */
export async function decide(
	salesforce: SalesforceClient,
	actionType: 'Approve' | 'Reject',
	{ workItemId, comments, options: { nextApproverIds } }: Decision,
): Promise<ApprovalResult & { workItemId: string }> {
	const [found, ...others] = await workItemsOf(
		salesforce,
		recordId(workItemId, workItemField.displayName),
	);
	if (!found) throw invalidInput(`No request for approval of "${workItemId}" is pending`);
	if (others.length > 0)
		throw invalidInput(
			`${others.length + 1} requests for approval of "${workItemId}" are pending`,
			`Give the ID of one of them: ${[found, ...others].join(', ')}.`,
		);
	const result = await processApproval(salesforce, {
		actionType,
		contextId: found,
		...(comments && { comments }),
		...(nextApproverIds && { nextApproverIds: idsIn(nextApproverIds, 'Next Approver IDs') }),
	});
	return { workItemId: found, ...result };
}
