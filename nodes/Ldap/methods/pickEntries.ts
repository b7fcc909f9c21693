import type { INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import type { ListQuestion } from '../../shared/node/editorList';
import { entriesAt, firstEntries } from '../transport/browse';
import type { LdapClient } from '../transport/client';
import type { Entry } from '../transport/entry';
import type { Filter } from '../transport/filter';
import { allOf, anyOf, equal, substrings } from '../transport/filter';
import { dnPath, isDn } from './dnPath';
import type { Kind } from './kinds';

/** One page of a list that somebody scrolls through. */
const PAGE = 100;
// Each page is searched for from the beginning: who scrolls further had better type a name.
const MOST_ROWS = 2_000;

/** Of these the name in the list is made, in this order. */
const NAMES = ['displayName', 'cn'];
const ACCOUNTS = ['sAMAccountName', 'uid', 'mail'];
const ATTRIBUTES = [...NAMES, ...ACCOUNTS];

/**
 * Entries below the base DN, by a part of a name; or what is at and right below a DN that was typed
 * in.
 */
export async function pickEntries(
	ldap: LdapClient,
	kind: Kind,
	{ filter, after }: ListQuestion,
): Promise<INodeListSearchResult> {
	const typed = filter.trim();
	const around = isDn(typed)
		? await entriesAt(ldap, typed, { most: PAGE, attributes: ATTRIBUTES })
		: [];
	if (around.length > 0) return { results: around.map(inList) };
	// Half a DN is as good as the name that it begins with.
	const name = isDn(typed) ? (dnPath(typed).at(-1) ?? '') : typed;
	const from = Number(after || 0);
	const found = await firstEntries(ldap, from + PAGE + 1, {
		base: await ldap.baseDn(),
		scope: 'subtree',
		filter: await filterOf(ldap, kind, name),
		attributes: ATTRIBUTES,
	});
	return {
		results: found.slice(from, from + PAGE).map(inList),
		...(found.length > from + PAGE &&
			from + PAGE < MOST_ROWS && { paginationToken: String(from + PAGE) }),
	};
}

async function filterOf(ldap: LdapClient, kind: Kind, name: string): Promise<Filter> {
	const isActiveDirectory = (await ldap.rootDse()).vendor === 'activeDirectory';
	const ofKind = kind.filter(isActiveDirectory);
	if (name === '') return ofKind;
	// It knows by itself which attributes a name can be in (MS-ADTS 3.1.1.3.1.3.3).
	if (isActiveDirectory) return allOf(ofKind, equal('anr', name));
	return allOf(
		ofKind,
		anyOf(...kind.names.map((attribute) => substrings(attribute, { any: [name] }))),
	);
}

/** "Ada Lovelace (ada) in example.org / people" */
function inList(entry: Entry): INodeListSearchItems {
	const path = dnPath(entry.dn);
	const last = path.pop();
	const name = firstValue(entry, NAMES) ?? last ?? entry.dn;
	const account = firstValue(entry, ACCOUNTS);
	const place = path.length > 0 ? ` in ${path.join(' / ')}` : '';
	return {
		name: `${name}${account && account !== name ? ` (${account})` : ''}${place}`,
		value: entry.dn,
	};
}

function firstValue({ attributes }: Entry, names: string[]): string | undefined {
	for (const name of names) {
		const found = attributes.find(({ type }) => type.toLowerCase() === name.toLowerCase());
		if (found?.values[0]) return found.values[0].toString();
	}
	return undefined;
}
