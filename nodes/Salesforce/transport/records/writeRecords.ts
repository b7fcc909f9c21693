import { backoffMs } from '../../../shared/ground/backoff';
import { sleep } from '../../../shared/ground/clock';
import { cancelled } from '../../../shared/resilience/deadline';
import { Failure, isPassing, toFailure, worse } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import { withDays } from './dates';
import type { RecordRow, Verb, WriteOptions, Written } from './record';
import { inTurns } from './record';
import { sendRows } from './sendRows';

export type Outcome = Written | Failure;

/** Told of what became of one row, by its place, as soon as that is final. */
export type SettleRow = (place: number, outcome: Outcome) => Promise<void>;

/**
 * Writes records: 200 in one request, or as a job of the Bulk API where there are many.
 * - Rows for the same record are sent one after the other, in their order.
 * - Rows that Salesforce could not write for a passing reason (UNABLE_TO_LOCK_ROW) are sent again,
 *   and only they.
 * - Where an answer is lost, updates, deletes and upserts by external ID are sent again; creates are
 *   not: nobody can know, so their rows fail as maybe done.
 * @param options of all rows that have none of their own
 * @returns what became of each row, in order; it does not reject
 */
export async function writeRecords(
	client: SalesforceClient,
	verb: Verb,
	given: RecordRow[],
	options: WriteOptions = {},
	settle?: SettleRow,
): Promise<Outcome[]> {
	const rows = verb === 'delete' ? given : await withDays(client, given);
	const outcomes: Outcome[] = [];
	const end = async (place: number, outcome: Outcome) => {
		outcomes[place] = outcome;
		await settle?.(place, outcome);
	};
	let stop: Failure | undefined;
	for (const turn of await inTurns(rows)) {
		let left = turn;
		for (let attempt = 1; left.length > 0; attempt++) {
			const again: number[] = [];
			const last = attempt >= client.maxAttempts;
			stop = await sendRows(client, verb, rows, left, options, stop, async (place, told) => {
				const outcome = afterAll(verb, told, outcomes[place], rows[place]?.id);
				const { externalId, options: own = options } = rows[place] ?? {};
				// Of a request that was rolled back as a whole, no row may go alone.
				const field = own.allOrNone ? undefined : externalId?.field;
				const isOpen = maySendAgain(verb, outcome) || isOvertaken(field, outcome, outcomes[place]);
				const goesAgain = !last && isOpen;
				if (goesAgain) outcomes[place] = outcome;
				if (goesAgain) again.push(place);
				else await end(place, outcome);
			});
			left = again.sort((a, b) => a - b);
			if (left.length === 0 || (await paused(client, attempt))) continue;
			for (const place of left) await end(place, outcomes[place] ?? unsent(client));
			left = [];
		}
	}
	return rows.map((_row, place) => outcomes[place] ?? unsent(client));
}

/** What became of a row that was sent before, where nobody could know whether that had an effect. */
function afterAll(verb: Verb, told: Outcome, before: Outcome | undefined, id = ''): Outcome {
	if (!(told instanceof Failure) || !(before instanceof Failure)) return told;
	if (before.phase !== 'maybeDone') return told;
	// It was that request which deleted the record.
	if (verb === 'delete' && told.code === 'ENTITY_IS_DELETED') return { id, success: true };
	return told.inPhase(worse(told.phase, before.phase));
}

/** Of a row: a whole request, which has a status, was sent again already. */
const maySendAgain = (verb: Verb, outcome: Outcome): boolean =>
	outcome instanceof Failure &&
	isPassing(outcome) &&
	outcome.scope === 'item' &&
	outcome.status === undefined &&
	(outcome.phase === 'rejected' || (verb !== 'create' && outcome.phase === 'maybeDone'));

/**
 * Somebody else created the record with this external ID at the same moment: "duplicate value found:
 * Ext__c duplicates value on record with id: 001...". Now it can be updated; once is enough.
 */
const isOvertaken = (
	field: string | undefined,
	told: Outcome,
	before: Outcome | undefined,
): boolean =>
	field !== undefined &&
	told instanceof Failure &&
	told.code === 'DUPLICATE_VALUE' &&
	told.message.toLowerCase().includes(`found: ${field.toLowerCase()} duplicates`) &&
	!(before instanceof Failure && before.code === told.code);

/** @returns false where the run was stopped meanwhile */
async function paused(client: SalesforceClient, attempt: number): Promise<boolean> {
	const pauseMs = backoffMs(attempt, { throttled: true, random: Math.random() });
	return await sleep(client.clock, pauseMs, client.signal).then(
		() => true,
		() => false,
	);
}

const unsent = ({ signal }: SalesforceClient) =>
	signal.aborted ? cancelled(signal, 'notSent') : toFailure(new Error('The row was never sent'));
