import { toFailure } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import { parseDn } from './dn';
import { dnsFound, incomplete } from './dnsFound';
import { anyEntry, anyOf, equal } from './filter';
import { hasChildren, isMissing, isTooMuchAtOnce } from './results';

/** Tree Delete, [MS-ADTS] 3.1.1.3.4.1.15, known by other servers as well. */
const TREE_DELETE = '1.2.840.113556.1.4.805';

/**
 * Deletes an entry and all below it: in one request where the server can do that, otherwise one by
 * one from the bottom up, so that what is left after a failure is a tree again.
 * @returns how many entries; `undefined` where the server did not say
 */
export async function deleteTree(ldap: LdapClient, dn: string): Promise<number | undefined> {
	const { supportedControl } = await ldap.rootDse();
	if (supportedControl.has(TREE_DELETE) && (await deletedAtOnce(ldap, dn))) return undefined;
	const search = { base: dn, scope: 'subtree' as const, filter: everyEntry };
	for (let count = 0; ;) {
		const { dns, truncated } = await dnsFound(ldap, search);
		// Nothing is found where it may not be read: then the server says what it makes of the request.
		const deepestFirst = (dns.length > 0 ? dns : [dn])
			.map((name) => ({ name, depth: parseDn(name).length }))
			.sort((a, b) => b.depth - a.depth);
		const before = count;
		for (const { name } of deepestFirst)
			if (await isDeleted(ldap, name, truncated !== undefined)) count++;
		if (!truncated) return count;
		// What is deleted makes room for what a limit of the server has hidden.
		if (count === before) throw incomplete(truncated, dn);
	}
}

/**
 * Somebody else may be faster: what is gone is no reason to leave the rest.
 * @param inPart whether there may be more below it that nobody has seen yet
 */
async function isDeleted(ldap: LdapClient, dn: string, inPart: boolean): Promise<boolean> {
	try {
		await ldap.delete(dn);
		return true;
	} catch (error) {
		const failure = toFailure(error);
		if (isMissing(failure) || (inPart && hasChildren(failure))) return false;
		throw failure;
	}
}

/** 389 Directory Server shows subentries (RFC 3672) only to those who name the class. */
const everyEntry = anyOf(anyEntry, equal('objectclass', 'ldapSubEntry'));

/** @returns false where the server knows the control, but not what it is for, as ApacheDS */
async function deletedAtOnce(ldap: LdapClient, dn: string): Promise<boolean> {
	// Active Directory stops after 16,384 entries.
	for (;;)
		try {
			await ldap.delete(dn, { controls: [{ oid: TREE_DELETE, critical: true }] });
			return true;
		} catch (error) {
			const failure = toFailure(error);
			if (hasChildren(failure)) return false;
			if (!isTooMuchAtOnce(failure)) throw failure;
		}
}
