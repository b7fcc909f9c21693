import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class ResilientS3Api implements ICredentialType {
	name = 'resilientS3Api';

	displayName = 'Resilient S3 API';

	icon: Icon = { light: 'file:../nodes/S3/s3.svg', dark: 'file:../nodes/S3/s3.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-resilient';

	properties: INodeProperties[] = [
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://minio.example.com:9000',
			description: 'Address of the server. Leave empty for Amazon S3.',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			default: 'us-east-1',
			description:
				'Where requests are signed for. Buckets in other regions are found by themselves. Servers without regions mostly take us-east-1.',
		},
		{
			displayName: 'Access Key ID',
			name: 'accessKeyId',
			type: 'string',
			default: '',
		},
		{
			displayName: 'Secret Access Key',
			name: 'secretAccessKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Only for temporary credentials',
		},
		{
			displayName: 'Bucket Addressing',
			name: 'addressing',
			type: 'options',
			options: [
				{
					name: 'Automatic',
					value: 'auto',
					description: 'In the host name for Amazon S3, in the path for every other server',
				},
				{ name: 'Path', value: 'path', description: 'The URL is https://server/bucket/key' },
				{
					name: 'Virtual Host',
					value: 'virtualHost',
					description: 'The URL is https://bucket.server/key',
				},
			],
			default: 'auto',
			description: 'Where the bucket stands in the URL',
		},
		{
			displayName: 'Bucket to Test With',
			name: 'testBucket',
			type: 'string',
			default: '',
			description: 'Only for keys that may not list all buckets',
		},
		{
			displayName: 'Max Concurrent Requests',
			name: 'maxConcurrentRequests',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 50,
			description:
				'Requests in flight at the same time, over all workflows of this n8n process that use this credential. 0 means no limit.',
		},
		{
			displayName: 'Max Requests per Second',
			name: 'maxRequestsPerSecond',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description:
				'Over all workflows of this n8n process that use this credential. 0 means no limit.',
		},
		{
			displayName: 'CA Certificate',
			name: 'ca',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE-----',
			description: 'Of a private certificate authority (PEM). The public ones stay accepted.',
		},
		{
			displayName: 'Client Certificate',
			name: 'clientCertificate',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE-----',
			description: 'Where the server asks for one (PEM)',
		},
		{
			displayName: 'Client Key',
			name: 'clientKey',
			type: 'string',
			typeOptions: { password: true, rows: 3 },
			default: '',
			placeholder: '-----BEGIN PRIVATE KEY-----',
			description: 'Private key of the client certificate (PEM)',
		},
		{
			displayName: 'Client Key Passphrase',
			name: 'clientKeyPassphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Server Name',
			name: 'serverName',
			type: 'string',
			default: '',
			description:
				'Name that the certificate of the server must have, where it is not the host of the endpoint',
		},
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'allowUnauthorizedCerts',
			type: 'boolean',
			default: false,
			description: 'Whether to connect even if the certificate of the server is not valid',
		},
	];
}
