import { setImmediate as turn } from 'node:timers/promises';
import type { Failure } from '../../../../shared/resilience/failure';
import { toFailure } from '../../../../shared/resilience/failure';
import type { SalesforceClient } from '../../client';
import type { RecordRow, Verb } from '../record';
import type { Outcome, SettleRow } from '../writeRecords';
import { jobEnd } from './jobEnd';
import type { Job, NewJob } from './job';
import { readOutcomes } from './readOutcomes';
import { sendJob } from './sendJob';
import type { Table } from './table';
import { Part } from './table';

const ROWS_PER_TURN = 1_000;

// https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0_errors.htm
const NOT_HERE = /^(?:feature_?not_?enabled|invalid_?entity)$/i;

/**
 * Writes records of one object by jobs of the Bulk API, 100 MB of CSV in each. A job is six requests
 * and those that ask whether it has ended, whatever the number of records.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0_ingest.htm
 * @returns the failure that kept a job from being sent, or 'not here' where nothing was sent because
 *   the org has no Bulk API, or none for this object
 */
export async function ingest(
	client: SalesforceClient,
	verb: Verb,
	rows: RecordRow[],
	table: Table,
	job: NewJob,
	done: SettleRow,
): Promise<Failure | 'not here' | undefined> {
	const running: Array<Promise<void>> = [];
	let stop: Failure | undefined;
	for (let start = 0; start < table.fit.length && !stop;) {
		const part = new Part(verb, rows, table, start);
		const outcome = await sendJob(client, job, part).catch(toFailure);
		if (start === 0 && outcome instanceof Error && NOT_HERE.test(outcome.code)) return 'not here';
		// What was not sent in one job would not be sent in the next one.
		if (outcome instanceof Error) {
			stop = outcome;
			await settleAll(table.fit.slice(start), () => outcome, done);
		} else {
			running.push(finish(client, outcome, part, done));
			start = part.end;
		}
	}
	await Promise.all(running);
	return stop;
}

/** The job has its data: waits for it, and finds out what became of each row. */
async function finish(
	client: SalesforceClient,
	started: Job,
	part: Part,
	done: SettleRow,
): Promise<void> {
	try {
		const job = await jobEnd(client, started);
		const outcomes = await readOutcomes(client, job, part);
		await settleAll(part.places, (place) => outcomes[place], done);
	} catch (error) {
		const failure = toFailure(error).inPhase('maybeDone').withHint(lookAt(started));
		await settleAll(part.places, () => failure, done);
	}
}

const lookAt = ({ id }: Job) =>
	`Job ${id} has the record. Look at it with the operations "Get" and "Get Results" of Job before the item is sent again.`;

async function settleAll(
	places: number[],
	outcomeOf: (place: number) => Outcome | undefined,
	done: SettleRow,
): Promise<void> {
	for (const [n, place] of places.entries()) {
		if (n % ROWS_PER_TURN === 0) await turn();
		const outcome = outcomeOf(place);
		if (outcome) await done(place, outcome);
	}
}
