import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { testConnection, testFailed } from '../../shared/node/credentialTests';
import { hostHttp } from '../../shared/node/hostHttp';
import type { SalesforceCredential } from '../transport/connect';
import { connect, secretsOf } from '../transport/connect';
import type { Identity } from '../transport/identity';
import { whoAmI } from '../transport/identity';

// Where the usual advice is not for somebody who fills in a credential.
const HINTS: Record<string, string> = {
	INVALID_SESSION_ID:
		'The access token has expired. n8n renews it when a workflow runs; connect the credential again if that fails.',
};

/** The editor's "Test" button: says which org and user answer, and how many requests the org has left. */
export async function salesforceCredentialTest(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const credential = (data ?? {}) as SalesforceCredential;
	const secrets = secretsOf(credential);
	try {
		const salesforce = connect(credential, {
			...testConnection(),
			http: hostHttp(this, {}),
			learn: (found) => secrets.push(...found),
		});
		return { status: 'OK', message: greeting(await whoAmI(salesforce)) };
	} catch (error) {
		return testFailed(error, secrets, credential.grantType ? HINTS : {});
	}
}

function greeting(who: Identity): string {
	const { organizationName, organizationId, edition, instance, isSandbox } = who;
	const kind = [edition, isSandbox ? 'sandbox' : '', instance && `on ${instance}`];
	const use =
		who.apiRequestsAllowed > 0
			? `; ${who.apiRequestsUsed} of ${who.apiRequestsAllowed} API requests of the last 24 hours are used`
			: '';
	const user = who.username ? `, user ${who.username}` : '';
	const org = `${organizationName} (${organizationId})`;
	return `${org}: ${kind.filter(Boolean).join(' ')}${user}, API ${who.apiVersion}${use}`;
}
