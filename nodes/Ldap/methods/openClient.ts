import { openersOf } from '../../shared/node/openers';
import { connect, secretsOf } from '../transport/connect';

export const { openClient, openEditorClient, openTriggerClient } = openersOf({
	credential: 'resilientLdapApi',
	connect,
	secretsOf,
});
