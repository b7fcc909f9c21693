import type { JsonAnswer, SalesforceClient } from '../client';
import { refusal, salesforceFailure } from '../failure';
import { queryPages } from '../query/pages';
import { quote } from '../query/quote';
import type { Row } from '../query/records';
import { keyPrefixOf } from '../recordId';

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_process_approvals.htm */
export interface ApprovalRequest {
	actionType: 'Submit' | 'Approve' | 'Reject' | 'Removed';
	/** the record to submit, or the work item to approve or reject */
	contextId: string;
	/** who submits, where it is somebody else */
	contextActorId?: string;
	comments?: string;
	nextApproverIds?: string[];
	processDefinitionNameOrId?: string;
	skipEntryCriteria?: boolean;
}

export interface ApprovalResult {
	actorIds: string[] | null;
	entityId: string;
	instanceId: string;
	/** "Pending", "Approved", "Rejected", "Removed" */
	instanceStatus: string;
	newWorkitemIds: string[] | null;
}

interface Answered extends ApprovalResult {
	errors: unknown;
	success: boolean;
}

const isAnswered = (json: unknown): json is [Answered] =>
	Array.isArray(json) && typeof json[0] === 'object' && json[0] !== null && 'success' in json[0];

/**
 * Submits a record, or approves or rejects a work item. One request for each: of several the results do
 * not come in the order of the requests, and do not say to which of them they belong.
 */
export async function processApproval(
	client: SalesforceClient,
	request: ApprovalRequest,
): Promise<ApprovalResult> {
	const about = `"${request.contextId}"`;
	return await client.call(
		{
			operation: `${request.actionType} approval`,
			about,
			method: 'POST',
			path: '/process/approvals/',
			json: { requests: [request] },
			// What was wrong with the request stands in the result, as well as in the status.
			accept: [400],
		},
		(answer) => resultIn(answer, client),
	);
}

function resultIn(
	{ json, status, headers }: JsonAnswer,
	{ clock }: SalesforceClient,
): ApprovalResult {
	if (!isAnswered(json))
		throw salesforceFailure(status, headers, JSON.stringify(json), clock.now());
	const { success, errors, ...result } = json[0];
	if (success) return result;
	throw refusal(errors, 'The request was refused');
}

const WORK_ITEMS =
	'SELECT Id, ActorId, Actor.Name, ProcessInstanceId, ProcessInstance.TargetObjectId, ProcessInstance.TargetObject.Name, ProcessInstance.ProcessDefinition.DeveloperName, ProcessInstance.ProcessDefinition.Name, CreatedDate FROM ProcessInstanceWorkitem';
const PENDING = "ProcessInstance.Status = 'Pending'";

/** Requests for approval that somebody is to decide on, oldest first. */
export async function pendingWorkItems(
	client: SalesforceClient,
	limit: number,
	{ approver, record }: { approver?: string; record?: string },
): Promise<Row[]> {
	const conditions = [
		PENDING,
		...(approver ? [`ActorId = ${quote(approver)}`] : []),
		...(record ? [`ProcessInstance.TargetObjectId = ${quote(record)}`] : []),
	];
	const soql = `${WORK_ITEMS} WHERE ${conditions.join(' AND ')} ORDER BY CreatedDate`;
	const rows: Row[] = [];
	for await (const page of queryPages(client, soql, { limit })) rows.push(...page);
	return rows;
}

const WORK_ITEM = '04i';

/**
 * The work items that an ID means: itself, or those that are pending for a record.
 * @param id of a work item or of a record
 */
export async function workItemsOf(client: SalesforceClient, id: string): Promise<string[]> {
	if (keyPrefixOf(id) === WORK_ITEM) return [id];
	const found = await pendingWorkItems(client, Infinity, { record: id });
	return found.map(({ Id }) => String(Id));
}
