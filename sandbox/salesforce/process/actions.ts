import { json, type Answer } from '../answer.ts';
import { isObject, objectBody } from '../body.ts';
import { ApiError, notFound, refusal } from '../errors.ts';
import { writeContext, type WriteContext } from '../records/context.ts';
import { createRecord } from '../records/write.ts';
import type { Call, Route } from '../router.ts';

interface Parameter {
	name: string;
	label: string;
	type: 'STRING' | 'NUMBER' | 'BOOLEAN' | 'REFERENCE' | 'DATE' | 'SOBJECT';
	required: boolean;
	maxOccurs?: number;
	sobjectType?: string;
}

/** An action that can be invoked over REST. */
export interface Action {
	/** "standard", "flow", "apex" ... */
	kind: string;
	name: string;
	label: string;
	description: string;
	inputs: Parameter[];
	outputs: Parameter[];
	/** The outputs of one input. @throws ApiError what the action answers then */
	run(context: WriteContext, input: Record<string, unknown>): Record<string, unknown>;
}

const mostInputs = 200;

const input = (
	name: string,
	type: Parameter['type'],
	required: boolean,
	more: Partial<Parameter> = {},
): Parameter => ({ name, label: name, type, required, ...more });

let interviews = 0;

/** What flows say of how they ended. */
const finished = () => ({
	Flow__InterviewGuid: `${(++interviews).toString(16).padStart(35, '0')}-sbx1`,
	Flow__InterviewStatus: 'Finished',
});

const create = (context: WriteContext, object: string, values: Record<string, unknown>): string => {
	const type = context.org.schema.get(object);
	if (!type) throw notFound();
	return createRecord(context, type, values).id;
};

/** Actions an org has from the beginning. */
export const usualActions: Action[] = [
	{
		kind: 'flow',
		name: 'Score_Lead',
		label: 'Score Lead',
		description: 'Gives a lead a score. Fails for a negative number.',
		inputs: [input('leadId', 'REFERENCE', true), input('points', 'NUMBER', false)],
		outputs: [input('score', 'NUMBER', false), input('lead', 'STRING', false)],
		run({ org, userId }, { leadId, points = 10 }) {
			const row = org.store.find(String(leadId));
			if (!row || row.object !== 'Lead' || Number(points) < 0) {
				throw refusal('UNKNOWN_EXCEPTION', 'An unhandled fault has occurred in this flow', []);
			}
			const score = Number(row.values.Score__c ?? 0) + Number(points);
			org.store.change(row, { Score__c: score }, userId);
			return { score, lead: row.id, ...finished() };
		},
	},
	{
		kind: 'apex',
		name: 'EchoAction',
		label: 'Echo',
		description: 'Gives back the text.',
		inputs: [input('text', 'STRING', true)],
		outputs: [input('output', 'STRING', false)],
		run: (_, { text }) => ({ output: text }),
	},
	{
		kind: 'standard',
		name: 'chatterPost',
		label: 'Post to Chatter',
		description: 'Post a message to a specified feed.',
		inputs: [input('subjectNameOrId', 'STRING', true), input('text', 'STRING', true)],
		outputs: [input('feedItemId', 'STRING', false)],
		run: () => ({ feedItemId: `0D5Sb${String(++interviews).padStart(10, '0')}AAA` }),
	},
	{
		kind: 'standard',
		name: 'emailSimple',
		label: 'Send Email',
		description: 'Send an email where you specify the subject, body, and recipients.',
		inputs: [
			input('emailBody', 'STRING', true),
			input('emailSubject', 'STRING', true),
			input('emailAddresses', 'STRING', false),
		],
		outputs: [],
		run: () => ({}),
	},
	{
		kind: 'quickAction',
		name: 'NewTask',
		label: 'New Task',
		description: 'Create a task.',
		inputs: [input('contextId', 'REFERENCE', false), input('Subject', 'STRING', true)],
		outputs: [input('feedItemIds', 'STRING', false)],
		run: (context, { contextId, Subject }) => ({
			feedItemIds: null,
			contextId,
			successMessage: `Task "${String(Subject)}" was created.`,
			ids: [create(context, 'Task', { Subject })],
		}),
	},
];

const list = (call: Call, kind: string, root: string): Answer => {
	const actions = call.org.actions.filter((one) => one.kind === kind);
	return json({
		actions: actions.map(({ name, label }) => ({
			label,
			name,
			type: kind === 'standard' ? name.toUpperCase() : kind.toUpperCase(),
			url: `${call.base}${root}/${name}`,
		})),
	});
};

function find({ org, params }: Call, kind: string): Action {
	const name = params.name ?? '';
	const found = org.actions.find((one) => one.kind === kind && one.name === name);
	if (!found) throw notFound();
	return found;
}

const parameter = ({ name, label, type, required, maxOccurs = 1, sobjectType }: Parameter) => ({
	apexClass: null,
	byteLength: 0,
	defaultValue: null,
	description: null,
	label,
	maxOccurs,
	name,
	picklistValues: null,
	required,
	sobjectType: sobjectType ?? null,
	type,
});

const describe = ({ name, label, description, kind, inputs, outputs }: Action): Answer =>
	json({
		allowsTransactionControl: true,
		apexClass: null,
		category: null,
		configurationEditor: null,
		description,
		iconName: null,
		inputs: inputs.map(parameter),
		label,
		name,
		outputs: outputs.map((one) => ({
			...parameter(one),
			required: undefined,
			byteLength: undefined,
		})),
		standard: kind === 'standard',
		targetEntityName: null,
		type: kind === 'standard' ? name.toUpperCase() : kind.toUpperCase(),
	});

/** https://developer.salesforce.com/docs/atlas.en-us.api_action.meta/api_action/actions_intro_invoking.htm */
function invoke(call: Call, action: Action): Answer {
	const { inputs } = objectBody(call.request);
	if (!Array.isArray(inputs)) throw refusal('INVALID_INPUT', 'The list inputs is required.');
	if (inputs.length > mostInputs) {
		throw refusal('LIMIT_EXCEEDED', `The request may have ${mostInputs} inputs at most.`);
	}
	const context = writeContext(call);
	const results = inputs.map((one: unknown) => {
		const common = {
			actionName: action.name,
			invocationId: null,
			outcome: null,
			sortOrder: -1,
			version: 1,
		};
		try {
			const values = checked(action, isObject(one) ? one : {});
			const outputValues = call.org.store.transaction(() => action.run(context, values));
			return { ...common, errors: null, isSuccess: true, outputValues };
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			return { ...common, errors: error.rowErrors, isSuccess: false, outputValues: null };
		}
	});
	return json(results, results.some(({ isSuccess }) => !isSuccess) ? 400 : 200);
}

/** @throws ApiError when an input is missing or is none of the action */
function checked(action: Action, values: Record<string, unknown>): Record<string, unknown> {
	const unknown = Object.keys(values).find(
		(name) => !action.inputs.some((one) => one.name === name),
	);
	if (unknown !== undefined) {
		throw refusal('INVALID_INPUT', `The input ${unknown} is not an input of ${action.name}.`, []);
	}
	const missing = action.inputs.find(
		({ name, required }) => required && values[name] === undefined,
	);
	if (!missing) return values;
	const message = `Missing required input parameter: ${missing.name}`;
	throw refusal('REQUIRED_FIELD_MISSING', message, [missing.name]);
}

export const actionRoutes: Route[] = [
	{
		method: 'GET',
		path: '/actions',
		handle: ({ base }) =>
			json({ standard: `${base}/actions/standard`, custom: `${base}/actions/custom` }),
	},
	{
		method: 'GET',
		path: '/actions/standard',
		handle: (call) => list(call, 'standard', '/actions/standard'),
	},
	{
		method: 'GET',
		path: '/actions/standard/:name',
		handle: (call) => describe(find(call, 'standard')),
	},
	{
		method: 'POST',
		path: '/actions/standard/:name',
		handle: (call) => invoke(call, find(call, 'standard')),
	},
	{
		method: 'GET',
		path: '/actions/custom',
		handle: ({ base }) =>
			json(
				Object.fromEntries(
					['apex', 'emailAlert', 'flow', 'quickAction'].map((kind) => [
						kind,
						`${base}/actions/custom/${kind}`,
					]),
				),
			),
	},
	{
		method: 'GET',
		path: '/actions/custom/:kind',
		handle: (call) => list(call, call.params.kind ?? '', `/actions/custom/${call.params.kind}`),
	},
	{
		method: 'GET',
		path: '/actions/custom/:kind/:name',
		handle: (call) => describe(find(call, call.params.kind ?? '')),
	},
	{
		method: 'POST',
		path: '/actions/custom/:kind/:name',
		handle: (call) => invoke(call, find(call, call.params.kind ?? '')),
	},
];
