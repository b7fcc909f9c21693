import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class ResilientSalesforceJwtApi implements ICredentialType {
	name = 'resilientSalesforceJwtApi';

	displayName = 'Resilient Salesforce JWT API';

	icon: Icon = {
		light: 'file:../nodes/Salesforce/salesforce.svg',
		dark: 'file:../nodes/Salesforce/salesforce.dark.svg',
	};

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-resilient';

	properties: INodeProperties[] = [
		{
			displayName: 'My Domain',
			name: 'myDomain',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://mycompany.my.salesforce.com',
			description:
				'Address of the org (Setup > My Domain), also of a sandbox. Empty means the general address of the environment.',
		},
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			displayOptions: { show: { myDomain: [''] } },
			options: [
				{
					name: 'Production',
					value: 'production',
					description: 'Production and Developer Edition: login.salesforce.com',
				},
				{ name: 'Sandbox', value: 'sandbox', description: 'Sandboxes: test.salesforce.com' },
			],
			default: 'production',
			description: 'Where to sign in without "My Domain"',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			required: true,
			default: '',
			description:
				'Consumer key of the connected app or external client app that has the certificate and the JWT bearer flow enabled',
		},
		{
			displayName: 'Username',
			name: 'username',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. integration@mycompany.com',
			description: 'The user to act as; the policies of the app must pre-authorize this user',
		},
		{
			displayName: 'Private Key',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true, rows: 4 },
			required: true,
			default: '',
			placeholder: '-----BEGIN PRIVATE KEY-----',
			description: 'In PEM form: the key that belongs to the certificate of the app',
		},
		{
			displayName: 'Private Key Passphrase',
			name: 'privateKeyPassphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Only for a key that is encrypted',
		},
		{
			displayName: 'Audience',
			name: 'audience',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://login.salesforce.com',
			description:
				'Empty means the address that is signed in at, which is right for nearly all orgs',
		},
		{
			displayName: 'API Version',
			name: 'apiVersion',
			type: 'string',
			default: '',
			placeholder: 'e.g. 68.0',
			description: 'Empty means the newest one that both the org and this node know',
		},
		{
			displayName: 'Max Concurrent Requests',
			name: 'maxConcurrentRequests',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 200 },
			default: 20,
			description:
				'How many requests may be under way at the same time, over all workflows of this n8n process. Salesforce refuses more than 25 that take longer than 20 seconds (5 in Developer Edition and trial orgs).',
		},
		{
			displayName: 'Stop at API Use (Percent)',
			name: 'stopAtApiUse',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 100 },
			default: 0,
			description:
				'Sends nothing more once this share of the API requests of the last 24 hours is used, by whomever, so that other systems still get through. 0 means no limit.',
		},
	];
}
