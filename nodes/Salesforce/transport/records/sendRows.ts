import { pump } from '../../../shared/ground/pump';
import { cancelled } from '../../../shared/resilience/deadline';
import { Failure, isPassing, stopsAll, toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import type { Ready } from './collections';
import { MOST_RECORDS, writeTogether } from './collections';
import type { RecordRow, Verb, WriteOptions } from './record';
import { jsonRecord } from './values';
import type { SettleRow } from './writeRecords';

/** https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/asynch_api_intro.htm */
export const BULK_ABOVE = 2_000;

// The limiter has the last word.
const AT_ONCE = 10;
/** A request may have 50 MB; texts of 200 records can be larger. */
const MOST_CHARACTERS = 10_000_000;

interface Group {
	places: number[];
	options: WriteOptions;
}

/**
 * Sends rows of different records once, each in the way that suits it.
 * @param places the rows to send
 * @param stopped why nothing is to be sent any more
 * @returns why nothing more should be sent, if so
 */
export async function sendRows(
	client: SalesforceClient,
	verb: Verb,
	rows: RecordRow[],
	places: number[],
	standard: WriteOptions,
	stopped: Failure | undefined,
	done: SettleRow,
): Promise<Failure | undefined> {
	let stop = stopped;
	const groups = Map.groupBy(places, (place) => requestOf(rows[place], standard)).values();
	const tasks = [...groups].flatMap((group): Group[] => {
		const options = rows[group[0] ?? -1]?.options ?? standard;
		const size = Math.max(1, Math.min(MOST_RECORDS, options.batchSize ?? MOST_RECORDS));
		return slices(group, size).map((slice) => ({ places: slice, options }));
	});
	await pump(
		tasks.length,
		AT_ONCE,
		async (n) => {
			const task = tasks[n];
			if (!task) return;
			const refusal = client.signal.aborted ? cancelled(client.signal, 'notSent') : stop;
			if (refusal) {
				for (const place of task.places) await done(place, refusal.inPhase('notSent'));
				return;
			}
			const failure = await sendGroup(client, verb, rows, task, done);
			stop ??= failure;
		},
		() => false,
	);
	return stop;
}

/** Rows with the same answer go into one request. */
function requestOf(row: RecordRow | undefined, standard: WriteOptions): string {
	const { object = '', externalId, options = standard } = row ?? {};
	return JSON.stringify([object, externalId?.field, options]);
}

const slices = <T>(all: T[], size: number): T[][] =>
	Array.from({ length: Math.ceil(all.length / size) }, (_, n) =>
		all.slice(n * size, (n + 1) * size),
	);

/** @returns a failure that all other requests would meet as well */
async function sendGroup(
	client: SalesforceClient,
	verb: Verb,
	rows: RecordRow[],
	{ places, options }: Group,
	done: SettleRow,
): Promise<Failure | undefined> {
	let stop: Failure | undefined;
	for (const batch of await readable(verb, rows, places, done)) {
		const outcomes = await writeTogether(
			client,
			verb,
			batch.map(({ ready }) => ready),
			options,
		);
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
