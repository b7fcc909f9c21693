import { Failure } from '../../shared/resilience/failure';
import { allOf, anyOf } from '../transport/filter';
import type { Entry } from '../transport/entry';
import type { Filter } from '../transport/filter';
import { ID_ATTRIBUTES, namesToAskFor } from './attributes';
import { comparison, containers } from './comparison';
import { allEntries, textsOf, withIds } from './entries';
import type { Listening, News, Source } from './news';
import { Wake } from './wake';

// Servers that replicate take over changes with the time of another server, late and not in order.
const OVERLAP_S = 300;

/** Looks every now and then for what has changed since, by modifyTimestamp (RFC 4512 section 3.4.4). */
export const timestampSource: Source = async function* (listening) {
	const { intervalMs, signal } = listening;
	const wake = Wake.byClock(intervalMs, signal);
	let { cursor } = listening;
	for (;;) {
		for await (const news of changesSince({ ...listening, cursor })) {
			cursor = news.cursor ?? cursor;
			yield news;
		}
		await wake.next();
	}
};

type Looking = Omit<Listening, 'signal' | 'intervalMs'>;

/**
 * What has changed, by the clock of the server; the same may be found several times.
 * @returns news with the latest time that was seen as the cursor
 */
export async function* changesSince(listening: Looking): AsyncGenerator<News, void, undefined> {
	const latest = yield* changed(listening);
	if (latest === undefined) return yield* everything(listening);
	if (listening.watched.deletes || (await hasMoved(listening))) yield* comparison(listening);
	yield { cursor: latest };
}

/**
 * Gives what is found by its time.
 * @returns the latest of them; nothing where it has to be looked for in another way: the entry that the cursor
 * comes from is always found, unless it has gone, or the server does not compare times or refuses to
 */
async function* changed(listening: Looking): AsyncGenerator<News, string | undefined, undefined> {
	const { client, watched, cursor } = listening;
	if (cursor === '') return undefined;
	const { base, scope, filter } = watched;
	const search = { base, scope, filter: allOf(filter, changedSince(cursor)) };
	let latest: string | undefined;
	try {
		const attributes = namesToAskFor(watched, ...TIMES, ...ID_ATTRIBUTES);
		for await (const entries of allEntries(client, { ...search, attributes })) {
			latest = latestOf(entries, latest ?? cursor);
			yield { entries: withIds(entries) };
		}
	} catch (error) {
		if (!(error instanceof Failure) || error.phase !== 'rejected') throw error;
		return undefined;
	}
	return latest;
}

async function* everything({ client, watched }: Looking): AsyncGenerator<News, void, undefined> {
	const { base, scope, filter } = watched;
	const attributes = namesToAskFor(watched, ...TIMES, ...ID_ATTRIBUTES);
	let latest = '';
	yield { round: 'begin' };
	for await (const entries of allEntries(client, { base, scope, filter, attributes })) {
		latest = latestOf(entries, latest);
		yield { entries: withIds(entries) };
	}
	yield { round: 'end' };
	yield { cursor: latest };
}

/** Whether a container has changed that may have another name now, and all that is in it. */
async function hasMoved({ client, watched: { base }, cursor }: Looking): Promise<boolean> {
	const filter = allOf(containers, changedSince(cursor));
	const search = { base, scope: 'subtree' as const, filter, attributes: ['1.1'], sizeLimit: 1 };
	for await (const entries of client.search(search)) if (entries.length > 0) return true;
	return false;
}

// ApacheDS gives the first only to entries that were changed after they were made (RFC 4512 section 3.4).
const TIMES = ['modifyTimestamp', 'createTimestamp'];

function latestOf(entries: Entry[], before: string): string {
	let latest = before;
	for (const entry of entries)
		for (const name of TIMES)
			for (const time of textsOf(entry, name)) if (time > latest) latest = time;
	return latest;
}

const changedSince = (time: string): Filter => {
	const value = Buffer.from(earlier(time, OVERLAP_S));
	return anyOf(...TIMES.map((attribute): Filter => ({ type: 'greaterOrEqual', attribute, value })));
};

/** "20261126001500Z" (RFC 4517 section 3.3.13), so many seconds earlier. */
export function earlier(time: string, seconds: number): string {
	const [, year, month, day, hour, minute = '00', second = '00'] =
		/^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})?(\d{2})?/.exec(time) ?? [];
	const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
	if (Number.isNaN(at)) return time;
	return new Date(at - seconds * 1_000).toISOString().replace(/[-:T]|\.\d+/g, '');
}
