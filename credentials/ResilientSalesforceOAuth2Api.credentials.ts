import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

// The address of the org, as people copy it from their browser, or the general one. Everything but this
// machine itself gets nothing that is not encrypted.
const LOGIN = `($self["myDomain"] || "").trim() === "" ? ($self["environment"] === "sandbox" ? "https://test.salesforce.com" : "https://login.salesforce.com") : $self["myDomain"].trim().replace(/^(?![a-z]+:\\/\\/)/i, "https://").replace(/^http:(?!\\/\\/(127\\.[0-9.]+|localhost|\\[::1\\])(:|\\/|$))/i, "https:").replace(/^([a-z]+:\\/\\/[^\\/?#]+).*$/i, "$1").replace(".lightning.force.com", ".my.salesforce.com")`;

export class ResilientSalesforceOAuth2Api implements ICredentialType {
	name = 'resilientSalesforceOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'Resilient Salesforce OAuth2 API';

	icon: Icon = {
		light: 'file:../nodes/Salesforce/salesforce.svg',
		dark: 'file:../nodes/Salesforce/salesforce.dark.svg',
	};

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-resilient';

	// Of a credential with OAuth2, n8n never calls the test of a node: it would only look whether there is
	// a token, which client credentials do not have before their first use. Of this request it fetches and
	// renews the token. The general address of an environment has no data, so then the org's own one is asked.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ (!$credentials.myDomain && $credentials.oauthTokenData?.instance_url) || $credentials.accessTokenUrl.replace("/services/oauth2/token", "") }}',
			url: '/services/data/v60.0/',
		},
	};

	properties: INodeProperties[] = [
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'options',
			options: [
				{
					name: 'Authorization Code (PKCE)',
					value: 'pkce',
					description: 'A user signs in once in the browser',
				},
				{
					name: 'Client Credentials',
					value: 'clientCredentials',
					description:
						'The app signs in by itself, as the user that its policy names. Needs "My Domain".',
				},
			],
			default: 'pkce',
		},
		{
			displayName: 'My Domain',
			name: 'myDomain',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://mycompany.my.salesforce.com',
			description:
				'Address of the org (Setup > My Domain), also of a sandbox. Needed for client credentials. Empty means the general address of the environment.',
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
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			required: true,
			default: `={{ (${LOGIN}) + "/services/oauth2/authorize" }}`,
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			required: true,
			default: `={{ (${LOGIN}) + "/services/oauth2/token" }}`,
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'hidden',
			// Those of client credentials are what the app has; Salesforce refuses to be asked for any.
			default: '={{ $self["grantType"] === "clientCredentials" ? "" : "api refresh_token" }}',
		},
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			// Else whoever is signed in anyway becomes the user of the credential.
			default: 'prompt=login',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'hidden',
			default: 'header',
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
