import { defineBatchOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { MAX_INPUTS } from '../../transport/process/invocable';
import { flowInputsField, invokeAll, repeatableOption } from '../action/fields';
import { flowField } from '../action/kinds';

export const invoke = defineBatchOperation({
	name: 'Invoke',
	value: 'invoke',
	action: 'Invoke a flow',
	description: 'Run an autolaunched flow: its active version, once for each item',
	repeatable: false,
	preselected: true,
	batchSize: MAX_INPUTS,
	properties: [
		flowField,
		flowInputsField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [repeatableOption],
		},
	],
	async executeAll(salesforce: SalesforceClient, inputs) {
		return await invokeAll(
			salesforce,
			inputs.map(({ flow, inputs: variables, options }) => ({
				kind: 'flow',
				name: flow,
				inputs: variables,
				...options,
			})),
		);
	},
});
