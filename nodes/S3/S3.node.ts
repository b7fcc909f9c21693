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
import { openClient } from './methods/openClient';
import { s3CredentialTest } from './methods/credentialTest';
import { listSearch } from './methods/listSearch';

export class S3 implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Resilient S3',
		name: 's3',
		icon: { light: 'file:s3.svg', dark: 'file:s3.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.operation + ": " + $parameter.resource }}',
		description:
			'Store and read objects in Amazon S3, MinIO, Ceph, R2 and other S3-compatible storage: any size, nothing lost, nothing doubled',
		defaults: { name: 'Resilient S3' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsWithFailed,
		credentials: [{ name: 'resilientS3Api', required: true, testedBy: 's3CredentialTest' }],
		properties: propertiesOf(resources),
	};

	methods = { credentialTest: { s3CredentialTest }, listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperations(this, resources, openClient);
	}
}
