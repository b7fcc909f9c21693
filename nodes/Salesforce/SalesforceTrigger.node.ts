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
import { loadOptions } from './methods/loadOptions';
import { openTriggerClient } from './methods/openClient';
import { pollProperties } from './triggers/changes/properties';
import { startPolling } from './triggers/changes/startPolling';

export class SalesforceTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Resilient Salesforce Trigger',
		name: 'salesforceTrigger',
		icon: { light: 'file:salesforce.svg', dark: 'file:salesforce.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ $parameter.events.join(", ") + ": " + ($parameter.object?.value ?? $parameter.object) }}',
		description:
			'Starts the workflow when records of any Salesforce object are created, updated, deleted or undeleted; polls by the clock of the org, loses nothing and doubles nothing',
		eventTriggerDescription: '',
		activationMessage: 'Your workflow now runs when something happens to the records.',
		defaults: { name: 'Resilient Salesforce Trigger' },
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
		properties: [authenticationField, ...pollProperties],
	};

	methods = { credentialTest: { salesforceCredentialTest }, listSearch, loadOptions };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await startPolling(this, async (signal) => await openTriggerClient(this, signal));
	}
}
