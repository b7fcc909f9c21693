import type { SalesforceClient } from '../client';
import { path, withQuery } from '../path';
import { DAY_MS, floorToMinute, MINUTE_MS, replicationTime, timeOf } from './time';
import { endOf, latestIn } from './updated';
import { inWindows, isTooEarly, SHORTEST_WINDOW_MS } from './windows';

// "A background process that runs every two hours purges records that have been in an organization's
// delete log for more than two hours if the number of records is above a certain limit."
const ALWAYS_KEPT_MS = 2 * 3_600_000;

/** "Results are returned for no more than 15 days previous to the day the call is executed." */
export const DELETIONS_KEPT_MS = 15 * DAY_MS;

export interface Deletion {
	/** 18 characters */
	id: string;
	/** ms since 1970 */
	time: number;
}

export interface Deletions {
	/** in the order in which they happened */
	deletions: Deletion[];
	/** until when none is missing */
	until: number;
	/** what was deleted before that is not known any more, though it was asked for */
	knownSince?: number;
}

/**
 * What was deleted, by hand, by a merge or with its parent.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getdeleted.htm
 * @param from ms since 1970
 * @param now by the clock of the org
 */
export async function deletedSince(
	client: SalesforceClient,
	object: string,
	from: number,
	now: number,
): Promise<Deletions> {
	const oldest = now - DELETIONS_KEPT_MS;
	const since = Math.max(from, oldest);
	try {
		return await read(client, object, since, now, from < oldest ? since : undefined);
	} catch (error) {
		if (!isTooEarly(error)) throw error;
		const { earliest } = await ask(client, object, now - SHORTEST_WINDOW_MS, endOf(now));
		const known = floorToMinute(Math.max(since, earliest ?? now)) + MINUTE_MS;
		return await read(client, object, Math.min(known, now), now, known);
	}
}

async function read(
	client: SalesforceClient,
	object: string,
	from: number,
	now: number,
	knownSince: number | undefined,
): Promise<Deletions> {
	const found = new Map<string, Deletion>();
	let known = knownSince;
	const covered = await inWindows(from, endOf(now), async (start, end) => {
		const { deletions, until, earliest } = await ask(client, object, start, end);
		for (const one of deletions) if (one.time >= from) found.set(`${one.id} ${one.time}`, one);
		const purged = earliest !== undefined && earliest > from && from < now - ALWAYS_KEPT_MS;
		if (purged) known = Math.max(earliest, known ?? 0);
		return until;
	});
	const deletions = [...found.values()].sort(inOrder);
	const until = Math.max(from, Math.min(covered, now));
	return { deletions, until, ...(known !== undefined && { knownSince: known }) };
}

/** The order in which deletions are listed. */
export const inOrder = (a: Deletion, b: Deletion): number =>
	a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

interface Answer {
	deletions: Deletion[];
	until: number;
	/** how far the org remembers */
	earliest?: number;
}

async function ask(
	client: SalesforceClient,
	object: string,
	start: number,
	end: number,
): Promise<Answer> {
	const request = {
		operation: 'Get deleted',
		about: `object "${object}"`,
		path: withQuery(path`/sobjects/${object}/deleted/`, {
			start: replicationTime(start),
			end: replicationTime(end),
		}),
	};
	return await client.call(request, ({ json }) => {
		const { deletedRecords, earliestDateAvailable } = membersOf(json);
		const earliest = timeOf(earliestDateAvailable);
		const records: unknown[] = Array.isArray(deletedRecords) ? deletedRecords : [];
		const deletions = records.flatMap((record): Deletion[] => {
			const { id, deletedDate } = membersOf(record);
			const time = timeOf(deletedDate);
			return typeof id === 'string' && time !== undefined ? [{ id, time }] : [];
		});
		return { deletions, until: latestIn(json) ?? end, ...(earliest !== undefined && { earliest }) };
	});
}

const membersOf = (value: unknown): Record<string, unknown> =>
	typeof value === 'object' && value !== null ? { ...value } : {};
