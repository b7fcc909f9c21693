import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises';
import type { Org } from '../org.ts';
import type { WriteContext } from '../records/context.ts';
import { columnsOf, RowError, type Column } from './columns.ts';
import { readRows } from './csv.ts';
import { Job } from './job.ts';
import { InvalidBatch } from './refusals.ts';
import { IngestResults, type RowOutcome } from './results.ts';
import type { BulkSettings } from './settings.ts';
import { writeRows, type Fields } from './writeRows.ts';

/** Rows that are read without a pause: other requests wait that long. */
const rowsPerBreath = 20_000;

/** A job that writes records. */
export class IngestJob extends Job {
	readonly results = new IngestResults();
	/** What was uploaded; gone when it is processed. */
	data?: Buffer;
	uploaded = false;
	/** Share of the rows that cannot be locked (of a fault). */
	lockedRows = 0;
}

/** Takes a job from UploadComplete to its end, unless it is aborted on the way. */
export async function runIngest(job: IngestJob, org: Org, settings: BulkSettings): Promise<void> {
	await delay(settings.queueMs, undefined, { ref: false });
	if (job.ended) return;
	job.move('InProgress', org.clock.now());
	await delay(settings.processMs, undefined, { ref: false });
	try {
		const columns = await read(job, org);
		await write(job, columns, org, settings);
		if (!job.ended) job.move('JobComplete', org.clock.now());
	} catch (error) {
		job.errorMessage = error instanceof InvalidBatch ? error.message : `Unknown : ${String(error)}`;
		job.move('Failed', org.clock.now());
	}
}

/** Reads the upload whole. @throws InvalidBatch, and nothing is written */
async function read(job: IngestJob, org: Org): Promise<Column[]> {
	const { results } = job;
	const object = org.schema.get(job.object);
	const rows = readRows(job.data?.toString() ?? '', job.form);
	job.data = undefined;
	const { value: header } = rows.next();
	if (!object || !header) throw new InvalidBatch('InvalidBatch : Records not found');
	results.header = header;
	const columns = columnsOf(header, object, org.schema);
	for (const row of rows) {
		if (row.length !== header.length) {
			throw new InvalidBatch(
				`InvalidBatch : Failed to parse CSV. Row ${results.rows.length + 1} has ${row.length} columns, the header has ${header.length}`,
			);
		}
		results.rows.push(row);
		if (results.rows.length % rowsPerBreath === 0) await breathe();
	}
	if (results.rows.length === 0) throw new InvalidBatch('InvalidBatch : Records not found');
	return columns;
}

async function write(
	job: IngestJob,
	columns: Column[],
	org: Org,
	{ failAfterRows = Infinity, failMessage, rowsPerTransaction }: BulkSettings,
): Promise<void> {
	const { rows, outcomes } = job.results;
	const context: WriteContext = {
		org,
		base: `/services/data/v${job.version}`,
		userId: job.userId,
		allowDuplicates: false,
		assign: job.assignmentRuleId !== undefined,
		lockedRows: job.lockedRows,
		locksTried: 0,
	};
	while (outcomes.length < rows.length && !job.ended) {
		const from = outcomes.length;
		if (from >= failAfterRows) throw new InvalidBatch(failMessage);
		const batch = rows.slice(from, Math.min(from + rowsPerTransaction, failAfterRows));
		const written = writeRows(
			org,
			job,
			context,
			batch.map((row) => recordOf(row, columns)),
		);
		for (const outcome of written) {
			outcomes.push(outcome);
			job.processed++;
			if (outcome.error !== undefined) job.failed++;
		}
		await breathe();
	}
}

/** The fields of a row, or why there are none. */
function recordOf(row: string[], columns: Column[]): Fields | RowOutcome {
	const fields: Fields = {};
	try {
		for (const [n, column] of columns.entries()) column.put(row[n] ?? '', fields);
		return fields;
	} catch (error) {
		if (error instanceof RowError) return { id: '', created: false, error: error.message };
		throw error;
	}
}
