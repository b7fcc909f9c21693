/** What a number means, in a column of its own beside the number. */
export interface Meaning {
	column: string;
	of(value: number): string[] | string | null;
}

// https://learn.microsoft.com/windows/win32/adschema/a-useraccountcontrol and MS-ADTS 2.2.16
const ACCOUNT = {
	SCRIPT: 0x1,
	ACCOUNTDISABLE: 0x2,
	HOMEDIR_REQUIRED: 0x8,
	LOCKOUT: 0x10,
	PASSWD_NOTREQD: 0x20,
	PASSWD_CANT_CHANGE: 0x40,
	ENCRYPTED_TEXT_PWD_ALLOWED: 0x80,
	TEMP_DUPLICATE_ACCOUNT: 0x100,
	NORMAL_ACCOUNT: 0x200,
	INTERDOMAIN_TRUST_ACCOUNT: 0x800,
	WORKSTATION_TRUST_ACCOUNT: 0x1000,
	SERVER_TRUST_ACCOUNT: 0x2000,
	DONT_EXPIRE_PASSWORD: 0x1_0000,
	MNS_LOGON_ACCOUNT: 0x2_0000,
	SMARTCARD_REQUIRED: 0x4_0000,
	TRUSTED_FOR_DELEGATION: 0x8_0000,
	NOT_DELEGATED: 0x10_0000,
	USE_DES_KEY_ONLY: 0x20_0000,
	DONT_REQ_PREAUTH: 0x40_0000,
	PASSWORD_EXPIRED: 0x80_0000,
	TRUSTED_TO_AUTH_FOR_DELEGATION: 0x100_0000,
	NO_AUTH_DATA_REQUIRED: 0x200_0000,
	PARTIAL_SECRETS_ACCOUNT: 0x400_0000,
	USE_AES_KEYS: 0x800_0000,
};

// MS-ADTS 2.2.12
const GROUP = {
	builtIn: 0x1,
	global: 0x2,
	domainLocal: 0x4,
	universal: 0x8,
	appBasic: 0x10,
	appQuery: 0x20,
	security: 0x8000_0000,
};

// https://learn.microsoft.com/windows/win32/adschema/a-samaccounttype
const ACCOUNT_TYPES: ReadonlyMap<number, string> = new Map([
	[0x0, 'DOMAIN_OBJECT'],
	[0x1000_0000, 'GROUP_OBJECT'],
	[0x1000_0001, 'NON_SECURITY_GROUP_OBJECT'],
	[0x2000_0000, 'ALIAS_OBJECT'],
	[0x2000_0001, 'NON_SECURITY_ALIAS_OBJECT'],
	[0x3000_0000, 'USER_OBJECT'],
	[0x3000_0001, 'MACHINE_ACCOUNT'],
	[0x3000_0002, 'TRUST_ACCOUNT'],
	[0x4000_0000, 'APP_BASIC_GROUP'],
	[0x4000_0001, 'APP_QUERY_GROUP'],
]);

const namesIn = (flags: Record<string, number>) => (value: number) =>
	Object.keys(flags).filter((name) => (value & (flags[name] ?? 0)) !== 0);

const groupFlags = namesIn(GROUP);

const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
	['useraccountcontrol', { column: 'userAccountControlFlags', of: namesIn(ACCOUNT) }],
	[
		'msds-user-account-control-computed',
		{ column: 'msDS-User-Account-Control-ComputedFlags', of: namesIn(ACCOUNT) },
	],
	[
		'grouptype',
		{
			column: 'groupTypeFlags',
			of: (value) => {
				const names = groupFlags(value);
				return names.includes('security') ? names : [...names, 'distribution'];
			},
		},
	],
	[
		'samaccounttype',
		{ column: 'sAMAccountTypeName', of: (value) => ACCOUNT_TYPES.get(value) ?? null },
	],
]);

export const meaningOf = (name: string): Meaning | undefined => MEANINGS.get(name.toLowerCase());
