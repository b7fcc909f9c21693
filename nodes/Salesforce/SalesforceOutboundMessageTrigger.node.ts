import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { authenticationField } from './methods/authentication';
import { salesforceCredentialTest } from './methods/credentialTest';
import { openTriggerClient } from './methods/openClient';
import { outboundProperties } from './triggers/outbound/properties';
import { receive } from './triggers/outbound/receive';

export class SalesforceOutboundMessageTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Resilient Salesforce Outbound Message Trigger',
		name: 'salesforceOutboundMessageTrigger',
		icon: { light: 'file:salesforce.svg', dark: 'file:salesforce.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter.organizationId }}',
		description:
			'Starts the workflow when a flow or workflow rule of Salesforce sends an outbound message; acknowledges it once the run has started, checks the org and suppresses duplicates',
		activationMessage: 'Your workflow now runs when Salesforce sends an outbound message.',
		defaults: { name: 'Resilient Salesforce Outbound Message Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'resilientSalesforceOAuth2Api',
				required: true,
				testedBy: 'salesforceCredentialTest',
				displayOptions: { show: { readRecords: [true], authentication: ['oAuth2'] } },
			},
			{
				name: 'resilientSalesforceJwtApi',
				required: true,
				testedBy: 'salesforceCredentialTest',
				displayOptions: { show: { readRecords: [true], authentication: ['jwt'] } },
			},
		],
		webhooks: [
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
		],
		properties: [
			...outboundProperties,
			{ ...authenticationField, displayOptions: { show: { readRecords: [true] } } },
		],
	};

	methods = { credentialTest: { salesforceCredentialTest } };

	// An outbound message is made by hand in Salesforce, and stays there.
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await Promise.resolve(true);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await Promise.resolve(true);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await Promise.resolve(true);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this, async (signal) => await openTriggerClient(this, signal));
	}
}
