import type { LdapClient } from '../transport/client';
import type { EntryAnswer, SearchAnswer } from '../transport/message';
import { entryChangeOf, persistentSearchRequest } from '../transport/persistentSearch';
import { ID_ATTRIBUTES, namesToAskFor } from './attributes';
import { idOf, oneEntry } from './entries';
import type { KnownIds, News, Source, Watched } from './news';
import { changesSince } from './timestampSource';
import { Wake } from './wake';

/**
 * The server tells of every change by a persistent search. What it told only says where to look: an
 * entry may have changed again since, and what is found by looking must not be undone by older news.
 * What was missed, and what no longer matches the filter, is found by its time now and then.
 */
export const persistentSource: Source = async function* (listening) {
	const { client, watched, known, intervalMs, signal } = listening;
	const { base, scope, filter } = watched;
	// Who has changed is enough: many answers may wait, and a photo would come with each.
	const attributes = [...ID_ATTRIBUTES];
	const open = { base, scope, filter, attributes, controls: [persistentSearchRequest] };
	const wake = Wake.bySearch(client, open, intervalMs, signal);
	let { cursor } = listening;
	let lookedAt = 0;
	for (let told: SearchAnswer[] = []; ; told = await wake.next()) {
		yield* lookAt(client, watched, known, told);
		if (told.length > 0 && client.clock.now() - lookedAt < intervalMs) continue;
		for await (const news of changesSince({ ...listening, cursor })) {
			cursor = news.cursor ?? cursor;
			yield news;
		}
		lookedAt = client.clock.now();
	}
};

async function* lookAt(
	client: LdapClient,
	watched: Watched,
	known: KnownIds,
	told: SearchAnswer[],
): AsyncGenerator<News, void, undefined> {
	const changed = told.filter((answer): answer is EntryAnswer => answer.type === 'entry');
	const looked = new Set<string>();
	for (const { entry, controls } of changed) {
		const deleted = entryChangeOf(controls)?.change === 'delete';
		// The last news of an entry says as much as all of them.
		if (looked.has(entry.dn)) continue;
		looked.add(entry.dn);
		const attributes = namesToAskFor(watched, ...ID_ATTRIBUTES);
		const { filter } = watched;
		const found = await oneEntry(client, { base: entry.dn, filter, attributes });
		const before = known.idOf(entry.dn) ?? (deleted ? idOf(entry) : undefined);
		const now = found && idOf(found);
		if (before !== undefined && before !== now) yield { gone: [before] };
		if (found && now !== undefined) yield { entries: [{ id: now, entry: found }] };
	}
}
