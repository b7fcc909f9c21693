import type { INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import type { ListQuestion } from '../../shared/node/editorList';
import { entriesAt, firstEntries } from '../transport/browse';
import type { LdapClient } from '../transport/client';
import { dnKey } from '../transport/dn';
import type { Entry } from '../transport/entry';
import type { Filter } from '../transport/filter';
import { allOf, anyOf, equal, not, substrings } from '../transport/filter';
import { dnPath, isDn } from './dnPath';

const PAGE = 100;
/** Of more the tree is not shown, but can be searched. */
const MOST_IN_TREE = 1_000;

// RFC 4511 section 4.5.1.8
const NOTHING = ['1.1'];

const CLASSES = [
	'container',
	'country',
	'dcObject',
	'domain',
	'locality',
	'nsContainer',
	'organization',
	'organizationalUnit',
];
const NAMES = ['ou', 'cn', 'o', 'dc', 'l', 'c'];

/**
 * Places in the tree, each with the way to it: the roots, and what entries are kept in below the base
 * DN. For a DN that was typed in, what is at and right below it, of any kind.
 */
export async function pickContainers(
	ldap: LdapClient,
	{ filter, after }: ListQuestion,
): Promise<INodeListSearchResult> {
	const typed = filter.trim();
	const near = isDn(typed) ? await around(ldap, typed) : [];
	const places = near.length > 0 ? near : await placesIn(ldap, typed);
	const from = Number(after || 0);
	return {
		results: places.slice(from, from + PAGE).map(inList),
		...(places.length > from + PAGE && { paginationToken: String(from + PAGE) }),
	};
}

const around = async (ldap: LdapClient, dn: string): Promise<string[]> =>
	(await entriesAt(ldap, dn, { most: MOST_IN_TREE, attributes: NOTHING })).map((one) => one.dn);

async function placesIn(ldap: LdapClient, typed: string): Promise<string[]> {
	const base = await ldap.baseDn();
	const { namingContexts, vendor } = await ldap.rootDse();
	const name = isDn(typed) ? (dnPath(typed).at(-1) ?? '') : typed;
	const filter = containers(vendor === 'activeDirectory', name);
	const wanted = { base, filter, attributes: NOTHING };
	let found = await firstEntries(ldap, MOST_IN_TREE + 1, { ...wanted, scope: 'subtree' });
	if (found.length > MOST_IN_TREE && name === '')
		found = await firstEntries(ldap, MOST_IN_TREE, { ...wanted, scope: 'one' });
	const roots = name === '' ? [base, ...namingContexts] : [];
	return eachOnce([...roots, ...inOrder(found)].filter((dn) => dn !== ''));
}

/** Active Directory keeps many containers that only administrators of the domain itself want to see. */
const containers = (activeDirectory: boolean, name: string): Filter =>
	allOf(
		anyOf(...CLASSES.map((objectClass) => equal('objectClass', objectClass))),
		...(activeDirectory ? [not(equal('showInAdvancedViewOnly', 'TRUE'))] : []),
		...(name === ''
			? []
			: [anyOf(...NAMES.map((attribute) => substrings(attribute, { any: [name] })))]),
	);

const inList = (dn: string): INodeListSearchItems => ({ name: dnPath(dn).join(' / '), value: dn });

/** As a tree: what is below a place comes right after it. */
const inOrder = (found: Entry[]): string[] =>
	found
		.map(({ dn }) => ({ dn, path: dnPath(dn).join('\0') }))
		.sort((a, b) => a.path.localeCompare(b.path, 'en'))
		.map(({ dn }) => dn);

function eachOnce(dns: string[]): string[] {
	const found = new Map<string, string>();
	for (const dn of dns) {
		const key = isDn(dn) ? dnKey(dn) : dn;
		if (!found.has(key)) found.set(key, dn);
	}
	return [...found.values()];
}
