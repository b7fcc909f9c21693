/** What Active Directory says beyond the result code. */
export interface WindowsError {
	/** what happened */
	words: string;
	hint?: string;
}

/**
 * "data 52e" in the diagnostic message of a refused bind: Windows error numbers.
 * https://learn.microsoft.com/windows/win32/debug/system-error-codes
 */
export const BIND_ERRORS: Record<number, WindowsError> = {
	0x525: { words: 'the user does not exist', hint: 'Check the name of the user.' },
	0x52e: {
		words: 'name or password is wrong',
		hint: 'Check name and password. A name is a DN, user@domain or DOMAIN\\user.',
	},
	0x52f: { words: 'a restriction of the account forbids it' },
	0x530: { words: 'the user may not sign in at this time' },
	0x531: { words: 'the user may not sign in from this machine' },
	0x532: { words: 'the password has expired', hint: 'Set a new password.' },
	0x533: { words: 'the account is disabled', hint: 'Enable the account.' },
	0x568: { words: 'the user is in too many groups' },
	0x701: { words: 'the account has expired', hint: 'Change the date on which it expires.' },
	0x773: {
		words: 'the user must change the password before signing in',
		hint: 'Set a new password, or take back the demand to change it.',
	},
	0x775: { words: 'the account is locked out', hint: 'Unlock the account, or wait.' },
};

/** The number with which the diagnostic message of another operation begins: "0000052D: SvcErr". */
export const OPERATION_ERRORS: Record<number, WindowsError> = {
	0x5: { words: 'access denied' },
	0x1f: {
		words: 'passwords can only be set over an encrypted connection',
		hint: 'Choose LDAPS or STARTTLS under "Encryption" in the credential.',
	},
	0x56: { words: 'the old password is wrong' },
	0x4dc: {
		words: 'signing in comes first',
		hint: 'Anonymous requests are not allowed: choose another way under "Sign In With".',
	},
	0x524: {
		words: 'a user of this name exists',
		hint: 'sAMAccountName and userPrincipalName must be unique in the domain.',
	},
	0x525: { words: 'the user does not exist' },
	0x526: { words: 'a group of this name exists' },
	0x528: { words: 'it is a member already' },
	0x529: { words: 'it is no member' },
	0x52d: {
		words: 'the password does not meet the policy of the domain',
		hint: 'Check length, complexity, history and minimum age of passwords. A new user without a password must be created disabled.',
	},
	0x561: { words: 'it is no member' },
	0x562: { words: 'it is a member already' },
	0x202b: { words: 'another domain or server is responsible', hint: 'Check the base DN.' },
	0x2035: { words: 'the server refuses this' },
	0x2071: { words: 'an entry of this name exists' },
	0x2077: { words: 'this attribute cannot be changed in this way' },
	0x207c: { words: 'a required attribute is missing' },
	0x207d: { words: 'an attribute does not belong to the object classes of the entry' },
	0x2081: { words: 'the attribute takes one value only' },
	0x2082: { words: 'the value is too short, too long, too small or too large' },
	0x2083: { words: 'the attribute or value is there already' },
	0x2089: { words: 'the parent does not exist', hint: 'Create the parent first.' },
	0x208d: { words: 'the entry does not exist' },
	0x2098: { words: 'the user of the credential is not allowed to do this' },
};

/** Explains the diagnostic message of Active Directory; `undefined`: it is none of those. */
export function windowsError(message: string): WindowsError | undefined {
	const inBind = /^8009030[0-9A-F]: .*\bdata ([0-9a-f]{1,8})\b/i.exec(message)?.[1];
	if (inBind) return BIND_ERRORS[parseInt(inBind, 16)];
	const first = /^([0-9A-F]{8}): /i.exec(message)?.[1];
	return first ? OPERATION_ERRORS[parseInt(first, 16)] : undefined;
}
