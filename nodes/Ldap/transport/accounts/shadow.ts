import type { LdapClient } from '../client';
import { readEntry, valuesIn } from '../readEntry';
import { unsupported } from './accounts';

const DAY_MS = 86_400_000;

/**
 * The end of an account as Unix systems know it, in whole days (RFC 2307 section 2.2, shadowExpire).
 * @param at ms since 1970; `undefined`: never
 */
export async function shadowExpiry(
	ldap: LdapClient,
	dn: string,
	at: number | undefined,
): Promise<void> {
	const { attributes } = await readEntry(ldap, dn, ['objectClass']);
	const classes = valuesIn(attributes, 'objectClass').map((value) =>
		value.toString().toLowerCase(),
	);
	if (!classes.includes('shadowaccount'))
		throw unsupported(
			`"${dn}" has no attribute that says when the account expires`,
			'Outside of Active Directory that takes the object class shadowAccount.',
		);
	const values = at === undefined ? [] : [Buffer.from(String(Math.floor(at / DAY_MS)))];
	await ldap.modify(dn, [{ operation: 'replace', type: 'shadowExpire', values }]);
}
