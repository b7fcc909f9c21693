import type { INodeProperties } from 'n8n-workflow';

/** Which of the two credentials a node uses. */
export const authenticationField = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	options: [
		{
			name: 'JWT Bearer',
			value: 'jwt',
			description: 'Signs in as one user with a private key, without a browser',
		},
		{
			name: 'OAuth2',
			value: 'oAuth2',
			description: 'A user signs in once in the browser, or the app signs in by itself',
		},
	],
	default: 'oAuth2',
} as const satisfies INodeProperties;
