import { anyOf, equal } from '../transport/filter';
import { ID_ATTRIBUTES, namesToAskFor } from './attributes';
import { allEntries, idOf, oneEntry, withIds } from './entries';
import type { Listening, News } from './news';

const CONTAINERS = [
	...['organizationalUnit', 'organization', 'container', 'nsContainer', 'domain'],
	...['locality', 'country'],
];

/**
 * Entries that are made to hold others. Where one is renamed or moved, all below it has another name, may begin
 * or cease to be watched, and servers change and tell nothing of it.
 */
export const containers = anyOf(...CONTAINERS.map((name) => equal('objectClass', name)));

/** Whether an entry is such a container, by its object classes. */
export const isContainer = (objectClasses: string[]): boolean =>
	objectClasses.some((name) => LOWER_CASE.has(name.toLowerCase()));

const LOWER_CASE: ReadonlySet<string> = new Set(CONTAINERS.map((name) => name.toLowerCase()));

/** What is there, compared with what is known: only what is new or has another name is read. */
export async function* comparison(
	listening: Pick<Listening, 'client' | 'known' | 'watched'>,
): AsyncGenerator<News, void, undefined> {
	yield { round: 'begin' };
	yield* whatIsThere(listening);
	yield { round: 'end' };
}

async function* whatIsThere({
	client,
	watched,
	known,
}: Pick<Listening, 'client' | 'known' | 'watched'>): AsyncGenerator<News, void, undefined> {
	const { base, scope, filter } = watched;
	const attributes = namesToAskFor(watched, ...ID_ATTRIBUTES);
	for await (const entries of allEntries(client, {
		...{ base, scope, filter, attributes: ID_ATTRIBUTES },
	})) {
		const present: string[] = [];
		for (const { id, entry } of withIds(entries)) {
			const isSame = known.nameOf(id) === entry.dn;
			const now = isSame
				? undefined
				: await oneEntry(client, { base: entry.dn, filter, attributes });
			if (now) yield { entries: [{ id: idOf(now), entry: now }] };
			// What goes or moves at this moment is found the next time.
			else if (known.has(id)) present.push(id);
		}
		yield { present };
	}
}
