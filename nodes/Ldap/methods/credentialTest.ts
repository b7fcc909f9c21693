import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { testConnection, testFailed } from '../../shared/node/credentialTests';
import { Failure } from '../../shared/resilience/failure';
import type { LdapCredential } from '../transport/connect';
import { connect, secretsOf } from '../transport/connect';
import { greeting } from '../transport/greeting';

/**
 * The editor's "Test" button: says who is signed in, at which server, and how that is protected. It
 * also looks whether the base DN is there.
 */
export async function ldapCredentialTest(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const credential = (data ?? {}) as LdapCredential;
	try {
		const ldap = connect(credential, testConnection());
		checkMayConnect(process.env);
		const { signInWith, bindDn = '' } = credential;
		const user = signInWith === 'anonymous' ? undefined : bindDn.trim();
		return { status: 'OK', message: await greeting(ldap, user) };
	} catch (error) {
		return testFailed(error, secretsOf(credential));
	}
}

/**
 * n8n hands its egress filter to nodes, not to the tests of credentials, where it lets only HTTP
 * through it. Where the administrator has switched it on, nothing is connected: else everybody who
 * can make a credential could look with it into the network behind n8n.
 */
function checkMayConnect(environment: Readonly<Record<string, string | undefined>>): void {
	if (!/^(true|1)$/i.test(environment.N8N_SSRF_PROTECTION_ENABLED ?? '')) return;
	throw new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'NOT_TESTED',
		message:
			'The fields are complete, but nothing was sent: this n8n protects its network (N8N_SSRF_PROTECTION_ENABLED) and does not say to tests of credentials what is allowed',
		hint: 'Save the credential, and run the operation "Who Am I" of the node once.',
	});
}
