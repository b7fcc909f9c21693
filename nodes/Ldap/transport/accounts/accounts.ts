import { Failure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../client';
import { activeDirectory } from './activeDirectory';
import { directoryServer } from './directoryServer';
import { lockIn } from './locks';
import { LOCKED, openLdap } from './openLdap';

/** What a server can do with the account of a user, in the server's own way. */
export interface Accounts {
	/** As an administrator: the old password is not asked for. */
	setPassword(dn: string, password: string): Promise<void>;
	/** As the user does it: the old password must be right, and the rules for passwords hold. */
	changePassword(dn: string, before: string, after: string): Promise<void>;
	/** @returns whether anything had to be done */
	enable(dn: string): Promise<boolean>;
	disable(dn: string): Promise<boolean>;
	/** After too many wrong passwords. */
	unlock(dn: string): Promise<boolean>;
	/** @param at ms since 1970; `undefined`: never */
	expire(dn: string, at: number | undefined): Promise<void>;
	/** Whether a new password has to be chosen at the next sign-in. */
	requirePasswordChange(dn: string, required: boolean): Promise<void>;
}

/** The ways of the server in use. */
export async function accountsOf(ldap: LdapClient): Promise<Accounts> {
	const { vendor, attributes } = await ldap.rootDse();
	if (vendor === 'activeDirectory') return activeDirectory(ldap);
	if (vendor === 'openLdap') return openLdap(ldap);
	const name = attributes.find(({ type }) => type.toLowerCase() === 'vendorname')?.values[0];
	const ways = directoryServer(ldap, name?.toString() ?? 'this server');
	const schema = await ldap.schema();
	if (schema.attributeType('nsAccountLock') || !schema.attributeType(LOCKED)) return ways;
	// ApacheDS and others have the same draft of password policies as OpenLDAP; those with an attribute of their
	// own take no account for disabled because of its lock.
	const { setPassword, changePassword, enable, disable } = ways;
	const own = lockIn(schema) && { enable, disable };
	return { ...openLdap(ldap), setPassword, changePassword, ...own };
}

export const unsupported = (what: string, hint: string) =>
	new Failure({ kind: 'invalid', phase: 'notSent', code: 'NOT_SUPPORTED', message: what, hint });
