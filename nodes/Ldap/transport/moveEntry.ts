import { invalidInput } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import { formatDn, joinDn, parentOf, parseDn, rdnOf, sameDn } from './dn';
import { readEntry } from './readEntry';

export interface Move {
	/** value of the naming attribute; none: the name stays */
	newName?: string;
	/** none: that of now */
	namingAttribute?: string;
	/** DN; none: the parent stays */
	newParent?: string;
	/** whether the old value of the naming attribute stays in the entry */
	keepOld?: boolean;
}

/** Renames or moves an entry, with what is below it. @returns the DN before and after */
export async function moveEntry(
	ldap: LdapClient,
	named: string,
	{ newName = '', namingAttribute = '', newParent = '', keepOld = false }: Move,
): Promise<{ dn: string; oldDn: string; renamed: boolean }> {
	// What Active Directory finds by <GUID=...> has a name all the same.
	const dn = named.startsWith('<') ? (await readEntry(ldap, named, ['1.1'])).dn : named;
	const [rdn = []] = parseDn(dn);
	const [first] = rdn;
	if (!first) throw invalidInput('The root of the directory has no name');
	const newRdn =
		newName === '' ? formatDn([rdn]) : rdnOf(namingAttribute.trim() || first.type, newName);
	const parent = newParent.trim() || parentOf(dn);
	const newDn = joinDn(newRdn, parent);
	if (newDn === dn) return { dn, oldDn: dn, renamed: false };
	await ldap.modifyDn(dn, {
		newRdn,
		deleteOldRdn: !keepOld,
		...(!sameDn(parent, parentOf(dn)) && { newSuperior: parent }),
	});
	return { dn: newDn, oldDn: dn, renamed: true };
}
