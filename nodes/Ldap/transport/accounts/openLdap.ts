import type { LdapClient } from '../client';
import type { Change } from '../entry';
import { readEntry, valuesIn } from '../readEntry';
import type { Accounts } from './accounts';
import { mustBeEncrypted } from '../mustBeEncrypted';
import { unsupported } from './accounts';
import { modifyPassword } from '../modifyPassword';
import { shadowExpiry } from './shadow';

// draft-behera-ldap-password-policy-10 section 5.3.3: for ever, until an administrator unlocks it.
const LOCKED_FOR_EVER = '000001010000Z';
export const LOCKED = 'pwdAccountLockedTime';

/** Accounts of OpenLDAP with the overlay ppolicy. */
export const openLdap = (ldap: LdapClient): Accounts => ({
	setPassword: async (dn, password) => {
		mustBeEncrypted(ldap);
		// RFC 3062: the server hashes it. As a value of userPassword it might be stored as it is.
		await modifyPassword(ldap, { user: dn, after: password });
	},
	changePassword: async (dn, before, after) => {
		mustBeEncrypted(ldap);
		await modifyPassword(ldap, { user: dn, before, after });
	},
	enable: async (dn) => {
		if ((await lockedSince(ldap, dn)) !== LOCKED_FOR_EVER) return false;
		await ldap.modify(dn, [removed(LOCKED)]);
		return true;
	},
	disable: async (dn) => {
		if ((await lockedSince(ldap, dn)) === LOCKED_FOR_EVER) return false;
		if (!(await ldap.schema()).attributeType(LOCKED))
			throw unsupported(
				'This server has no password policy, so that accounts cannot be disabled',
				'Load the overlay ppolicy on the server.',
			);
		const values = [Buffer.from(LOCKED_FOR_EVER)];
		await ldap.modify(dn, [{ operation: 'replace', type: LOCKED, values }]);
		return true;
	},
	unlock: async (dn) => {
		const since = await lockedSince(ldap, dn);
		if (since === undefined) return false;
		if (since === LOCKED_FOR_EVER)
			throw unsupported(
				`"${dn}" is locked for good: an administrator has disabled it, or the policy has locks without end`,
				'If it is meant to be used again, use the operation Enable.',
			);
		await ldap.modify(dn, [removed(LOCKED)]);
		return true;
	},
	expire: async (dn, at) => await shadowExpiry(ldap, dn, at),
	requirePasswordChange: async (dn, required) => {
		const values = required ? [Buffer.from('TRUE')] : [];
		await ldap.modify(dn, [{ operation: 'replace', type: 'pwdReset', values }]);
	},
});

const removed = (type: string): Change => ({ operation: 'replace', type, values: [] });

async function lockedSince(ldap: LdapClient, dn: string): Promise<string | undefined> {
	const { attributes } = await readEntry(ldap, dn, [LOCKED]);
	return valuesIn(attributes, LOCKED)[0]?.toString();
}
