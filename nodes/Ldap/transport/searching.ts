import type { Calls } from './calls';
import type { Attribute, Entry } from './entry';
import { anyEntry } from './filter';
import type { ReadAttribute } from './ranges';
import { hasRange, withAllValues } from './ranges';
import type { Elsewhere, Referrals } from './referrals';
import type { Entries, Search } from './search';
import type { RunEnd } from './searchRun';
import { SearchRun } from './searchRun';

interface PagedSearch extends Search {
	pageSize: number;
}

/**
 * A search, and what the servers it refers to have to say, where they may be asked.
 * @param tally entries that were given, by all servers together
 */
export async function* searchFollowing(
	calls: Calls,
	referrals: Referrals,
	search: PagedSearch,
	tally = { given: 0 },
): Entries {
	const { elsewhere, ...end } = yield* searchHere(calls, search, tally);
	const left: string[] = [];
	for (const url of elsewhere?.referrals ?? end.referrals) {
		const isFull = search.sizeLimit ? tally.given >= search.sizeLimit : false;
		const there = isFull ? undefined : referrals.follow(url);
		if (!there) {
			left.push(url);
			continue;
		}
		const asked = searchThere(search, there, elsewhere === undefined);
		const more = yield* searchFollowing(there.calls, referrals, asked, tally);
		end.truncated ??= more.truncated;
		left.push(...more.referrals);
		// The URLs of a referral are alternatives, those of references are not.
		if (elsewhere) return { ...end, referrals: left };
	}
	if (elsewhere) throw calls.failureOf(elsewhere, 'Search', search.base);
	return { ...end, referrals: left };
}

/** RFC 4511 section 4.5.3: what the URL leaves out stays; below a reference "one level" is the entry. */
function searchThere(
	search: PagedSearch,
	{ dn, scope, filter }: Elsewhere,
	isReference: boolean,
): PagedSearch {
	const same = isReference && search.scope === 'one' ? 'base' : search.scope;
	return {
		...search,
		base: dn ?? search.base,
		scope: scope ?? same,
		filter: filter ?? search.filter,
	};
}

async function* searchHere(
	calls: Calls,
	{ pageSize, ...search }: PagedSearch,
	tally = { given: 0 },
): AsyncGenerator<Entry[], RunEnd, undefined> {
	const sizeLimit = search.sizeLimit && search.sizeLimit - tally.given;
	const run = new SearchRun(calls, { ...search, sizeLimit }, pageSize);
	const read = async (dn: string, description: string): Promise<Attribute[]> =>
		(await readEntry(calls, dn, [description]))?.attributes ?? [];
	try {
		for (;;) {
			const found = await calls.through('Search', true, async (signal) => await run.next(signal));
			if (!Array.isArray(found)) return found;
			tally.given += found.length;
			yield search.allValues === false ? found : await inFull(found, search.attributes, read);
		}
	} finally {
		run.stop();
	}
}

async function inFull(found: Entry[], asked: string[] | undefined, read: ReadAttribute) {
	if (!found.some(hasRange)) return found;
	const whole: Entry[] = [];
	for (const entry of found) whole.push(await withAllValues(entry, asked, read));
	return whole;
}

/** One entry, as it is there. Rejects with a Failure when it is not. */
export async function readEntry(
	calls: Calls,
	base: string,
	attributes: string[],
): Promise<Entry | undefined> {
	const filter = anyEntry;
	const search = { base, scope: 'base', filter, attributes, allValues: false } as const;
	for await (const [entry] of searchHere(calls, { ...search, pageSize: 0 }))
		if (entry) return entry;
	return undefined;
}
