import type { SalesforceSandbox } from '../../../sandbox/salesforce/server';
import { startSalesforceSandbox } from '../../../sandbox/salesforce/server';
import type { SalesforceConnection } from '../../../nodes/Salesforce/transport/connect';
import { clientAt } from '../orgStub';

export type { SalesforceSandbox };

/** An org, and clients that are signed in to it. */
export async function startOrg() {
	const org = await startSalesforceSandbox();
	const signedIn = (connection: Partial<SalesforceConnection> = {}) =>
		clientAt(
			org.url,
			{ oauthTokenData: { access_token: org.accessToken(), instance_url: org.url } },
			{ learn: () => {}, ...connection },
		);
	return { org, signedIn };
}
