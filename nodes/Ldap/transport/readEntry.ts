import { Failure } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import type { Attribute, Entry } from './entry';
import { anyEntry } from './filter';

/**
 * One entry, by its DN.
 * @param attributes as in a search: none for all user attributes
 * @throws Failure with the code of the server, or NO_SUCH_ENTRY where it may not be read
 */
export async function readEntry(
	ldap: LdapClient,
	dn: string,
	attributes?: string[],
): Promise<Entry> {
	const search = { base: dn, scope: 'base' as const, filter: anyEntry, attributes };
	let found: Entry | undefined;
	for await (const entries of ldap.search({ ...search, pageSize: 0 })) found ??= entries[0];
	if (found) return found;
	// Servers that hide an entry often answer with a success and nothing.
	throw new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_SUCH_ENTRY',
		message: `There is no entry "${dn}", or this credential may not read it`,
	});
}

/** The values of one attribute, with or without options; none where it is not there. */
export const valuesIn = (attributes: Attribute[], name: string): Buffer[] =>
	attributes.find(({ type }) => type.toLowerCase() === name.toLowerCase())?.values ?? [];
