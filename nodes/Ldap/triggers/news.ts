import type { LdapClient } from '../transport/client';
import type { Entry } from '../transport/entry';
import type { Filter } from '../transport/filter';
import type { Scope } from '../transport/search';

/** Which entries are watched. */
export interface Watched {
	base: string;
	scope: Scope;
	filter: Filter;
	/** names of the attributes that count; none: those the user could have written */
	attributes: string[];
	/** attributes whose values are members, whether named above or not */
	memberAttributes: string[];
	/** entries that go are of interest */
	deletes: boolean;
}

export interface WatchedEntry {
	/** entryUUID, objectGUID or what else stays the same when the entry is renamed */
	id: string;
	entry: Entry;
}

/**
 * What a server tells, in its order. All of it may be told again: only what differs from what is known
 * is an event.
 */
export interface News {
	/**
	 * begin   what follows names all that is there
	 * end     it is complete: what was not named is gone
	 * cancel  it was not about all that is there
	 */
	round?: 'begin' | 'end' | 'cancel';
	/** entries as they are now */
	entries?: WatchedEntry[];
	/** entries that are there, whatever they look like */
	present?: string[];
	/** entries that are not there any more, or not watched any more */
	gone?: string[];
	/** where to go on from when all that was told has been written down */
	cursor?: string;
}

/** What is known of the watched entries. */
export interface KnownIds {
	has(id: string): boolean;
	idOf(dn: string): string | undefined;
	/** the DN that it was heard of under last */
	nameOf(id: string): string | undefined;
}

export interface Listening {
	client: LdapClient;
	watched: Watched;
	/** where to go on from; '': from the beginning */
	cursor: string;
	known: KnownIds;
	/** how often to look, where the server does not tell by itself, in ms */
	intervalMs: number;
	signal: AbortSignal;
}

/**
 * A way of hearing what happens. Gives news from the moment it is connected, and goes on until the
 * signal is aborted or something fails.
 */
export type Source = (listening: Listening) => AsyncGenerator<News, void, undefined>;
