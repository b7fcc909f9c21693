import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { LdapConnection, LdapCredential } from '../../nodes/Ldap/transport/connect';
import { connect } from '../../nodes/Ldap/transport/connect';
import { Registry } from '../../nodes/shared/resilience/registry';

let owners = 0;

/** A client as the node makes it from a credential, with one attempt and nothing shared with others. */
export const connected = (
	credential: LdapCredential,
	connection: Partial<LdapConnection> = {},
): LdapClient =>
	connect(credential, {
		owner: `test ${owners++}`,
		signal: new AbortController().signal,
		maxAttempts: 1,
		deadlineMs: 20_000,
		onOutage: 'failFast',
		registry: new Registry(),
		...connection,
	});
