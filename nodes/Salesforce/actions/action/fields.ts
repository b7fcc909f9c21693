import type { INodeProperties } from 'n8n-workflow';
import { invalidInput } from '../../../shared/resilience/failure';
import type { Failure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import type { Invoked } from '../../transport/process/invocable';
import { invoke } from '../../transport/process/invocable';
import { grouped } from '../grouped';

const inputsField = {
	displayName: 'Inputs',
	name: 'inputs',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'defineBelow', value: null },
	description:
		'The input variables. Inputs of all items for the same action go in one request, up to 200.',
} as const satisfies INodeProperties;

const inputWords = {
	mode: 'add',
	valuesLabel: 'Inputs',
	fieldWords: { singular: 'input', plural: 'inputs' },
	supportAutoMap: true,
} as const;

export const actionInputsField = {
	...inputsField,
	typeOptions: {
		loadOptionsDependsOn: ['kind', 'actionName.value'],
		resourceMapper: { ...inputWords, resourceMapperMethod: 'getActionInputs' },
	},
} as const satisfies INodeProperties;

export const flowInputsField = {
	...inputsField,
	typeOptions: {
		loadOptionsDependsOn: ['flow.value'],
		resourceMapper: { ...inputWords, resourceMapperMethod: 'getFlowInputs' },
	},
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
	inputs: Record<string, unknown>;
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
			variables: inputs,
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
