import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { s3CredentialTest } from './methods/credentialTest';
import { s3EventsCredentialTest } from './methods/eventsCredentialTest';
import { listSearch } from './methods/listSearch';
import { openTriggerClient } from './methods/openClient';
import { eventProperties } from './triggers/eventProperties';
import { receive } from './triggers/receive';
import { isRegistered, register, unregister } from './triggers/register';

const client = (context: IHookFunctions | IWebhookFunctions) => async (signal: AbortSignal) =>
	await openTriggerClient(context, signal);

export class S3EventTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Resilient S3 Event Trigger',
		name: 's3EventTrigger',
		icon: { light: 'file:s3.svg', dark: 'file:s3.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter.events.join(", ") }}',
		description:
			'Starts the workflow when Amazon S3, MinIO, Ceph, SNS or EventBridge tells of events in a bucket; senders are authenticated and duplicates suppressed',
		activationMessage: 'Your workflow now runs when the storage tells of an event.',
		defaults: { name: 'Resilient S3 Event Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'resilientS3EventsApi',
				required: true,
				testedBy: 's3EventsCredentialTest',
				displayOptions: { show: { authentication: ['secret'] } },
			},
			{ name: 'resilientS3Api', required: false, testedBy: 's3CredentialTest' },
		],
		webhooks: [
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
		],
		properties: eventProperties,
	};

	methods = { credentialTest: { s3CredentialTest, s3EventsCredentialTest }, listSearch };

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await isRegistered(this, client(this));
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await register(this, client(this));
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await unregister(this, client(this));
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this, { connect: client(this) });
	}
}
