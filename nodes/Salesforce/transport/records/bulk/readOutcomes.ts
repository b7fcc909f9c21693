import { Failure } from '../../../../shared/resilience/failure';
import type { SalesforceClient } from '../../client';
import type { Outcome } from '../writeRecords';
import type { Job } from './job';
import type { ResultKind } from './results';
import { readResults } from './results';
import { bulkRowFailure } from './rowError';
import type { Part } from './table';
import { unprocessed } from './unprocessed';

/** The text in the column of this name (in lower case) of a row. */
type Cell = (name: string) => string;

/**
 * What became of each row of a job that has ended, by its place. Files of results that must be empty
 * are not asked for.
 */
export async function readOutcomes(
	client: SalesforceClient,
	job: Job,
	part: Part,
): Promise<Outcome[]> {
	const { places, pairing, verb } = part;
	const outcomes: Outcome[] = [];
	const read = async (kind: ResultKind, outcomeOf: (cell: Cell, place: number) => Outcome) => {
		let complete = () => {};
		await readResults(client, job.id, kind, {
			begin: (header) => {
				const columns = new Map(header.map((name, at) => [name.toLowerCase(), at]));
				const file = pairing.file(header);
				complete = file.complete;
				return (row) => {
					const place = file.place(row);
					const cell = (name: string) => row[columns.get(name) ?? -1] ?? '';
					if (place !== undefined) outcomes[place] = outcomeOf(cell, place);
				};
			},
			complete: () => complete(),
		});
	};
	const processed = Number(job.numberRecordsProcessed ?? places.length);
	const failed = Number(job.numberRecordsFailed ?? processed);
	// Where a job did not come to its end, it has not counted all that it did.
	const hasCounted = job.state === 'JobComplete' && job.numberRecordsFailed !== undefined;
	if (processed > failed || !hasCounted)
		await read('successfulResults', (cell) => {
			const { id: jobId } = job;
			const id = copied(cell('sf__id'));
			if (verb !== 'upsert') return { id, success: true, jobId };
			return { id, success: true, created: cell('sf__created').toLowerCase() === 'true', jobId };
		});
	if (failed > 0 || !hasCounted)
		await read('failedResults', (cell) => bulkRowFailure(copied(cell('sf__error'))));
	const left = places.filter((place) => !outcomes[place]);
	if (left.length > 0 && !hasCounted && left.length === places.length - processed)
		for (const place of left) outcomes[place] = unprocessed(job, part, place);
	else if (left.length > 0) {
		await read('unprocessedrecords', (_cell, place) => unprocessed(job, part, place));
		for (const place of left) if (!outcomes[place]) outcomes[place] = notFound(job);
	}
	return outcomes;
}

/** Else 18 characters would keep the piece of the file in memory from which they were cut. */
const copied = (text: string) => Buffer.from(text).toString();

const notFound = ({ id }: Job) =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		scope: 'item',
		code: 'NOT_CONFIRMED',
		message: `The results of job ${id} do not mention this record`,
		hint: 'Look at them with the operation "Get Results" of Job before the item is sent again.',
	});
