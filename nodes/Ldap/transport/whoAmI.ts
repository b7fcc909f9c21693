import type { LdapClient } from './client';
import { readEntry, valuesIn } from './readEntry';
import { sid } from './values/sid';

/** "Who am I?" (RFC 4532) */
export const WHO_AM_I = '1.3.6.1.4.1.4203.1.11.3';

// Of somebody who has not signed in.
// https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
const ANONYMOUS_SID = 'S-1-5-7';

export interface Identity {
	/** "dn:..." or "u:...", as the server puts it; empty for nobody (RFC 4513 section 5.2.1.8) */
	authorizationId: string;
	/** where the server says it so */
	dn: string | null;
	user: string | null;
	anonymous: boolean;
}

/** As whom the server treats the requests. */
export async function whoAmI(ldap: LdapClient): Promise<Identity> {
	const { vendor, supportedExtension } = await ldap.rootDse();
	// Samba has only what Active Directory has beside it.
	if (vendor === 'activeDirectory' && !supportedExtension.has(WHO_AM_I))
		return await tokenOwner(ldap);
	const { value } = await ldap.extended(WHO_AM_I, undefined, true);
	return identity(value?.toString('utf8') ?? '');
}

function identity(authorizationId: string): Identity {
	const [, kind = '', name = null] = /^(dn|u):(.*)$/is.exec(authorizationId) ?? [];
	return {
		authorizationId,
		dn: kind.toLowerCase() === 'dn' ? name : null,
		user: kind.toLowerCase() === 'u' ? name : null,
		anonymous: authorizationId === '' || authorizationId === 'dn:',
	};
}

// https://learn.microsoft.com/openspecs/windows_protocols/ms-adts section 3.1.1.3.2: the token of the
// connection; its first SID is the user.
async function tokenOwner(ldap: LdapClient): Promise<Identity> {
	const [token] = await valuesOf(ldap, '', 'tokenGroups');
	const owner = token && sid.decode(token);
	if (typeof owner !== 'string' || owner === ANONYMOUS_SID) return identity('');
	const [name] = await valuesOf(ldap, `<SID=${owner}>`, 'distinguishedName');
	return identity(name ? `dn:${name.toString()}` : `u:${owner}`);
}

const valuesOf = async (ldap: LdapClient, dn: string, attribute: string) =>
	valuesIn((await readEntry(ldap, dn, [attribute])).attributes, attribute);
