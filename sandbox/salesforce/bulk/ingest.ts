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
	readonly results: IngestResults;
	/** What was uploaded; gone when it is processed. */
	data?: Buffer;
	uploaded = false;
	/** Share of the rows that cannot be locked (of a fault). */
	lockedRows = 0;

	constructor(about: ConstructorParameters<typeof Job>[0]) {
		super(about);
		this.results = new IngestResults(about.form);
	}

	/** Ends the job; what it has not begun with is not processed. */
	abort(now: number): void {
		this.move('Aborted', now);
		if (this.startedAt !== undefined || !this.data) return;
		const [header = [], ...rows] = readRows(this.data.toString(), this.form);
		this.results.header = header;
		for (const row of rows) this.results.leave(row);
		this.data = undefined;
	}
}

/** Takes a job from UploadComplete to its end, unless it is aborted on the way. */
export async function runIngest(job: IngestJob, org: Org, settings: BulkSettings): Promise<void> {
	await delay(settings.queueMs, undefined, { ref: false });
	if (job.ended) return;
	job.move('InProgress', org.clock.now());
	await delay(settings.processMs, undefined, { ref: false });
	const text = job.data?.toString() ?? '';
	job.data = undefined;
	try {
		const columns = await check(text, job, org);
		await write(text, job, columns, org, settings);
		if (!job.ended) job.move('JobComplete', org.clock.now());
	} catch (error) {
		job.errorMessage = error instanceof InvalidBatch ? error.message : `Unknown : ${String(error)}`;
		job.move('Failed', org.clock.now());
	}
}

/** Reads the upload whole before anything is written. @throws InvalidBatch */
async function check(text: string, job: IngestJob, org: Org): Promise<Column[]> {
	const object = org.schema.get(job.object);
	const rows = readRows(text, job.form);
	const { value: header } = rows.next();
	if (!object || !header) throw new InvalidBatch('InvalidBatch : Records not found');
	job.results.header = header;
	const columns = columnsOf(header, object, org.schema);
	let count = 0;
	for (const row of rows) {
		if (row.length !== header.length) {
			throw new InvalidBatch(
				`InvalidBatch : Failed to parse CSV. Row ${count + 1} has ${row.length} columns, the header has ${header.length}`,
			);
		}
		if (++count % rowsPerBreath === 0) await breathe();
	}
	if (count === 0) throw new InvalidBatch('InvalidBatch : Records not found');
	return columns;
}

/** @throws InvalidBatch when the settings want it to fail */
async function write(
	text: string,
	job: IngestJob,
	columns: Column[],
	org: Org,
	{ failAfterRows = Infinity, failMessage, rowsPerTransaction }: BulkSettings,
): Promise<void> {
	const context: WriteContext = {
		org,
		base: `/services/data/v${job.version}`,
		userId: job.userId,
		allowDuplicates: false,
		assign: job.assignmentRuleId !== undefined,
		lockedRows: job.lockedRows,
		locksTried: 0,
	};
	const rows = readRows(text, job.form);
	rows.next();
	try {
		while (!job.ended) {
			if (job.processed >= failAfterRows) throw new InvalidBatch(failMessage);
			const batch = take(rows, Math.min(rowsPerTransaction, failAfterRows - job.processed));
			if (batch.length === 0) return;
			const records = batch.map((row) => recordOf(row, columns));
			for (const [n, outcome] of writeRows(org, job, context, records).entries()) {
				job.results.settle(batch[n] ?? [], outcome);
				job.processed++;
				if (outcome.error !== undefined) job.failed++;
			}
			await breathe();
		}
	} finally {
		for (const row of rows) job.results.leave(row);
	}
}

function take(rows: Iterator<string[]>, most: number): string[][] {
	const taken: string[][] = [];
	while (taken.length < most) {
		const next = rows.next();
		if (next.done) break;
		taken.push(next.value);
	}
	return taken;
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
