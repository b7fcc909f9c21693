import { isUtf8 } from 'node:buffer';
import { Failure } from '../../shared/resilience/failure';
import type { LdapClient } from '../transport/client';
import { dnKey } from '../transport/dn';
import type { Entry } from '../transport/entry';
import { Code } from '../transport/message';
import type { Search } from '../transport/search';
import { guid } from '../transport/values/guid';
import { ID_ATTRIBUTES } from './attributes';
import type { WatchedEntry } from './news';

/** What stays the same when the entry is renamed; where the server has nothing like it, its DN. */
export function idOf({ dn, attributes }: Entry): string {
	for (const name of ID_ATTRIBUTES) {
		const [value] =
			attributes.find(({ type }) => type.toLowerCase() === name.toLowerCase())?.values ?? [];
		if (value) return name === 'objectGUID' ? guidOf(value) : textOfId(value);
	}
	return dnKey(dn);
}

/** That of eDirectory is bytes. */
const textOfId = (value: Buffer): string =>
	isUtf8(value) ? value.toString().toLowerCase() : value.toString('hex');

export const guidOf = (value: Buffer): string => String(guid.decode(value));

export const withIds = (entries: Entry[]): WatchedEntry[] =>
	entries.map((entry) => ({ id: idOf(entry), entry }));

/**
 * All entries of a search, or a Failure: whatever a limit of the server leaves out would look as if
 * it had been deleted.
 */
export async function* allEntries(
	client: Pick<LdapClient, 'search'>,
	search: Search,
): AsyncGenerator<Entry[], void, undefined> {
	const found = client.search(search);
	for (;;) {
		const next = await found.next();
		if (!next.done) yield next.value;
		else if (!next.value.truncated) return;
		else throw incomplete(next.value.truncated, search.base);
	}
}

const incomplete = ({ code, message }: { code: string; message: string }, base: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code,
		message: `The server gives only a part of the entries under "${base}": ${message}`,
		hint: 'Watch less by "Base DN" and "Filter", or let the administrator raise the limits of the user of the credential.',
	});

/** The entry of this name, or nothing where there is none that matches. */
export async function oneEntry(
	client: Pick<LdapClient, 'search'>,
	search: Omit<Search, 'scope'>,
): Promise<Entry | undefined> {
	try {
		for await (const [entry] of allEntries(client, { ...search, scope: 'base' }))
			if (entry) return entry;
	} catch (error) {
		if (!(error instanceof Failure) || error.status !== Code.noSuchObject) throw error;
	}
	return undefined;
}

/** The values of an attribute as text, by its name in any case. */
export const textsOf = ({ attributes }: Pick<Entry, 'attributes'>, name: string): string[] =>
	attributes
		.filter(({ type }) => type.toLowerCase() === name.toLowerCase())
		.flatMap(({ values }) => values.map((value) => value.toString()));
