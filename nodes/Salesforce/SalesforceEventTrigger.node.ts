import type {
	INodeType,
	INodeTypeDescription,
	ITriggerFunctions,
	ITriggerResponse,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { authenticationField } from './methods/authentication';
import { salesforceCredentialTest } from './methods/credentialTest';
import { listSearch } from './methods/listSearch';
import { openTriggerClient } from './methods/openClient';
import { eventProperties } from './triggers/events/properties';
import { startStreaming } from './triggers/events/startStreaming';

export class SalesforceEventTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Resilient Salesforce Event Trigger',
		name: 'salesforceEventTrigger',
		icon: { light: 'file:salesforce.svg', dark: 'file:salesforce.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter.topic?.value ?? $parameter.topic }}',
		description:
			'Starts the workflow when Salesforce publishes a platform event or a change of a record; told by the org at once, loses nothing and doubles nothing',
		eventTriggerDescription: '',
		activationMessage: 'Your workflow now runs when Salesforce publishes an event.',
		defaults: { name: 'Resilient Salesforce Event Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
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
		properties: [authenticationField, ...eventProperties],
	};

	methods = { credentialTest: { salesforceCredentialTest }, listSearch };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await startStreaming(this, async (signal) => await openTriggerClient(this, signal));
	}
}
