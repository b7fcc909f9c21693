import type { INode } from 'n8n-workflow';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';

// Salesforce nodes on the sandbox, in n8n's engine.

export const OAUTH2 = 'resilientSalesforceOAuth2Api';
export const JWT = 'resilientSalesforceJwtApi';

export const jwtCredential = ({ url, clientId, username, privateKey }: SalesforceSandbox) => ({
	...{ myDomain: url, clientId, username, privateKey },
	apiVersion: '68.0',
});

/** What n8n has of somebody who has connected the credential; its token does not expire by itself. */
export const oAuth2Credential = (sandbox: SalesforceSandbox) => {
	const { url, clientId, clientSecret, org, username } = sandbox;
	const userId = org.userNamed(username)?.id ?? '';
	return {
		...{ myDomain: url, clientId, clientSecret, grantType: 'pkce', apiVersion: '68.0' },
		oauthTokenData: {
			access_token: sandbox.accessToken(),
			refresh_token: org.sessions.newRefreshToken({ userId, clientId, scope: 'api' }),
			instance_url: url,
			token_type: 'Bearer',
		},
	};
};

/** @param id of the credential */
export const salesforceNode = (
	id: string,
	parameters: object,
	more: Partial<INode> = {},
): Partial<INode> => ({
	type: 'n8n-nodes-resilient.salesforce',
	credentials: { [OAUTH2]: { id, name: 'Org' }, [JWT]: { id, name: 'Org' } },
	parameters: { ...parameters },
	...more,
});

const object = { __rl: true, mode: 'name', value: 'Account' };
const fields = { mappingMode: 'autoMapInputData', value: null };

export const createAccounts = { resource: 'record', operation: 'create', object, fields };

export const numbered = (count: number, json: (n: number) => object = (n) => ({ n })) =>
	Array.from({ length: count }, (_one, n) => ({ json: { ...json(n) } }));

/** How often it was asked for a token. */
export const signIns = ({ requests }: SalesforceSandbox): number =>
	requests.filter(({ path }) => path === '/services/oauth2/token').length;

/** Requests that are not for a token. */
export const calls = ({ requests }: SalesforceSandbox): number =>
	requests.length - signIns({ requests } as SalesforceSandbox);
