import { toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../client';
import type { Change } from '../entry';
import { PASSWORD_MODIFY, modifyPassword } from '../modifyPassword';
import { readEntry, valuesIn } from '../readEntry';
import { isUnwilling } from '../results';
import type { Accounts } from './accounts';
import { mustBeEncrypted } from '../mustBeEncrypted';
import { unsupported } from './accounts';
import { lockIn } from './locks';
import { shadowExpiry } from './shadow';

const LONG_AGO = '19700101000000Z';

/**
 * Accounts of the servers that come from Netscape (389 Directory Server, Oracle, Ping), and of others that have
 * an attribute of their own for them, as far as it is known.
 */
export const directoryServer = (ldap: LdapClient, name: string): Accounts => {
	const known = async (attribute: string, what: string) => {
		if ((await ldap.schema()).attributeType(attribute)) return;
		throw unsupported(
			`${what} takes the attribute ${attribute}, which ${name} does not have`,
			'Change the attribute that this server has for it, with the operation Update of an entry.',
		);
	};
	const setLock = async (dn: string, locked: boolean) => {
		const lock = lockIn(await ldap.schema());
		if (!lock)
			throw unsupported(
				`To enable and disable accounts takes an attribute such as nsAccountLock, which ${name} does not show in its schema`,
				'Change the attribute that this server has for it, with the operation Update of an entry.',
			);
		const { attribute, disabled, enabled } = lock;
		const { attributes } = await readEntry(ldap, dn, [attribute]);
		const now = valuesIn(attributes, attribute)[0]?.toString().toLowerCase() === 'true';
		if (now === locked) return false;
		await ldap.modify(dn, [replaced(attribute, locked ? disabled : enabled)]);
		return true;
	};
	return {
		setPassword: async (dn, password) => {
			mustBeEncrypted(ldap);
			const { supportedExtension } = await ldap.rootDse();
			if (supportedExtension.has(PASSWORD_MODIFY))
				try {
					return void (await modifyPassword(ldap, { user: dn, after: password }));
				} catch (error) {
					// ApacheDS does so where there was no password before.
					if (!isUnwilling(toFailure(error))) throw error;
				}
			await ldap.modify(dn, [replaced('userPassword', password)]);
		},
		changePassword: async (dn, before, after) => {
			mustBeEncrypted(ldap);
			const { supportedExtension } = await ldap.rootDse();
			if (supportedExtension.has(PASSWORD_MODIFY))
				return void (await modifyPassword(ldap, { user: dn, before, after }));
			await ldap.authenticate(dn, before);
			await ldap.modify(dn, [replaced('userPassword', after)]);
		},
		enable: async (dn) => await setLock(dn, false),
		disable: async (dn) => await setLock(dn, true),
		unlock: async (dn) => {
			await known('passwordRetryCount', 'To unlock accounts');
			const types = ['passwordRetryCount', 'accountUnlockTime'];
			const { attributes } = await readEntry(ldap, dn, types);
			// The server sets the count to 0 by itself when somebody signs in.
			const set = types.filter(
				(type) => (valuesIn(attributes, type)[0]?.toString() ?? '0') !== '0',
			);
			if (set.length === 0) return false;
			await ldap.modify(
				dn,
				set.map((type) => replaced(type, undefined)),
			);
			return true;
		},
		expire: async (dn, at) => await shadowExpiry(ldap, dn, at),
		requirePasswordChange: async (dn, required) => {
			await known('passwordExpirationTime', 'To ask for a new password');
			if (required && (await asksForNoPassword(ldap, dn)))
				throw unsupported(
					`The password policy of ${name} never asks for a new password`,
					'Set passwordMustChange to "on" in the policy: in cn=config, or that of the user.',
				);
			await ldap.modify(dn, [replaced('passwordExpirationTime', required ? LONG_AGO : undefined)]);
		},
	};
};

/**
 * Whether the policy in force says so: a server where it does would take the change, and undo it at the next
 * sign-in. Who may not read the policy is not held up.
 */
async function asksForNoPassword(ldap: LdapClient, dn: string): Promise<boolean> {
	const { attributes } = await readEntry(ldap, dn, ['pwdPolicySubentry']);
	const policy = valuesIn(attributes, 'pwdPolicySubentry')[0]?.toString() || 'cn=config';
	try {
		const settings = (await readEntry(ldap, policy, ['passwordMustChange'])).attributes;
		return valuesIn(settings, 'passwordMustChange')[0]?.toString().toLowerCase() === 'off';
	} catch (error) {
		if (toFailure(error).phase === 'rejected') return false;
		throw error;
	}
}

const replaced = (type: string, value: string | undefined): Change => ({
	operation: 'replace',
	type,
	values: value === undefined ? [] : [Buffer.from(value)],
});
