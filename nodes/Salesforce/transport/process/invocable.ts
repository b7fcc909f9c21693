import type { Failure } from '../../../shared/resilience/failure';
import type { JsonAnswer, SalesforceClient } from '../client';
import { refusal, salesforceFailure } from '../failure';
import { path } from '../path';

/** An action that can be invoked, of the org itself or of Salesforce. */
export interface InvocableAction {
	name: string;
	label: string;
	/** "FLOW", "APEX", "EMAILALERT", "QUICKACTION" ... */
	type: string;
	url: string;
}

/** Most inputs that one call takes. */
export const MAX_INPUTS = 200;

/**
 * Where an action is found below the root of the API version.
 * https://developer.salesforce.com/docs/atlas.en-us.api_action.meta/api_action/actions_intro_invoking.htm
 * @param kind "standard", or the kind of a custom action: "flow", "apex", "emailAlert", "quickAction" ...
 * @param name those of an object have it in front: "Account/Renew"
 */
export const actionPath = (kind: string, name: string): string =>
	[actionsPath(kind), ...name.split('/').map(encodeURIComponent)].join('/');

const actionsPath = (kind: string): string =>
	kind === 'standard' ? '/actions/standard' : path`/actions/custom/${kind}`;

/** The actions of a kind. */
export async function listActions(
	client: SalesforceClient,
	kind: string,
): Promise<InvocableAction[]> {
	const request = {
		operation: 'List actions',
		about: `actions of the kind "${kind}"`,
		path: actionsPath(kind),
	};
	return await client.call(
		request,
		({ json }) => (json as { actions?: InvocableAction[] }).actions ?? [],
	);
}

/**
 * One input of an action.
 * https://developer.salesforce.com/docs/atlas.en-us.api_action.meta/api_action/actions_intro_invoking.htm
 */
export interface ActionInput {
	name: string;
	label: string | null;
	/** "STRING", "BOOLEAN", "REFERENCE", "SOBJECT" ... */
	type: string;
	required: boolean;
	/** above 1: a list */
	maxOccurs: number;
	sobjectType: string | null;
	picklistValues: Array<{ value: string; label: string | null }> | null;
}

/** What an action takes. */
export const inputsOf = async (
	client: SalesforceClient,
	kind: string,
	name: string,
): Promise<ActionInput[]> =>
	await client.call(
		{ operation: 'Describe action', about: `"${name}"`, path: actionPath(kind, name) },
		({ json }) => (json as { inputs?: ActionInput[] | null }).inputs ?? [],
	);

export interface Invoked {
	actionName: string;
	outputValues: Record<string, unknown>;
}

interface Result {
	actionName: string;
	errors: unknown;
	isSuccess: boolean;
	outputValues: Record<string, unknown> | null;
}

const areResults = (json: unknown): json is Result[] =>
	Array.isArray(json) &&
	json.every((result) => typeof result === 'object' && result !== null && 'isSuccess' in result);

/**
 * Invokes an action with several inputs in one request: a result for each, in order.
 * @param repeatable whether the action may be invoked again where the answer was lost
 */
export async function invoke(
	client: SalesforceClient,
	{ kind, name, repeatable }: { kind: string; name: string; repeatable: boolean },
	inputs: object[],
): Promise<Array<Invoked | Failure>> {
	return await client.call(
		{
			operation: 'Invoke action',
			about: `"${name}"`,
			method: 'POST',
			path: actionPath(kind, name),
			json: { inputs },
			repeatable,
			// Where an input fails, the status says so and the body has the results all the same.
			accept: [400, 500],
		},
		(answer) => resultsIn(answer, client),
	);
}

function resultsIn(
	{ json, status, headers }: JsonAnswer,
	{ clock, redact }: SalesforceClient,
): Array<Invoked | Failure> {
	if (!areResults(json))
		throw salesforceFailure(status, headers, JSON.stringify(json), clock.now());
	return json.map(({ isSuccess, errors, actionName, outputValues }) => {
		if (isSuccess) return { actionName, outputValues: outputValues ?? {} };
		const failure = refusal(errors, 'The action failed');
		return failure.saying(redact.text(failure.message));
	});
}
