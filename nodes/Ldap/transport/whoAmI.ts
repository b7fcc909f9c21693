import type { LdapClient } from './client';

/** "Who am I?" (RFC 4532) */
export const WHO_AM_I = '1.3.6.1.4.1.4203.1.11.3';

export interface Identity {
	/** "dn:..." or "u:...", as the server puts it; empty for nobody (RFC 4513 section 5.2.1.8) */
	authorizationId: string;
	anonymous: boolean;
}

/** As whom the server treats the requests (RFC 4532). */
export async function whoAmI(ldap: LdapClient): Promise<Identity> {
	const { value } = await ldap.extended(WHO_AM_I, undefined, true);
	const authorizationId = value?.toString('utf8') ?? '';
	return { authorizationId, anonymous: authorizationId === '' };
}
