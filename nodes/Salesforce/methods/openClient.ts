import { openersOf } from '../../shared/node/openers';
import { connect, secretsOf } from '../transport/connect';

export const { openClient, openEditorClient, openTriggerClient } = openersOf({
	credential: [
		{ authentication: 'oAuth2', credential: 'resilientSalesforceOAuth2Api' },
		{ authentication: 'jwt', credential: 'resilientSalesforceJwtApi' },
	],
	connect,
	secretsOf,
});
