import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class ResilientS3EventsApi implements ICredentialType {
	name = 'resilientS3EventsApi';

	displayName = 'Resilient S3 Events API';

	icon: Icon = { light: 'file:../nodes/S3/s3.svg', dark: 'file:../nodes/S3/s3.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-resilient';

	properties: INodeProperties[] = [
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'What the sender of events shows with each request: as a bearer token (MinIO: auth_token), in a header, as the password of the address, or as ?token= at the end of the address. At least 16 characters.',
		},
	];
}
