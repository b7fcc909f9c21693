import type { LdapClient, Listening, RootDse } from '../../../nodes/Ldap/transport/client';
import type { Attribute, Entry } from '../../../nodes/Ldap/transport/entry';
import type { SearchAnswer } from '../../../nodes/Ldap/transport/message';
import type { Entries, Search, SearchEnd } from '../../../nodes/Ldap/transport/search';
import { present } from '../../../nodes/Ldap/transport/filter';
import type { News, Source, Watched } from '../../../nodes/Ldap/triggers/news';
import { Known } from '../../../nodes/Ldap/triggers/known';
import { systemClock } from '../../../nodes/shared/ground/clock';

export const attribute = (type: string, ...values: Array<string | Buffer>): Attribute => ({
	type,
	values: values.map((value) => Buffer.from(value)),
});

export const watched: Watched = {
	...{ base: 'dc=x', scope: 'subtree', filter: present('objectClass') },
	...{ attributes: [], memberAttributes: [], deletes: true },
};

/** Answers as a test has it: `search` and `listen` are told what is asked for. */
export function scriptedClient(script: {
	search?: (search: Search) => Entry[] | { entries: Entry[]; truncated: SearchEnd['truncated'] };
	listen?: (search: Search, signal: AbortSignal) => Listening;
	root?: Partial<RootDse>;
}): LdapClient {
	const client: Partial<LdapClient> = {
		clock: systemClock,
		search: async function* (search): Entries {
			const found = script.search?.(search) ?? [];
			const { entries, truncated } = Array.isArray(found)
				? { entries: found, truncated: undefined }
				: found;
			if (entries.length > 0) yield await Promise.resolve(entries);
			return { referrals: [], truncated };
		},
		listen: (search, signal) => script.listen?.(search, signal) ?? answering([]),
		rootDse: async () =>
			await Promise.resolve({ namingContexts: ['dc=x'], ...script.root } as RootDse),
	};
	return client as LdapClient;
}

export async function* answering(answers: SearchAnswer[], failure?: Error): Listening {
	if (answers.length > 0) yield await Promise.resolve(answers);
	if (failure) throw failure;
	return { controls: [] };
}

/** What a source tells until it ends, or until there is a cursor where `once` is set. */
export async function newsOf(
	source: Source,
	client: LdapClient,
	{ cursor = '', known = new Known(), rounds = 1 } = {},
): Promise<News[]> {
	const stop = new AbortController();
	const listening = { client, watched, cursor, known, intervalMs: 1, signal: stop.signal };
	const news: News[] = [];
	let cursors = 0;
	for await (const some of source(listening)) {
		news.push(some);
		if (some.cursor !== undefined && ++cursors >= rounds) break;
	}
	stop.abort();
	return news;
}

/** In short: what a workflow would hear of it. */
export const told = (news: News[]) => ({
	entries: news.flatMap(({ entries = [] }) => entries.map(({ entry }) => entry.dn)),
	gone: news.flatMap(({ gone = [] }) => gone),
	present: news.flatMap(({ present: ids = [] }) => ids),
	rounds: news.flatMap(({ round }) => round ?? []),
});
