import type { SalesforceClient } from '../client';
import { path, withQuery } from '../path';
import { DAY_MS, floorToMinute, MINUTE_MS, replicationTime, timeOf } from './time';
import { inWindows, isRefusal, isTooEarly, isTooMany } from './windows';

// "Results are returned for no more than 30 days previous to the day the call is executed."
const OLDEST_MS = 29 * DAY_MS;

/** Where nobody says what is still going on: transactions take less than this, but for bulk jobs. */
export const LONGEST_TRANSACTION_MS = 30 * MINUTE_MS;

/**
 * Until when all changes of an object are visible. A record carries the time at which it was written,
 * and others see it only when its transaction ends; the org tells where the oldest one that goes on
 * began. That may be hours ago.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getupdated.htm
 * @param from what is before has been covered already (ms since 1970)
 * @param now by the clock of the org
 */
export async function coveredUntil(
	client: SalesforceClient,
	object: string,
	from: number,
	now: number,
): Promise<number> {
	const ask = async (start: number, end: number) => {
		try {
			return await latestDateCovered(client, object, start, end);
		} catch (error) {
			// The records themselves can be read, else nobody would ask.
			if (isRefusal(error)) return Math.max(start, now - LONGEST_TRANSACTION_MS);
			if (!isTooMany(error) || end - start > LONGEST_TRANSACTION_MS) throw error;
			// So many in so few minutes: what is so long ago has ended by now.
			return Math.min(end, Math.max(start, now - LONGEST_TRANSACTION_MS));
		}
	};
	const end = endOf(now);
	const covered = await sinceOrLater(from, now, async (since) => await inWindows(since, end, ask));
	return Math.max(from, Math.min(covered, now));
}

/** What an org has done in the minute that goes on is asked for as well. */
export const endOf = (now: number): number => floorToMinute(now) + 2 * MINUTE_MS;

/** Nothing goes on any more that began weeks ago, or before the org was there. */
async function sinceOrLater(
	from: number,
	now: number,
	ask: (since: number) => Promise<number>,
): Promise<number> {
	const since = Math.max(from, now - OLDEST_MS);
	try {
		return await ask(since);
	} catch (error) {
		const later = now - DAY_MS;
		if (!isTooEarly(error)) throw error;
		return since < later ? await sinceOrLater(later, now, ask) : await ask(now);
	}
}

async function latestDateCovered(
	client: SalesforceClient,
	object: string,
	start: number,
	end: number,
): Promise<number> {
	const request = {
		operation: 'Get updated',
		about: `object "${object}"`,
		path: withQuery(path`/sobjects/${object}/updated/`, {
			start: replicationTime(start),
			end: replicationTime(end),
		}),
	};
	return await client.call(request, ({ json }) => latestIn(json) ?? end);
}

/** The member `latestDateCovered` of an answer; older orgs leave it out where all is covered. */
export function latestIn(json: unknown): number | undefined {
	if (typeof json !== 'object' || json === null || !('latestDateCovered' in json)) return undefined;
	return timeOf(json.latestDateCovered);
}
