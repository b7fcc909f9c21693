import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { LdapCredential } from '../../nodes/Ldap/transport/connect';
import { connect } from '../../nodes/Ldap/transport/connect';

/** A client as a run of the node has it. */
export const openLdapClient = (credential: LdapCredential): LdapClient =>
	connect(credential, {
		owner: 'bench',
		signal: new AbortController().signal,
		maxAttempts: 5,
		deadlineMs: 60_000,
		onOutage: 'wait',
	});
