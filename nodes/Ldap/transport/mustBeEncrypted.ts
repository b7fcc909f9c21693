import { Failure } from '../../shared/resilience/failure';
import type { LdapClient } from './client';

/** Passwords go over encrypted connections only: servers would take them all the same. */
export function mustBeEncrypted({ encrypted }: LdapClient): void {
	if (encrypted) return;
	throw new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'NOT_ENCRYPTED',
		message: 'Passwords are not sent over a connection that is not encrypted',
		hint: 'Choose LDAPS or STARTTLS under "Encryption" in the credential, or allow passwords without encryption there.',
	});
}
