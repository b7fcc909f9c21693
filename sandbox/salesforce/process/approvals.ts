import { json, type Answer } from '../answer.ts';
import { isObject, objectBody } from '../body.ts';
import { ApiError, refusal } from '../errors.ts';
import { normalId } from '../ids.ts';
import type { Call, Route } from '../router.ts';
import { isDeleted, type Row } from '../store/row.ts';

interface Outcome {
	actorIds: string[];
	entityId: string;
	instanceId: string;
	instanceStatus: string;
	newWorkitemIds: string[];
}

type Act = (call: Call, request: Record<string, unknown>) => Outcome;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** @throws ApiError INVALID_CROSS_REFERENCE_KEY, MALFORMED_ID */
function record({ org }: Call, id: string): Row {
	if (normalId(id) === undefined) throw refusal('MALFORMED_ID', `malformed id ${id}`, []);
	const row = org.store.find(id);
	if (row && !isDeleted(row)) return row;
	throw refusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
}

/** The process for a record: the one that is named, or the first of its object. */
function processFor({ org }: Call, row: Row, name: string): Row {
	const found = org.store
		.rows('ProcessDefinition')
		.filter(({ values }) => values.TableEnumOrId === row.object && values.State === 'Active')
		.find(
			({ id, values }) => name === '' || values.DeveloperName === name || id === normalId(name),
		);
	if (found) return found;
	throw refusal('NO_APPLICABLE_PROCESS', 'No applicable approval process was found.', []);
}

const pendingOf = ({ org }: Call, id: string): Row | undefined =>
	org.store
		.table('ProcessInstance')
		.having('TargetObjectId', id)
		.find(({ values }) => values.Status === 'Pending');

const submit: Act = (call, request) => {
	const { store } = call.org;
	const { userId } = call.session;
	const row = record(call, text(request.contextId));
	const process = processFor(call, row, text(request.processDefinitionNameOrId));
	if (pendingOf(call, row.id)) {
		const message =
			'This record is currently in an approval process. A record can be in only one approval process at a time.';
		throw refusal('ALREADY_IN_PROCESS', message, []);
	}
	const [next] = Array.isArray(request.nextApproverIds) ? request.nextApproverIds : [];
	const actor = normalId(text(next)) ?? userId;
	const submitter = normalId(text(request.contextActorId)) ?? userId;
	const instance = store.add(
		'ProcessInstance',
		{
			ProcessDefinitionId: process.id,
			TargetObjectId: row.id,
			Status: 'Pending',
			SubmittedById: submitter,
			LastActorId: submitter,
		},
		userId,
	);
	step(call, instance, 'Started', submitter, request.comments);
	const item = store.add(
		'ProcessInstanceWorkitem',
		{ ProcessInstanceId: instance.id, ActorId: actor, OriginalActorId: actor },
		userId,
	);
	return {
		actorIds: [actor],
		entityId: row.id,
		instanceId: instance.id,
		instanceStatus: 'Pending',
		newWorkitemIds: [item.id],
	};
};

function step(
	{ org, session }: Call,
	instance: Row,
	StepStatus: string,
	actor: string,
	comments: unknown,
) {
	org.store.add(
		'ProcessInstanceStep',
		{
			ProcessInstanceId: instance.id,
			StepStatus,
			ActorId: actor,
			OriginalActorId: actor,
			Comments: text(comments) || null,
		},
		session.userId,
	);
}

const decide =
	(status: 'Approved' | 'Rejected' | 'Removed'): Act =>
	(call, request) => {
		const { store, clock } = call.org;
		const { userId } = call.session;
		const item = record(call, text(request.contextId));
		const instance = store.find(String(item.values.ProcessInstanceId));
		if (item.object !== 'ProcessInstanceWorkitem' || !instance) {
			throw refusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
		}
		const actor = String(item.values.ActorId);
		store.remove(item, userId);
		step(call, instance, status, userId, request.comments);
		const changes = { Status: status, CompletedDate: clock.stamp(), LastActorId: userId };
		store.change(instance, changes, userId);
		return {
			actorIds: status === 'Removed' ? [] : [actor],
			entityId: String(instance.values.TargetObjectId),
			instanceId: instance.id,
			instanceStatus: status,
			newWorkitemIds: [],
		};
	};

const actions: Record<string, Act> = {
	submit,
	approve: decide('Approved'),
	reject: decide('Rejected'),
	removed: decide('Removed'),
};

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_process_approvals_post.htm */
function process(call: Call): Answer {
	const { requests } = objectBody(call.request);
	if (!Array.isArray(requests)) {
		throw refusal('JSON_PARSER_ERROR', 'The list requests is required.');
	}
	const results = requests.map((one: unknown) => {
		const request = isObject(one) ? one : {};
		try {
			const act = actions[text(request.actionType).toLowerCase()];
			if (!act)
				throw refusal('INVALID_INPUT', `Unknown actionType: ${text(request.actionType)}`, []);
			const outcome = call.org.store.transaction(() => act(call, request));
			return { ...outcome, errors: null, success: true };
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			return {
				actorIds: null,
				entityId: normalId(text(request.contextId)) ?? null,
				errors: error.rowErrors,
				instanceId: null,
				instanceStatus: null,
				newWorkitemIds: null,
				success: false,
			};
		}
	});
	return json(results, results.some(({ success }) => !success) ? 400 : 200);
}

export const approvalRoutes: Route[] = [
	{
		method: 'GET',
		path: '/process/approvals',
		handle({ org }) {
			const approvals: Record<string, unknown[]> = {};
			for (const { id, values } of org.store.rows('ProcessDefinition')) {
				const object = String(values.TableEnumOrId);
				const list = (approvals[object] ??= []);
				const { Name: name, Description: description } = values;
				list.push({ description, id, name, object, sortOrder: list.length + 1 });
			}
			return json({ approvals });
		},
	},
	{ method: 'POST', path: '/process/approvals', handle: process },
];
