import { toFailure } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import { equal } from './filter';
import { isValueMissing } from './results';

// What means something in the text of a filter (RFC 4515 section 3).
const SPECIAL = new Set(Buffer.from('\\*()\0'));

/**
 * Whether an attribute of an entry has a value, as the server compares.
 *
 * Samba reads the value of a comparison as a part of a filter: "*" would be there whatever there is, and a DN
 * such as "CN=Meier\, Anna,..." is an error. Active Directory is asked for such values by a search.
 * https://gitlab.com/samba-team/samba/-/blob/master/source4/ldap_server/ldap_backend.c (ldapsrv_CompareRequest)
 */
export async function hasValue(
	ldap: LdapClient,
	dn: string,
	attribute: string,
	value: Buffer,
): Promise<boolean> {
	if (value.some((byte) => SPECIAL.has(byte))) {
		const { vendor } = await ldap.rootDse();
		if (vendor === 'activeDirectory') return await isFound(ldap, dn, attribute, value);
	}
	try {
		return await ldap.compare(dn, attribute, value);
	} catch (error) {
		const failure = toFailure(error);
		// The entry has no value at all.
		if (isValueMissing(failure)) return false;
		throw failure;
	}
}

async function isFound(ldap: LdapClient, dn: string, attribute: string, value: Buffer) {
	const search = { base: dn, scope: 'base' as const, attributes: ['1.1'] };
	for await (const entries of ldap.search({ ...search, filter: equal(attribute, value) }))
		if (entries.length > 0) return true;
	return false;
}
