import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class ResilientS3Api implements ICredentialType {
	name = 'resilientS3Api';

	displayName = 'Resilient S3 API';

	icon: Icon = { light: 'file:../nodes/S3/s3.svg', dark: 'file:../nodes/S3/s3.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-resilient';

	properties: INodeProperties[] = [
		{
			displayName: 'Provider',
			name: 'provider',
			type: 'options',
			options: [
				{ name: 'Akamai (Linode)', value: 'akamai' },
				{ name: 'Alibaba Cloud OSS', value: 'alibaba' },
				{ name: 'Amazon S3', value: 'aws' },
				{ name: 'Backblaze B2', value: 'b2' },
				{ name: 'Ceph', value: 'ceph' },
				{ name: 'Cloudflare R2', value: 'r2' },
				{ name: 'DigitalOcean Spaces', value: 'digitalOcean' },
				{ name: 'Garage', value: 'garage' },
				{ name: 'Google Cloud Storage', value: 'gcs' },
				{ name: 'Hetzner Object Storage', value: 'hetzner' },
				{ name: 'IBM Cloud Object Storage', value: 'ibm' },
				{ name: 'MinIO', value: 'minio' },
				{ name: 'Other', value: 'other' },
				{ name: 'OVHcloud', value: 'ovh' },
				{ name: 'Scaleway', value: 'scaleway' },
				{ name: 'Storj', value: 'storj' },
				{ name: 'Wasabi', value: 'wasabi' },
			],
			default: 'aws',
			description: 'Whose storage it is: address and peculiarities follow from it',
		},
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			required: true,
			displayOptions: { show: { provider: ['ceph', 'garage', 'minio', 'other'] } },
			default: '',
			placeholder: 'e.g. https://storage.example.com:9000',
			description: 'Address of the server: scheme, host and, where it is not the usual one, port',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			displayOptions: { show: { provider: ['aws'] } },
			default: '',
			placeholder: 'us-east-1',
			description:
				'Where new buckets are made and lists of buckets come from, such as eu-central-1. Buckets in other regions are found by themselves. Regions in China, GovCloud and the European Sovereign Cloud have addresses and accounts of their own, which follow from the name.',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			displayOptions: { show: { provider: ['ceph', 'minio', 'other'] } },
			default: '',
			placeholder: 'us-east-1',
			description:
				'Where requests are signed for. Leave empty unless the server was given a region of its own.',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			displayOptions: { show: { provider: ['garage'] } },
			default: '',
			placeholder: 'garage',
			description: 'The value of s3_region in the configuration of the server',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			displayOptions: { show: { provider: ['wasabi'] } },
			default: '',
			placeholder: 'us-east-1',
			description: 'Where the buckets are, such as eu-central-2',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			required: true,
			displayOptions: {
				show: {
					provider: [
						'akamai',
						'alibaba',
						'b2',
						'digitalOcean',
						'hetzner',
						'ibm',
						'ovh',
						'scaleway',
					],
				},
			},
			default: '',
			placeholder: 'e.g. fsn1',
			description:
				'The part of the address that names the place: us-ord-1 (Akamai), eu-central-1 (Alibaba), us-west-004 (Backblaze), fra1 (DigitalOcean), fsn1 (Hetzner), eu-de (IBM), gra (OVHcloud), fr-par (Scaleway)',
		},
		{
			displayName: 'Account ID',
			name: 'accountId',
			type: 'string',
			required: true,
			displayOptions: { show: { provider: ['r2'] } },
			default: '',
			placeholder: 'e.g. 023e105f4ecef8ad9ca31a8372d0c353',
			description: 'The 32 digits on the R2 page of the Cloudflare dashboard',
		},
		{
			displayName: 'Jurisdiction',
			name: 'jurisdiction',
			type: 'options',
			displayOptions: { show: { provider: ['r2'] } },
			options: [
				{ name: 'None', value: '' },
				{ name: 'European Union', value: 'eu' },
				{ name: 'FedRAMP', value: 'fedramp' },
			],
			default: '',
			description: 'Buckets of a jurisdiction are seen through its own address only',
		},
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			displayOptions: { hide: { provider: ['ceph', 'garage', 'minio', 'other'] } },
			default: '',
			placeholder: 'e.g. https://storage.example.com:9000',
			description:
				'Leave empty for the address of the provider. What stands here is used instead, for example the address of a VPC endpoint or of a proxy.',
		},
		{
			displayName: 'Use Dual-Stack Endpoints',
			name: 'dualstack',
			type: 'boolean',
			displayOptions: { show: { provider: ['aws'] } },
			default: false,
			description: 'Whether to reach Amazon S3 through IPv6 as well as IPv4',
		},
		{
			displayName: 'Use FIPS Endpoints',
			name: 'fips',
			type: 'boolean',
			displayOptions: { show: { provider: ['aws'] } },
			default: false,
			description:
				'Whether to use the endpoints with cryptography validated under FIPS 140 (United States, Canada and GovCloud only)',
		},
		{
			displayName: 'Use Transfer Acceleration',
			name: 'accelerate',
			type: 'boolean',
			displayOptions: { show: { provider: ['aws'] } },
			default: false,
			description:
				'Whether objects take the way through the nearest edge location. It must be switched on for the bucket and costs extra; buckets with a dot in their name go the normal way.',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			options: [
				{
					name: 'Access Keys',
					value: 'accessKeys',
					description: 'Access key ID and secret access key of a user or an application',
				},
				{
					name: 'Anonymous',
					value: 'anonymous',
					description: 'Without signing in: public buckets only',
				},
				{
					name: 'Assume Role',
					value: 'assumeRole',
					description: 'A role that is assumed with the access keys (STS AssumeRole)',
				},
				{
					name: 'Host Role',
					value: 'hostRole',
					description:
						'The role of the EC2 instance, ECS task or EKS pod that n8n runs on. The administrator must allow it.',
				},
				{
					name: 'Web Identity',
					value: 'webIdentity',
					description:
						'A role that is taken on with the token of an identity provider (STS AssumeRoleWithWebIdentity)',
				},
			],
			default: 'accessKeys',
			description: 'Who the requests come from',
		},
		{
			displayName:
				'The administrator of n8n must have set the environment variable N8N_RESILIENT_ALLOW_HOST_IDENTITY=true: it lets everybody who can make a credential act as the server that n8n runs on.',
			name: 'hostRoleNotice',
			type: 'notice',
			displayOptions: { show: { authentication: ['hostRole'] } },
			default: '',
		},
		{
			displayName: 'Access Key ID',
			name: 'accessKeyId',
			type: 'string',
			displayOptions: { show: { authentication: ['accessKeys', 'assumeRole'] } },
			default: '',
			description:
				'Also called key ID, application key ID or HMAC access ID. It belongs together with the secret access key.',
		},
		{
			displayName: 'Secret Access Key',
			name: 'secretAccessKey',
			type: 'string',
			typeOptions: { password: true },
			displayOptions: { show: { authentication: ['accessKeys', 'assumeRole'] } },
			default: '',
			description: 'Shown only once by most providers, when the access key is made',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'string',
			typeOptions: { password: true },
			displayOptions: { show: { authentication: ['accessKeys', 'assumeRole'] } },
			default: '',
			description:
				'Only for temporary access keys that were issued elsewhere. They end with it: to get new ones automatically, choose "Assume Role".',
		},
		{
			displayName: 'Token From',
			name: 'tokenSource',
			type: 'options',
			displayOptions: { show: { authentication: ['webIdentity'] } },
			options: [
				{ name: 'This Credential', value: 'text' },
				{
					name: 'The Server',
					value: 'host',
					description:
						'The file that AWS_WEB_IDENTITY_TOKEN_FILE names for n8n. The administrator must allow it with N8N_RESILIENT_ALLOW_HOST_IDENTITY=true.',
				},
			],
			default: 'text',
		},
		{
			displayName: 'Web Identity Token',
			name: 'webIdentityToken',
			type: 'string',
			typeOptions: { password: true },
			displayOptions: { show: { authentication: ['webIdentity'], tokenSource: ['text'] } },
			default: '',
			description:
				'The JSON Web Token that the identity provider has issued. It is exchanged for keys until it expires; it may be an expression, for example from a vault.',
		},
		{
			displayName: 'Role ARN',
			name: 'roleArn',
			type: 'string',
			displayOptions: { show: { authentication: ['assumeRole', 'webIdentity'] } },
			default: '',
			placeholder: 'e.g. arn:aws:iam::123456789012:role/storage',
			description:
				'The role to take on. Needed at Amazon and Ceph; MinIO finds it by itself. With the token of the server, AWS_ROLE_ARN is used where this is empty.',
		},
		{
			displayName: 'Role Session Name',
			name: 'roleSessionName',
			type: 'string',
			displayOptions: { show: { authentication: ['assumeRole', 'webIdentity'] } },
			default: '',
			placeholder: 'n8n',
			description: 'The name under which the requests stand in the logs of the account',
		},
		{
			displayName: 'External ID',
			name: 'externalId',
			type: 'string',
			typeOptions: { password: true },
			displayOptions: { show: { authentication: ['assumeRole'] } },
			default: '',
			description: 'Only if the trust policy of the role asks for one',
		},
		{
			displayName: 'Session Duration (Seconds)',
			name: 'roleDuration',
			type: 'number',
			typeOptions: { minValue: 900, maxValue: 43_200 },
			displayOptions: { show: { authentication: ['assumeRole', 'webIdentity'] } },
			default: 3600,
			description:
				'How long the keys of the role are good. New ones are fetched five minutes before, for all workflows at once. The role sets the longest time.',
		},
		{
			displayName: 'Session Policy',
			name: 'sessionPolicy',
			type: 'string',
			typeOptions: { rows: 4 },
			displayOptions: { show: { authentication: ['assumeRole', 'webIdentity'] } },
			default: '',
			placeholder: '{ "Version": "2012-10-17", "Statement": [...] }',
			description: 'A policy in JSON that cuts down what the role may do, for this credential only',
		},
		{
			displayName: 'STS Endpoint',
			name: 'stsEndpoint',
			type: 'string',
			displayOptions: { show: { authentication: ['assumeRole', 'webIdentity'] } },
			default: '',
			placeholder: 'e.g. https://sts.eu-central-1.amazonaws.com',
			description:
				'Leave empty for the STS of the region at Amazon, and for the endpoint of the server elsewhere, where Ceph and MinIO have it. The token of the server goes to AWS_ENDPOINT_URL_STS only.',
		},
		{
			displayName: 'Requester Pays',
			name: 'requesterPays',
			type: 'boolean',
			displayOptions: {
				show: { provider: ['aws', 'ceph', 'other', 'wasabi'] },
				hide: { authentication: ['anonymous'] },
			},
			default: false,
			description:
				'Whether this account pays for requests and transfer of buckets that ask for it. Without it such buckets refuse access.',
		},
		{
			displayName: 'Bucket Addressing',
			name: 'addressing',
			type: 'options',
			options: [
				{
					name: 'Automatic',
					value: 'auto',
					description: 'In the host name for Amazon S3, in the path for most other servers',
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
			description:
				'The test of the credential asks for this bucket instead of the list of all buckets: for keys that may not list them, and for anonymous access',
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
