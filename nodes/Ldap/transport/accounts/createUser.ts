import { Failure, toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../client';
import { joinDn, parseDn, rdnOf } from '../dn';
import { dnsBelowBase } from '../dnsFound';
import type { Attribute } from '../entry';
import { equal } from '../filter';
import { PASSWORD_MODIFY } from '../modifyPassword';
import type { Schema } from '../schema';
import { checkEntry } from '../checkEntry';
import { mustBeEncrypted } from '../mustBeEncrypted';
import { accountsOf } from './accounts';
import {
	ACCOUNT_DISABLED,
	NORMAL_ACCOUNT,
	USER_ACCOUNT_DISABLED,
	isWithoutDomain,
	unicodePassword,
} from './activeDirectory';

export interface NewUser {
	/** DN; empty: the base DN */
	parent: string;
	login: string;
	firstName: string;
	lastName: string;
	/** empty: none, and then the account is disabled where servers know that */
	password: string;
	fullName?: string;
	mail?: string;
	userPrincipalName?: string;
	disabled?: boolean;
	requirePasswordChange?: boolean;
	/** besides those above, or in their place */
	others: Attribute[];
}

/** Adds a user as the server in use wants it. */
export async function createUser(
	ldap: LdapClient,
	user: NewUser,
): Promise<{ dn: string; login: string }> {
	const { vendor } = await ldap.rootDse();
	if (user.password) mustBeEncrypted(ldap);
	const parent = user.parent.trim() || (await ldap.baseDn());
	const create = vendor === 'activeDirectory' ? inActiveDirectory : elsewhere;
	return { dn: await create(ldap, user, parent), login: user.login };
}

/** The DN of the user of this login; `undefined`: there is none. */
export async function userCalled(ldap: LdapClient, login: string): Promise<string | undefined> {
	const root = await ldap.rootDse();
	const attribute = isWithoutDomain(root)
		? 'userPrincipalName'
		: root.vendor === 'activeDirectory'
			? 'sAMAccountName'
			: 'uid';
	const { dns } = await dnsBelowBase(ldap, { filter: equal(attribute, login), sizeLimit: 1 });
	return dns[0];
}

/** One request: [MS-ADTS] takes password and flags in the Add as well. */
async function inActiveDirectory(ldap: LdapClient, user: NewUser, parent: string): Promise<string> {
	const { login, firstName, lastName, password, mail } = user;
	const name = fullNameOf(user);
	const dn = joinDn(rdnOf('CN', name), parent);
	const disabled = user.disabled || !password;
	const attributes = merged(user.others, {
		objectClass: ['top', 'person', 'organizationalPerson', 'user'],
		cn: [name],
		displayName: [name],
		...(isWithoutDomain(await ldap.rootDse())
			? {
					userPrincipalName: [user.userPrincipalName || login],
					[USER_ACCOUNT_DISABLED]: [disabled ? 'TRUE' : 'FALSE'],
				}
			: {
					sAMAccountName: [login],
					userPrincipalName: [
						user.userPrincipalName || `${login}@${domainOf(await ldap.baseDn())}`,
					],
					userAccountControl: [String(NORMAL_ACCOUNT | (disabled ? ACCOUNT_DISABLED : 0))],
				}),
		givenName: [firstName],
		sn: [lastName],
		mail: [mail ?? ''],
		unicodePwd: [password && unicodePassword(password)],
		pwdLastSet: [user.requirePasswordChange ? '0' : ''],
	});
	await ldap.add(dn, attributes);
	return dn;
}

/** inetOrgPerson, RFC 2798. */
async function elsewhere(ldap: LdapClient, user: NewUser, parent: string): Promise<string> {
	const { login, firstName, lastName, password, mail } = user;
	const name = fullNameOf(user);
	const dn = joinDn(rdnOf('uid', login), parent);
	// OpenLDAP hashes passwords by this request only, and LLDAP takes them by no other; others do so in an
	// Add, and ApacheDS sets no first password by it.
	const { vendor, supportedExtension } = await ldap.rootDse();
	const schema = await ldap.schema();
	const byRequest = vendor === 'openLdap' || lacksPasswords(schema);
	const after = password !== '' && byRequest && supportedExtension.has(PASSWORD_MODIFY);
	const attributes = merged(user.others, {
		objectClass: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
		uid: [login],
		cn: [name],
		displayName: [name],
		givenName: [firstName],
		sn: [lastName],
		mail: [mail ?? ''],
		userPassword: [after ? '' : password],
	});
	checkEntry(schema, attributes);
	await ldap.add(dn, attributes);
	const accounts = await accountsOf(ldap);
	try {
		if (after) await accounts.setPassword(dn, password);
		if (user.requirePasswordChange) await accounts.requirePasswordChange(dn, true);
		if (user.disabled) await accounts.disable(dn);
	} catch (error) {
		const failure = toFailure(error);
		// A user without the password that was meant for it: it is taken back, so that a retry begins anew.
		await ldap.delete(dn).catch(() => {
			throw halfDone(dn, failure);
		});
		throw failure.inPhase('rejected');
	}
	return dn;
}

/** The server shows what attributes it has, and this one is none of them. */
const lacksPasswords = (schema: Schema): boolean =>
	schema.attributeTypes.length > 0 && !schema.attributeType('userPassword');

/** Nobody may take it for a user who is ready, nor add it again. */
const halfDone = (dn: string, failure: Failure) =>
	new Failure({
		...failure,
		phase: 'maybeDone',
		message: `"${dn}" was added, but its password or its account was not set: ${failure.message}`,
		hint: 'It could not be taken back either. Delete the entry before you run the item again, or set what is missing.',
		cause: failure,
	});

const fullNameOf = ({ fullName, firstName, lastName }: NewUser): string =>
	fullName?.trim() || [firstName.trim(), lastName.trim()].filter(Boolean).join(' ');

/** "DC=ad,DC=example,DC=com" -> "ad.example.com" */
const domainOf = (dn: string): string =>
	parseDn(dn)
		.flat()
		.filter(({ type }) => type.toLowerCase() === 'dc')
		.map(({ value }) => value.toString())
		.join('.');

/** The attributes that have values; what the user gave stands in place of what we would. */
function merged(given: Attribute[], usual: Record<string, Array<string | Buffer>>): Attribute[] {
	const names = new Set(given.map(({ type }) => type.toLowerCase()));
	const ours = Object.entries(usual)
		.filter(([type]) => !names.has(type.toLowerCase()))
		.map(([type, values]) => ({ type, values: values.map((value) => Buffer.from(value)) }));
	return [...ours, ...given]
		.map(({ type, values }) => ({ type, values: values.filter(({ length }) => length > 0) }))
		.filter(({ values }) => values.length > 0);
}
