import { Failure, invalidInput } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import { checkDn } from './dn';
import type { Filter } from './filter';
import { anyOf, equal } from './filter';
import { guid } from './values/guid';
import { sid } from './values/sid';

const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;
const SID = /^S-1-\d+(-\d+)+$/i;

/** What identifies an entry by something other than its DN, as a filter. */
function identity(text: string): Filter {
	const [, id] = GUID.exec(text) ?? [];
	if (id) return anyOf(equal('objectGUID', guid.encode(id) ?? id), equal('entryUUID', id));
	if (SID.test(text)) return equal('objectSid', sid.encode(text) ?? text);
	const [, account] = /^[^\\@=]+\\([^\\]+)$/.exec(text) ?? [];
	if (account) return equal('sAMAccountName', account);
	if (text.includes('@')) return anyOf(equal('userPrincipalName', text), equal('mail', text));
	return anyOf(equal('sAMAccountName', text), equal('uid', text), equal('cn', text));
}

/**
 * The DN of the entry that somebody means: by DN, GUID or entryUUID, SID, DOMAIN\name, address
 * (userPrincipalName or mail) or name (sAMAccountName, uid, cn). Only what is no DN costs a search.
 * @throws Failure when none or more than one is meant
 */
export async function dnOf(ldap: LdapClient, text: string): Promise<string> {
	const meant = text.trim();
	if (meant === '') throw invalidInput('No entry is named');
	if (meant.includes('=')) return checkDn(meant);
	return await theOnly(ldap, identity(meant), meant);
}

async function theOnly(ldap: LdapClient, filter: Filter, meant: string): Promise<string> {
	const base = await ldap.baseDn();
	const found: string[] = [];
	const search = { base, scope: 'subtree' as const, filter, sizeLimit: 2 };
	for await (const entries of ldap.search({ ...search, attributes: ['1.1'] }))
		found.push(...entries.map(({ dn }) => dn));
	const [dn] = found;
	if (dn === undefined)
		throw notMeant(
			'NO_SUCH_ENTRY',
			`There is no entry "${meant}" below ${base || 'the root'}`,
			'Check the name, or give the DN. The search covers the base DN of the credential.',
		);
	if (found.length > 1)
		throw notMeant(
			'AMBIGUOUS_ENTRY',
			`More than one entry is called "${meant}": ${found.join('; ')}`,
			'Give the DN, or the GUID, of the one that is meant.',
		);
	return dn;
}

const notMeant = (code: string, message: string, hint: string) =>
	new Failure({ kind: 'invalid', phase: 'rejected', code, message, hint });
