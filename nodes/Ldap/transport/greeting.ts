import { Failure, toFailure } from '../../shared/resilience/failure';
import type { Contact, LdapClient } from './client';
import { readEntry } from './readEntry';
import { isHidden, isMissing } from './results';
import { serverKind } from './serverKind';
import { whoAmI } from './whoAmI';

const SOON_MS = 30 * 86_400_000;

/**
 * Signs in and says how that went: as whom, at which server, how that is protected, and where
 * searches begin.
 * @param user the name that was signed in with; undefined: none was
 */
export async function greeting(ldap: LdapClient, user: string | undefined): Promise<string> {
	const contact = await ldap.contact();
	const kind = serverKind(await ldap.rootDse());
	const who =
		user === undefined
			? 'Connected without signing in'
			: `Signed in as ${(await nameAt(ldap)) || user || 'somebody whom the server does not name'}`;
	const place = `${contact.server}${kind ? ` (${kind})` : ''}`;
	const base = await checkedBase(ldap);
	return [
		`${who} at ${place}, ${protection(contact, ldap.clock.now())}.`,
		base ? `Base DN: ${base}.` : 'The server names no base DN: fill it in.',
	].join(' ');
}

async function nameAt(ldap: LdapClient): Promise<string> {
	try {
		const { dn, user, authorizationId } = await whoAmI(ldap);
		return dn || user || authorizationId;
	} catch (error) {
		// To sign in was possible; not every server says as whom.
		if (isHidden(toFailure(error))) return '';
		throw error;
	}
}

function protection({ tls }: Contact, now: number): string {
	if (!tls) return 'not encrypted';
	const { version, cipher, expiresAt } = tls;
	const expires = new Date(expiresAt).toISOString().slice(0, 10);
	const warning = expiresAt - now < SOON_MS ? ` and a certificate that expires on ${expires}` : '';
	return `encrypted by ${version} with ${cipher}${warning}`;
}

async function checkedBase(ldap: LdapClient): Promise<string> {
	const base = await ldap.baseDn();
	if (base === '' || (await isReadable(ldap, base))) return base;
	const contexts = (await ldap.rootDse()).namingContexts.filter(Boolean);
	throw new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'BASE_DN',
		message: `Signed in, but there is no base DN "${base}" that this user may read`,
		hint:
			contexts.length > 0
				? `The server has ${contexts.join(' and ')}.`
				: 'Check its spelling, and what the user may read.',
	});
}

async function isReadable(ldap: LdapClient, dn: string): Promise<boolean> {
	try {
		await readEntry(ldap, dn, ['1.1']);
		return true;
	} catch (error) {
		if (isMissing(toFailure(error))) return false;
		throw error;
	}
}
