import type { LdapClient } from './client';
import { SORT_REQUEST } from './controls';
import type { Filter } from './filter';
import { allOf, anyEntry, anyOf, not } from './filter';
import type { Search } from './search';

// What only some servers understand, in words that all of them do. ApacheDS hangs up on either.

/** Absolute true and false filters: https://www.rfc-editor.org/rfc/rfc4526 */
const ABSOLUTE_FILTERS = '1.3.6.1.4.1.4203.1.5.3';

/** The same search, as this server understands it. */
export async function portable(
	client: Pick<LdapClient, 'rootDse' | 'search'>,
	search: Search,
): Promise<Search> {
	const understood = await withKnownFilter(client, await withSorting(client, search));
	return understood.scope === 'children' ? await withoutTop(client, understood) : understood;
}

/** Samba sorts and does not say so where it sends pages; LLDAP and others ignore what they are asked for. */
async function withSorting(client: Pick<LdapClient, 'rootDse'>, search: Search): Promise<Search> {
	if (!search.sort?.length) return search;
	const { supportedControl } = await client.rootDse();
	return { ...search, sorts: supportedControl.has(SORT_REQUEST) };
}

/** "(&)" is true and "(|)" is false: every entry has an object class. */
async function withKnownFilter(
	client: Pick<LdapClient, 'rootDse'>,
	search: Search,
): Promise<Search> {
	if (!isAbsolute(search.filter)) return search;
	const { supportedFeatures } = await client.rootDse();
	if (supportedFeatures.has(ABSOLUTE_FILTERS)) return search;
	return { ...search, filter: spelledOut(search.filter) };
}

function isAbsolute(filter: Filter): boolean {
	if ('filters' in filter) return filter.filters.length === 0 || filter.filters.some(isAbsolute);
	return 'filter' in filter && isAbsolute(filter.filter);
}

function spelledOut(filter: Filter): Filter {
	if ('filter' in filter) return not(spelledOut(filter.filter));
	if (!('filters' in filter)) return filter;
	if (filter.filters.length === 0) return filter.type === 'and' ? anyEntry : not(anyEntry);
	return (filter.type === 'and' ? allOf : anyOf)(...filter.filters.map(spelledOut));
}

/**
 * What is below an entry as the whole subtree without its top. The scope of its own for it never became
 * a standard (draft-sermersheim-ldap-subordinate-scope). Which entry is the top the server says itself:
 * it may have been named by GUID, by an alias, or in another spelling.
 */
async function withoutTop(client: Pick<LdapClient, 'search'>, search: Search): Promise<Search> {
	const subtree = { ...search, scope: 'subtree' as const };
	const { base, derefAliases } = search;
	// Below the root there is no entry for the root itself.
	if (base === '') return subtree;
	const top = { base, derefAliases, scope: 'base' as const, filter: anyEntry, attributes: ['1.1'] };
	for await (const [entry] of client.search(top))
		if (entry) return { ...subtree, without: entry.dn };
	// Who may not read it is not shown it by the other search either.
	return subtree;
}
