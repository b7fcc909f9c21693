import { defineBatchOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { MAX_INPUTS } from '../../transport/process/invocable';
import { actionInputsField, invokeAll, repeatableOption } from './fields';
import { actionNameField, kindField } from './kinds';

export const invoke = defineBatchOperation({
	name: 'Invoke',
	value: 'invoke',
	action: 'Invoke an action',
	description:
		'Run a standard action of Salesforce, or an Apex action, quick action, email alert or other action of the org',
	repeatable: false,
	batchSize: MAX_INPUTS,
	properties: [
		kindField,
		actionNameField,
		actionInputsField,
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
			inputs.map(({ options, actionName, ...input }) => ({
				...input,
				name: actionName,
				...options,
			})),
		);
	},
});
