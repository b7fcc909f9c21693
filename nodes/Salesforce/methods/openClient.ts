import { openersOf } from '../../shared/node/openers';
import { connect, secretsOf } from '../transport/connect';

export const { openClient, openEditorClient, openTriggerClient } = openersOf({
	credential: { oAuth2: 'resilientSalesforceOAuth2Api', jwt: 'resilientSalesforceJwtApi' },
	connect,
	secretsOf,
});
