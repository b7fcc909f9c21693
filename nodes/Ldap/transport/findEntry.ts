import { Failure, invalidInput } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import { checkDn } from './dn';
import { dnsBelowBase, incomplete } from './dnsFound';
import type { Filter } from './filter';
import { anyOf, equal } from './filter';
import { guid } from './values/guid';
import { sid } from './values/sid';

const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;
// "efbee680-e93511f1-aa5f8188-04c3808d", of 389 Directory Server and its relatives
const NETSCAPE_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{8}){3}$/i;
const SID = /^S-1-\d+(-\d+)+$/i;

/** RFC 4530, FreeIPA, and IBM Security Directory Server */
const UUIDS = ['entryUUID', 'ipaUniqueID', 'ibm-entryUUID'];

type Named = [attribute: string, value: string | Buffer];

/** The attributes by which a text may identify an entry that is no DN. */
function identities(text: string): Named[] {
	const as = (...attributes: string[]) => attributes.map((name): Named => [name, text]);
	const [, id] = GUID.exec(text) ?? [];
	if (id) return [['objectGUID', guid.encode(id) ?? id], ...UUIDS.map((name): Named => [name, id])];
	if (NETSCAPE_ID.test(text)) return as('nsUniqueId');
	if (SID.test(text)) return [['objectSid', sid.encode(text) ?? text]];
	const [, account] = /^[^\\@=]+\\([^\\]+)$/.exec(text) ?? [];
	if (account) return [['sAMAccountName', account]];
	return text.includes('@') ? as('userPrincipalName', 'mail') : as('sAMAccountName', 'uid', 'cn');
}

/**
 * Some servers look at each entry, or refuse, where an attribute is asked for that they do not know: these are
 * left out. OpenLDAP and Active Directory do not mind.
 */
async function identity(ldap: LdapClient, text: string): Promise<Filter> {
	const names = identities(text);
	const { vendor } = await ldap.rootDse();
	const schema = vendor === 'other' ? await ldap.schema() : undefined;
	const known = names.filter(([attribute]) => schema?.attributeType(attribute));
	return anyOf(...(known.length > 0 ? known : names).map(([name, value]) => equal(name, value)));
}

/**
 * The DN of the entry that somebody means: by DN, GUID, entryUUID or nsUniqueId, SID, DOMAIN\name, address
 * (userPrincipalName or mail) or name (sAMAccountName, uid, cn). Only what is no DN costs a search.
 * @throws Failure when none or more than one is meant
 */
export async function dnOf(ldap: LdapClient, text: string): Promise<string> {
	const meant = text.trim();
	if (meant === '') throw invalidInput('No entry is named');
	if (meant.includes('=')) return checkDn(meant);
	return await theOnly(ldap, await identity(ldap, meant), meant);
}

async function theOnly(ldap: LdapClient, filter: Filter, meant: string): Promise<string> {
	const base = await ldap.baseDn();
	// More than two of one name are as good as two.
	const { dns: found, truncated } = await dnsBelowBase(ldap, { filter, sizeLimit: 2 });
	const [dn] = found;
	if (truncated && found.length < 2) throw incomplete(truncated, base);
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
