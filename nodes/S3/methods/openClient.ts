import { openersOf } from '../../shared/node/openers';
import { connect, secretsOf } from '../transport/connect';

export const { openClient, openEditorClient, openTriggerClient } = openersOf({
	credential: 'resilientS3Api',
	connect,
	secretsOf,
});
