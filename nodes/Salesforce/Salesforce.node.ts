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
import { getMany, queriesOf } from './actions/record/getMany.operation';
import { resources } from './actions/resources';
import { authenticationField } from './methods/authentication';
import { salesforceCredentialTest } from './methods/credentialTest';
import { listSearch } from './methods/listSearch';
import { loadOptions } from './methods/loadOptions';
import { openClient } from './methods/openClient';
import { previewSoql } from './methods/previewSoql';
import { resourceMapping } from './methods/resourceMapping';

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
		credentials: [
			{
				name: 'resilientSalesforceOAuth2Api',
				required: true,
				testedBy: 'salesforceCredentialTest',
				displayOptions: { show: { authentication: ['oAuth2'] } },
			},
			{
				name: 'resilientSalesforceJwtApi',
				required: true,
				testedBy: 'salesforceCredentialTest',
				displayOptions: { show: { authentication: ['jwt'] } },
			},
		],
		properties: [authenticationField, ...propertiesOf(resources)],
	};

	methods = {
		credentialTest: { salesforceCredentialTest },
		listSearch,
		loadOptions,
		resourceMapping: {
			...resourceMapping,
			previewSoql: previewSoql(getMany.properties, queriesOf),
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperations(this, resources, openClient);
	}
}
