import { allOf } from '../transport/filter';
import type { Filter } from '../transport/filter';
import { ID_ATTRIBUTES, namesToAskFor } from './attributes';
import { containers, whatIsThere } from './comparison';
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

/**
 * What has changed, by the clock of the server; the same may be found several times.
 * @returns news with the latest time that was seen as the cursor
 */
export async function* changesSince(
	listening: Omit<Listening, 'signal' | 'intervalMs'>,
): AsyncGenerator<News, void, undefined> {
	const { client, watched, cursor } = listening;
	const { base, scope, filter, deletes } = watched;
	const names = namesToAskFor(watched, 'modifyTimestamp', ...ID_ATTRIBUTES);
	let latest = cursor;
	const full = cursor === '';
	const all = full || deletes || (await hasMoved(listening));
	if (all) yield { round: 'begin' };
	if (!full && all) yield* whatIsThere(listening);
	const wanted = full ? filter : allOf(filter, changedSince(cursor));
	for await (const entries of allEntries(client, {
		...{ base, scope, filter: wanted, attributes: names },
	})) {
		for (const entry of entries)
			for (const time of textsOf(entry, 'modifyTimestamp')) if (time > latest) latest = time;
		yield { entries: withIds(entries) };
	}
	if (all) yield { round: 'end' };
	yield { cursor: latest };
}

/** Whether a container has changed that may have another name now, and all that is in it. */
async function hasMoved({
	client,
	watched: { base },
	cursor,
}: Pick<Listening, 'client' | 'cursor' | 'watched'>): Promise<boolean> {
	const filter = allOf(containers, changedSince(cursor));
	const search = { base, scope: 'subtree' as const, filter, attributes: ['1.1'], sizeLimit: 1 };
	for await (const entries of client.search(search)) if (entries.length > 0) return true;
	return false;
}

const changedSince = (time: string): Filter => ({
	type: 'greaterOrEqual',
	attribute: 'modifyTimestamp',
	value: Buffer.from(earlier(time, OVERLAP_S)),
});

/** "20261126001500Z" (RFC 4517 section 3.3.13), so many seconds earlier. */
export function earlier(time: string, seconds: number): string {
	const [, year, month, day, hour, minute = '00', second = '00'] =
		/^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})?(\d{2})?/.exec(time) ?? [];
	const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
	if (Number.isNaN(at)) return time;
	return new Date(at - seconds * 1_000).toISOString().replace(/[-:T]|\.\d+/g, '');
}
