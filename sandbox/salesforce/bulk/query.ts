import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '../answer.ts';
import type { Org } from '../org.ts';
import { snapshot, type BulkRows } from './bulkRows.ts';
import { csvLine } from './csv.ts';
import { Job, refuse } from './job.ts';
import type { BulkSettings } from './settings.ts';

const linesPerChunk = 2000;

/** A job that reads records. */
export class QueryJob extends Job {
	private readonly found: BulkRows;

	/**
	 * Finds the rows; what happens to records afterwards does not show in the results.
	 * @throws ApiError for what cannot be queried in bulk
	 */
	constructor(
		about: Omit<ConstructorParameters<typeof Job>[0], 'object'>,
		query: string,
		org: Org,
	) {
		const found = snapshot(about, query, org);
		super({ ...about, object: found.object });
		this.found = found;
	}

	complete(now: number): void {
		this.processed = this.found.rows.length;
		this.move('JobComplete', now);
	}

	/**
	 * A page of the results, with its own header.
	 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm
	 */
	page(query: URLSearchParams, { queryPageSize }: BulkSettings): Answer {
		const { columns, rows, texts } = this.results();
		const from = this.offsetOf(query.get('locator'));
		const size = Number(query.get('maxRecords') ?? queryPageSize);
		const to = Math.min(from + size, rows.length);
		const { form } = this;
		function* chunks(): Generator<string> {
			let text = csvLine(columns, form);
			for (let at = from; at < to; at++) {
				const row = rows[at];
				if (row) text += csvLine(texts(row), form);
				if ((at - from) % linesPerChunk < linesPerChunk - 1) continue;
				yield text;
				text = '';
			}
			if (text !== '') yield text;
		}
		return {
			status: 200,
			headers: {
				'content-type': 'text/csv',
				'sforce-locator': to < rows.length ? locatorOf(to) : 'null',
				'sforce-numberofrecords': String(to - from),
			},
			body: Readable.from(chunks(), { objectMode: false }),
		};
	}

	/** Where all pages are, to be read side by side. */
	pages(base: string, { queryPageSize }: BulkSettings): Record<string, unknown> {
		const { rows } = this.results();
		const resultPages = [];
		for (let from = 0; from === 0 || from < rows.length; from += queryPageSize) {
			const resultUrl = `${base}/jobs/query/${this.id}/results?locator=${locatorOf(from)}`;
			resultPages.push({ resultUrl });
		}
		return { resultPages, nextRecordsUrl: null, done: true };
	}

	private results(): BulkRows {
		if (this.state === 'JobComplete') return this.found;
		throw refuse('INVALIDJOBSTATE', `Results of a Job in state ${this.state} are not available`);
	}

	private offsetOf(locator: string | null): number {
		const offset = locator === null ? 0 : Number(Buffer.from(locator, 'base64').toString());
		if (Number.isInteger(offset) && offset >= 0 && offset <= this.processed) return offset;
		throw refuse('CLIENTINPUTERROR', `Invalid locator: ${locator ?? ''}`);
	}
}

const locatorOf = (offset: number): string => Buffer.from(String(offset)).toString('base64url');

/** Takes a job from UploadComplete to its end, unless it is aborted on the way. */
export async function runQuery(job: QueryJob, org: Org, settings: BulkSettings): Promise<void> {
	await delay(settings.queueMs, undefined, { ref: false });
	if (job.ended) return;
	job.move('InProgress', org.clock.now());
	await delay(settings.processMs, undefined, { ref: false });
	if (job.ended) return;
	if (settings.failQueries !== undefined) {
		job.errorMessage = settings.failQueries;
		job.move('Failed', org.clock.now());
		return;
	}
	job.complete(org.clock.now());
}
