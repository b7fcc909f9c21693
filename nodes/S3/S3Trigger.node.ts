import type {
	INodeType,
	INodeTypeDescription,
	ITriggerFunctions,
	ITriggerResponse,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { s3CredentialTest } from './methods/credentialTest';
import { listSearch } from './methods/listSearch';
import { openTriggerClient } from './methods/openClient';
import { pollProperties } from './triggers/pollProperties';
import { startPolling } from './triggers/startPolling';

export class S3Trigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Resilient S3 Trigger',
		name: 's3Trigger',
		icon: { light: 'file:s3.svg', dark: 'file:s3.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ $parameter.events.join(", ") + ": " + ($parameter.bucket?.value ?? $parameter.bucket) }}',
		description:
			'Starts the workflow when objects of a bucket are created, changed or deleted; polls any S3-compatible storage, loses nothing and doubles nothing',
		eventTriggerDescription: '',
		activationMessage: 'Your workflow now runs when something happens in the bucket.',
		defaults: { name: 'Resilient S3 Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'resilientS3Api', required: true, testedBy: 's3CredentialTest' }],
		properties: pollProperties,
	};

	methods = { credentialTest: { s3CredentialTest }, listSearch };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await startPolling(this, async (signal) => await openTriggerClient(this, signal));
	}
}
