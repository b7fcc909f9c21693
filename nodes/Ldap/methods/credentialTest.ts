import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { fingerprint } from '../../shared/ground/fingerprint';
import { redactor } from '../../shared/ground/redact';
import { headline } from '../../shared/node/nodeError';
import { toFailure } from '../../shared/resilience/failure';
import { Registry } from '../../shared/resilience/registry';
import type { LdapCredential } from '../transport/connect';
import { connect, secretsOf } from '../transport/connect';
import { whoAmI } from '../transport/whoAmI';

const DEADLINE_MS = 15_000;

/** The editor's "Test" button: says which server answers, and to whom. */
export async function ldapCredentialTest(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const credential = (data ?? {}) as LdapCredential;
	try {
		const ldap = connect(credential, {
			owner: `test ${fingerprint(credential)}`,
			signal: new AbortController().signal,
			deadlineMs: DEADLINE_MS,
			maxAttempts: 2,
			onOutage: 'failFast',
			// A wrong host that somebody is typing must not close the gate for running workflows.
			registry: new Registry(),
		});
		const { authorizationId } = await whoAmI(ldap);
		return { status: 'OK', message: `Signed in as ${authorizationId || 'nobody (anonymous)'}` };
	} catch (error) {
		const { hint } = toFailure(error);
		// Nothing was to be done, so nothing can have been done in spite of the failure.
		const failure = toFailure(error).inPhase('rejected');
		return {
			status: 'Error',
			message: redactor(secretsOf(credential)).text(
				[headline(failure), hint].filter(Boolean).join(' — '),
			),
		};
	}
}
