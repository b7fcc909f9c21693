import { invalidInput, toFailure } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import type { Rdn } from './dn';
import { formatDn, joinDn, parentOf, parseDn, rdnOf, sameDn } from './dn';
import { readEntry } from './readEntry';
import { isMissing } from './results';

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
		newName === '' ? formatDn([rdn]) : renamed(rdn, namingAttribute.trim() || first.type, newName);
	const parent = newParent.trim() || parentOf(dn);
	const newDn = joinDn(newRdn, parent);
	const stays = sameDn(parent, parentOf(dn));
	if (stays && newRdn === formatDn([rdn])) return { dn, oldDn: dn, renamed: false };
	try {
		await ldap.modifyDn(dn, {
			newRdn,
			deleteOldRdn: !keepOld,
			...(!stays && { newSuperior: parent }),
		});
		return { dn: newDn, oldDn: dn, renamed: true };
	} catch (error) {
		const failure = toFailure(error);
		// An earlier run has done it already, and did not hear of it.
		if (isMissing(failure) && (await isThere(ldap, newDn)))
			return { dn: newDn, oldDn: dn, renamed: false };
		throw failure;
	}
}

/** The other values of a name that has several stay. */
function renamed(rdn: Rdn, type: string, newName: string): string {
	const one = rdnOf(type, newName);
	const others = rdn.filter((ava) => ava.type.toLowerCase() !== type.toLowerCase());
	if (others.length === rdn.length) return one;
	return [one, ...others.map((ava) => formatDn([[ava]]))].join('+');
}

async function isThere(ldap: LdapClient, dn: string): Promise<boolean> {
	try {
		await readEntry(ldap, dn, ['1.1']);
		return true;
	} catch (error) {
		const failure = toFailure(error);
		if (isMissing(failure)) return false;
		throw failure;
	}
}
