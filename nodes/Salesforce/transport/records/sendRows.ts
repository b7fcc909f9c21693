import { setImmediate as turn } from 'node:timers/promises';
import { pump } from '../../../shared/ground/pump';
import { cancelled } from '../../../shared/resilience/deadline';
import type { Failure } from '../../../shared/resilience/failure';
import { stopsAll, toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import { ingest } from './bulk/ingest';
import { newJob } from './bulk/newJob';
import { tableOf } from './bulk/table';
import { MOST_RECORDS } from './collections';
import type { RecordRow, Verb, WriteOptions } from './record';
import { sendSlice } from './sendSlice';
import type { SettleRow } from './writeRecords';

/** https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/asynch_api_intro.htm */
export const BULK_ABOVE = 2_000;

// The limiter has the last word.
const AT_ONCE = 10;
const ROWS_PER_TURN = 5_000;

/** One request, or one row of jobs. @returns a failure that all other requests would meet as well */
type Task = () => Promise<Failure | undefined>;

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
	const isStopped = async (of: number[]) => {
		const refusal = client.signal.aborted ? cancelled(client.signal, 'notSent') : stop;
		if (refusal) for (const place of of) await done(place, refusal.inPhase('notSent'));
		return refusal !== undefined;
	};
	const tasks: Task[] = [];
	const add = (of: number[], task: Task) =>
		tasks.push(async () => ((await isStopped(of)) ? undefined : await task()));
	for (const group of await groupsOf(rows, places, standard)) {
		const options = rows[group[0] ?? -1]?.options ?? standard;
		const bulk = await bulkOf(client, verb, rows, group, options).catch(toFailure);
		if (bulk instanceof Error) {
			for (const place of group) await done(place, bulk.inPhase('notSent'));
			if (stopsAll(bulk)) stop ??= bulk;
			continue;
		}
		for (const [place, failure] of bulk?.table.refused ?? []) await done(place, failure);
		const size = Math.max(1, Math.min(MOST_RECORDS, options.batchSize ?? MOST_RECORDS));
		const slicesOf = (some: number[]) =>
			slices(some, size).map((slice) => ({
				slice,
				send: async () => await sendSlice(client, verb, rows, slice, options, done),
			}));
		if (bulk)
			add(bulk.table.fit, async () => {
				const failure = await ingest(client, verb, rows, bulk.table, bulk.job, done);
				if (failure !== 'not here') return failure && stopsAll(failure) ? failure : undefined;
				for (const { slice, send } of slicesOf(bulk.table.fit)) add(slice, send);
				return undefined;
			});
		for (const { slice, send } of slicesOf(bulk?.table.others ?? group)) add(slice, send);
	}
	const work = async (n: number) => {
		const failure = await tasks[n]?.();
		stop ??= failure;
	};
	// A job that is refused leaves its rows as more tasks.
	for (let begun = 0; begun < tasks.length;) {
		const first = begun;
		begun = tasks.length;
		await pump(
			begun - first,
			AT_ONCE,
			async (n) => await work(first + n),
			() => false,
		);
	}
	return stop;
}

/** Rows with the same answer go into one request. */
async function groupsOf(
	rows: RecordRow[],
	places: number[],
	standard: WriteOptions,
): Promise<number[][]> {
	const groups = new Map<string, number[]>();
	for (const [n, place] of places.entries()) {
		if (n % ROWS_PER_TURN === 0) await turn();
		const { object = '', externalId, options = standard } = rows[place] ?? {};
		const request = JSON.stringify([object, externalId?.field, options]);
		const group = groups.get(request);
		if (group) group.push(place);
		else groups.set(request, [place]);
	}
	return [...groups.values()];
}

/** The job for the rows of a group, where there are so many and a job can do the same. */
async function bulkOf(
	client: SalesforceClient,
	verb: Verb,
	rows: RecordRow[],
	group: number[],
	options: WriteOptions,
) {
	const first = rows[group[0] ?? -1];
	if (!first || group.length <= (options.bulkAbove ?? BULK_ABOVE)) return undefined;
	const job = await newJob(client, verb, first, options);
	return job && { job, table: await tableOf(verb, rows, group) };
}

const slices = <T>(all: T[], size: number): T[][] =>
	Array.from({ length: Math.ceil(all.length / size) }, (_, n) =>
		all.slice(n * size, (n + 1) * size),
	);
