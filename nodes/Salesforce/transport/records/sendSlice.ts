import { Failure, isPassing, stopsAll, toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import type { Ready } from './collections';
import { writeTogether } from './collections';
import type { RecordRow, Verb, WriteOptions } from './record';
import { jsonRecord } from './values';
import type { SettleRow } from './writeRecords';

/** A request may have 50 MB; texts of 200 records can be larger. */
const MOST_CHARACTERS = 10_000_000;

/**
 * Sends the rows of one request.
 * @returns a failure that all other requests would meet as well
 */
export async function sendSlice(
	client: SalesforceClient,
	verb: Verb,
	rows: RecordRow[],
	places: number[],
	options: WriteOptions,
	done: SettleRow,
): Promise<Failure | undefined> {
	let stop: Failure | undefined;
	for (const batch of await readable(verb, rows, places, done)) {
		const ready = batch.map((one) => one.ready);
		const outcomes = await writeTogether(client, verb, ready, options);
		const failures = outcomes.filter((outcome) => outcome instanceof Failure);
		stop ??= failures.find(stopsAll);
		// All of them were rolled back: none is left out when they are sent again.
		const passing = options.allOrNone ? failures.find(isPassing) : undefined;
		for (const [n, { place }] of batch.entries()) {
			const outcome = outcomes[n];
			if (outcome) await done(place, outcome instanceof Failure ? (passing ?? outcome) : outcome);
		}
	}
	return stop;
}

interface Placed {
	place: number;
	ready: Ready;
}

/** The rows that can be sent, in parts that are not too large for one request; the others are done. */
async function readable(
	verb: Verb,
	rows: RecordRow[],
	places: number[],
	done: SettleRow,
): Promise<Placed[][]> {
	const batches: Placed[][] = [];
	let characters = Infinity;
	for (const place of places) {
		const row = rows[place];
		if (!row) continue;
		try {
			const json = verb === 'delete' ? '' : jsonRecord(row);
			if (characters + json.length > MOST_CHARACTERS) {
				batches.push([]);
				characters = 0;
			}
			characters += json.length;
			batches.at(-1)?.push({ place, ready: { row, json } });
		} catch (error) {
			await done(place, toFailure(error));
		}
	}
	return batches;
}
