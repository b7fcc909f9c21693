import type { Schema } from '../schema';

/** The attribute by which an administrator disables an account. */
export interface Lock {
	attribute: string;
	disabled: string;
	/** left out: the attribute is removed */
	enabled?: string;
}

// The first that the schema knows counts: the others may be there for the sake of older entries.
const LOCKS: Lock[] = [
	// OpenDJ, Ping, Oracle Unified: https://docs.pingidentity.com/pingdirectory, manage-account
	{ attribute: 'ds-pwp-account-disabled', disabled: 'true' },
	// IBM: https://www.ibm.com/docs/en/sdse, "Overriding password policy and unlocking accounts"
	{ attribute: 'ibm-pwdAccountLocked', disabled: 'TRUE', enabled: 'FALSE' },
	// 389 Directory Server, FreeIPA, Oracle
	{ attribute: 'nsAccountLock', disabled: 'true' },
	// eDirectory: https://ldapwiki.com/wiki/LoginDisabled
	{ attribute: 'loginDisabled', disabled: 'TRUE', enabled: 'FALSE' },
];

/** The way of the server, where its schema shows one that is known. */
export const lockIn = (schema: Schema): Lock | undefined =>
	LOCKS.find(({ attribute }) => schema.attributeType(attribute));
