import type { Token } from './token';
import type { TokenEndpoint } from './tokenEndpoint';
import { askForToken } from './tokenEndpoint';

/**
 * A token for the user that the policy of the app names. n8n fetches those of runs; where it does not,
 * in the test of a credential, this does.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_client_credentials_flow.htm
 */
export const byClientCredentials =
	(app: { clientId?: string; clientSecret?: string }, endpoint: TokenEndpoint) =>
	async (): Promise<Token> => {
		const pair = [app.clientId, app.clientSecret].map((one) => encodeURIComponent(one ?? ''));
		const basic = Buffer.from(pair.join(':')).toString('base64');
		const form = () => ({ grant_type: 'client_credentials' });
		return await askForToken(endpoint, form, { authorization: `Basic ${basic}` });
	};
