import { toFailure } from '../../../shared/resilience/failure';
import type { LdapClient, RootDse } from '../client';
import type { Change } from '../entry';
import { isValueMissing } from '../results';
import { readEntry, valuesIn } from '../readEntry';
import { encodeValues } from '../values/encodeValues';
import type { Accounts } from './accounts';
import { mustBeEncrypted } from '../mustBeEncrypted';
import { unsupported } from './accounts';

/** Flags of userAccountControl, [MS-ADTS] 2.2.16. */
export const ACCOUNT_DISABLED = 0x2;
export const NORMAL_ACCOUNT = 0x200;

const MOST_TRIES = 4;

/** [MS-ADTS] 3.1.1.3.1.5.1: in quotation marks, and in UTF-16. */
export const unicodePassword = (password: string): Buffer =>
	Buffer.from(`"${password}"`, 'utf16le');

/** Accounts of Active Directory, Windows or Samba. */
export const activeDirectory = (ldap: LdapClient): Accounts => ({
	setPassword: async (dn, password) => {
		mustBeEncrypted(ldap);
		await ldap.modify(dn, [replaced('unicodePwd', unicodePassword(password))]);
	},
	changePassword: async (dn, before, after) => {
		mustBeEncrypted(ldap);
		const type = 'unicodePwd';
		// [MS-ADTS] 3.1.1.3.1.5.1.1: the old value deleted and the new one added is a change by the user.
		await ldap.modify(dn, [
			{ operation: 'delete', type, values: [unicodePassword(before)] },
			{ operation: 'add', type, values: [unicodePassword(after)] },
		]);
	},
	enable: async (dn) =>
		isWithoutDomain(await ldap.rootDse())
			? await setDisabled(ldap, dn, false)
			: await changeFlags(ldap, dn, { clear: ACCOUNT_DISABLED }),
	disable: async (dn) =>
		isWithoutDomain(await ldap.rootDse())
			? await setDisabled(ldap, dn, true)
			: await changeFlags(ldap, dn, { set: ACCOUNT_DISABLED }),
	unlock: async (dn) => {
		const { attributes } = await readEntry(ldap, dn, ['lockoutTime']);
		const since = valuesIn(attributes, 'lockoutTime')[0]?.toString() ?? '0';
		if (since === '0') return false;
		await ldap.modify(dn, [replaced('lockoutTime', '0')]);
		return true;
	},
	expire: async (dn, at) => {
		const type = 'accountExpires';
		const [value] =
			at === undefined ? [] : encodeValues(await ldap.schema(), type, new Date(at).toISOString());
		await ldap.modify(dn, [replaced(type, value ?? '0')]);
	},
	// 0: has expired; -1: was set now.
	requirePasswordChange: async (dn, required) =>
		await ldap.modify(dn, [replaced('pwdLastSet', required ? '0' : '-1')]),
});

const replaced = (type: string, value: string | Buffer): Change => ({
	operation: 'replace',
	type,
	values: [typeof value === 'string' ? Buffer.from(value) : value],
});

/**
 * AD LDS: accounts have neither sAMAccountName nor userAccountControl. [MS-ADTS] 3.1.1.3.4.3:
 * LDAP_CAP_ACTIVE_DIRECTORY_OID is that of domain controllers only.
 */
export const isWithoutDomain = ({ vendor, supportedCapabilities }: RootDse): boolean =>
	vendor === 'activeDirectory' && !supportedCapabilities.has('1.2.840.113556.1.4.800');

/** https://learn.microsoft.com/windows/win32/adschema/a-msds-useraccountdisabled */
export const USER_ACCOUNT_DISABLED = 'msDS-UserAccountDisabled';

async function setDisabled(ldap: LdapClient, dn: string, disabled: boolean): Promise<boolean> {
	const { attributes } = await readEntry(ldap, dn, [USER_ACCOUNT_DISABLED]);
	const now = valuesIn(attributes, USER_ACCOUNT_DISABLED)[0]?.toString().toUpperCase() === 'TRUE';
	if (now === disabled) return false;
	await ldap.modify(dn, [replaced(USER_ACCOUNT_DISABLED, disabled ? 'TRUE' : 'FALSE')]);
	return true;
}

/**
 * Sets and clears flags of userAccountControl; the value that was read is taken out by the same
 * request, so that nothing that somebody else changes meanwhile is undone.
 */
async function changeFlags(
	ldap: LdapClient,
	dn: string,
	{ set = 0, clear = 0 }: { set?: number; clear?: number },
): Promise<boolean> {
	const type = 'userAccountControl';
	for (let tries = 1; ; tries++) {
		const [before] = valuesIn((await readEntry(ldap, dn, [type])).attributes, type);
		if (!before)
			throw unsupported(`"${dn}" is no account: it has no userAccountControl`, 'Choose a user.');
		const flags = Number(before.toString());
		const after = (flags | set) & ~clear;
		if (after === flags) return false;
		try {
			await ldap.modify(dn, [
				{ operation: 'delete', type, values: [before] },
				{ operation: 'add', type, values: [Buffer.from(String(after))] },
			]);
			return true;
		} catch (error) {
			if (tries >= MOST_TRIES || !isValueMissing(toFailure(error))) throw error;
		}
	}
}
