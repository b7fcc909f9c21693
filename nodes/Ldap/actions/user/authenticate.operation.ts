import { redactor } from '../../../shared/ground/redact';
import { defineOperation } from '../../../shared/node/defineOperation';
import type { Failure } from '../../../shared/resilience/failure';
import { toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { passwordField, userField } from './userFields';

export const authenticate = defineOperation({
	name: 'Authenticate',
	value: 'authenticate',
	action: 'Check the password of a user',
	description:
		'Find out whether a user may sign in with a password, and why not. Wrong passwords count: users can be locked out by them.',
	repeatable: false,
	properties: [userField, passwordField],
	async execute(ldap: LdapClient, { entry, password }) {
		const refused = (isRefusal: (failure: Failure) => boolean) => (error: unknown) => {
			const failure = toFailure(error);
			if (!isRefusal(failure)) throw failure;
			return { authenticated: false, user: entry, reason: reasonOf(failure, password) };
		};
		// That the user of the credential is refused says nothing about the other one.
		const dn = await dnOf(ldap, entry).catch(refused(({ code }) => code === 'NO_SUCH_ENTRY'));
		if (typeof dn !== 'string') return dn;
		const answer = ldap.authenticate(dn, password).then(() => ({ authenticated: true, dn }));
		return await answer.catch(refused(isOfPassword));
	},
});

// RFC 4511 appendix A.2: no such way of signing in, and not without encryption.
const BEFORE_THE_PASSWORD: ReadonlySet<number | undefined> = new Set([7, 8, 13]);

/** The server has looked at the password, and said no. */
const isOfPassword = ({ kind, phase, code, status }: Failure) =>
	kind === 'auth' &&
	phase === 'rejected' &&
	code !== 'NOT_ENCRYPTED' &&
	!BEFORE_THE_PASSWORD.has(status);

const reasonOf = ({ code, message, hint }: Failure, password: string) => ({
	code,
	// Some servers repeat what they refuse.
	message: redactor([password]).text(message),
	...(hint && { hint }),
});
