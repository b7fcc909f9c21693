import type { INodeProperties } from 'n8n-workflow';
import { invalidInput } from '../../../shared/resilience/failure';
import type { Failure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import type { Invoked } from '../../transport/process/invocable';
import { invoke } from '../../transport/process/invocable';
import { grouped } from '../grouped';

export const inputsField = {
	displayName: 'Inputs',
	name: 'inputs',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. { "subject": "{{ $json.subject }}" }',
	description:
		'The input variables by their names. Inputs of all items for the same action go in one request, up to 200.',
} as const satisfies INodeProperties;

export const repeatableOption = {
	displayName: 'Repeat if the Answer Is Lost',
	name: 'repeatable',
	type: 'boolean',
	default: false,
	description:
		'Whether it may be invoked again where nobody knows if it was: only for what does no harm when it happens twice. Else the item fails as maybe done.',
} as const satisfies INodeProperties;

interface Invocation {
	kind: string;
	name: string;
	inputs: unknown;
	repeatable?: boolean;
}

/** Invokes what the inputs name, those for the same action in one request. */
export async function invokeAll(
	salesforce: SalesforceClient,
	invocations: Invocation[],
): Promise<Array<Invoked | Failure>> {
	return await grouped(invocations, {
		prepare: ({ kind, name, inputs, repeatable = false }) => ({
			action: { kind, name: given(name, 'Name'), repeatable },
			variables: objectIn(inputs),
		}),
		keyOf: ({ action }) => JSON.stringify(action),
		send: async (group) => {
			const [first] = group;
			if (!first) return [];
			const variables = group.map(({ variables: inputs }) => inputs);
			return await invoke(salesforce, first.action, variables);
		},
	});
}

function given(value: string, field: string): string {
	if (value.trim() !== '') return value.trim();
	throw invalidInput(`"${field}" is empty`);
}

function objectIn(value: unknown): object {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
	throw invalidInput(
		`"Inputs" must be an object with the names of the input variables, but is ${JSON.stringify(value)}`,
	);
}
