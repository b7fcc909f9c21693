import { toFailure } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import type { Entry } from './entry';
import { anyEntry } from './filter';
import { isNowhere } from './results';
import type { Search } from './search';

// Somebody is waiting: what was found by then is shown.
const TIME_LIMIT_S = 5;

/** As many entries as somebody looks at, and what is to be seen of them. */
export async function firstEntries(
	ldap: LdapClient,
	sizeLimit: number,
	search: Pick<Search, 'base' | 'scope' | 'filter' | 'attributes'>,
): Promise<Entry[]> {
	const found: Entry[] = [];
	const limited = { ...search, sizeLimit, timeLimit: TIME_LIMIT_S };
	for await (const entries of ldap.search(limited)) found.push(...entries);
	return found;
}

/** The entry itself and those right below it; none where there is no such entry. */
export async function entriesAt(
	ldap: LdapClient,
	dn: string,
	{ most, attributes }: { most: number; attributes: string[] },
): Promise<Entry[]> {
	const wanted = { base: dn, filter: anyEntry, attributes };
	try {
		return [
			...(await firstEntries(ldap, 1, { ...wanted, scope: 'base' })),
			...(await firstEntries(ldap, most, { ...wanted, scope: 'one' })),
		];
	} catch (error) {
		if (isNowhere(toFailure(error))) return [];
		throw error;
	}
}
