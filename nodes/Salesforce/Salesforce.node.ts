import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { propertiesOf } from '../shared/node/properties';
import { outputsWithFailed } from '../shared/node/resilienceFields';
import { runOperations } from '../shared/node/runOperations';
import { resources } from './actions/resources';
import { authenticationField, credentials } from './methods/authentication';
import { openClient } from './methods/openClient';

export class Salesforce implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Resilient Salesforce',
		name: 'salesforce',
		icon: { light: 'file:salesforce.svg', dark: 'file:salesforce.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.operation + ": " + $parameter.resource }}',
		description:
			'Work with every object of a Salesforce org: any volume, nothing lost, nothing doubled',
		defaults: { name: 'Resilient Salesforce' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsWithFailed,
		credentials,
		properties: [authenticationField, ...propertiesOf(resources)],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperations(this, resources, openClient);
	}
}
