import { Readable } from 'node:stream';
import { readCsv } from '../../../../shared/ground/csvReader';
import { Failure } from '../../../../shared/resilience/failure';
import type { SalesforceClient } from '../../client';
import { noWebPage } from '../../noWebPage';
import { path, withQuery } from '../../path';

/** Some of the records of a job. */
export interface ResultPage {
	/** names of the columns */
	columns: string[];
	/** lines of CSV, without the header that each page has */
	lines: Buffer;
	/** number of records */
	count: number;
}

const FIRST_RECORDS = 5_000;
const MOST_RECORDS = 100_000;
const WANTED_BYTES = 4 * 1024 * 1024;
// Records may be much larger than those before.
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * The result of a job, page by page. A page is handed on when it is there as a whole: one that breaks
 * is asked for again, and nothing of it comes twice.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm
 * @param limit no more records are asked for
 */
export async function* resultPages(
	client: SalesforceClient,
	id: string,
	limit = Infinity,
): AsyncGenerator<ResultPage> {
	let locator: string | undefined;
	let size = FIRST_RECORDS;
	for (let left = limit; left > 0;) {
		const maxRecords = Math.min(size, left);
		const { next, ...page } = await resultPage(client, id, { locator, maxRecords });
		yield page;
		if (next === undefined) return;
		if (next === locator) throw noWayOn(id);
		locator = next;
		left -= page.count;
		size = nextSize(page);
	}
}

/** So that a page takes about the same memory, whatever the records are like. */
function nextSize({ count, lines }: ResultPage): number {
	if (count === 0) return FIRST_RECORDS;
	const fitting = Math.floor((WANTED_BYTES * count) / Math.max(1, lines.length));
	return Math.min(MOST_RECORDS, Math.max(200, fitting));
}

async function resultPage(
	client: SalesforceClient,
	id: string,
	query: { locator?: string; maxRecords: number },
): Promise<ResultPage & { next: string | undefined }> {
	const to = withQuery(path`/jobs/query/${id}/results`, query);
	const request = {
		operation: 'Get query job results',
		about: `job "${id}"`,
		path: to,
		headers: { accept: 'text/csv' },
	};
	return await client.receive(request, async (answer) => {
		const { headers, body } = await noWebPage(client, answer);
		const bytes = await body.collect(MOST_BYTES);
		const header = headerOf(bytes);
		const lines = ended(bytes.subarray(header.bytes));
		const next = headers['sforce-locator'];
		return {
			columns: header.columns,
			lines,
			count: Number(headers['sforce-numberofrecords'] ?? (await counted(lines))),
			// Salesforce writes the word where there is no further page.
			next: next === undefined || next === '' || next === 'null' ? undefined : next,
		};
	});
}

/** Names of fields, in quotes; none of them has a quote, a comma or a line end in it. */
function headerOf(bytes: Buffer): { columns: string[]; bytes: number } {
	const end = bytes.indexOf('\n');
	const line = (end < 0 ? bytes : bytes.subarray(0, end)).toString().replace(/^\uFEFF|\r$/g, '');
	const columns = line.split(',').map((name) => name.replace(/^"(.*)"$/, '$1'));
	return {
		columns: line === '' ? [] : columns,
		bytes: end < 0 ? bytes.length : end + 1,
	};
}

const LINE_END = '\n'.charCodeAt(0);

/** The next page goes on in a new line. */
const ended = (lines: Buffer): Buffer =>
	lines.length === 0 || lines.at(-1) === LINE_END
		? lines
		: Buffer.concat([lines, Buffer.from([LINE_END])]);

async function counted(lines: Buffer): Promise<number> {
	let count = 0;
	for await (const rows of readCsv(Readable.from([lines]))) count += rows.length;
	return count;
}

const noWayOn = (id: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'UNEXPECTED_ANSWER',
		message: `The result of the job "${id}" leads from a page to the same page`,
	});
