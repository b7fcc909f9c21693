import { defineOperation } from '../../../shared/node/defineOperation';
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
		try {
			const dn = await dnOf(ldap, entry);
			await ldap.authenticate(dn, password);
			return { authenticated: true, dn };
		} catch (error) {
			const failure = toFailure(error);
			if (failure.code === 'NO_SUCH_ENTRY' || isRefusal(failure))
				return { authenticated: false, user: entry, reason: reasonOf(failure) };
			throw failure;
		}
	},
});

/** The server has looked at the password, and said no. */
const isRefusal = ({ kind, phase, code }: ReturnType<typeof toFailure>) =>
	kind === 'auth' && phase === 'rejected' && code !== 'NOT_ENCRYPTED';

const reasonOf = ({ code, message, hint }: ReturnType<typeof toFailure>) => ({
	code,
	message,
	...(hint && { hint }),
});
