import { setImmediate as turn } from 'node:timers/promises';
import { readCsv } from '../../../../shared/ground/csvReader';
import type { SalesforceClient } from '../../client';
import { path, withQuery } from '../../path';

/** Which rows of a job: what became of them is told in files of their own. */
export type ResultKind = 'successfulResults' | 'failedResults' | 'unprocessedrecords';

const RESULTS_MS = 600_000;

/** One page of results, while it arrives. */
export interface ResultPage {
	chunks: AsyncIterable<Buffer>;
	/** names the page after this one; undefined on the last one */
	next: string | undefined;
}

/**
 * A file of results, as it arrives. Read again from the start where the connection breaks.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_successful_results.htm
 */
export async function receiveResults<T>(
	client: SalesforceClient,
	jobId: string,
	kind: ResultKind,
	locator: string | undefined,
	read: (page: ResultPage) => Promise<T>,
): Promise<T> {
	const request = {
		operation: 'Get job results',
		about: `job "${jobId}"`,
		path: withQuery(path`/jobs/ingest/${jobId}/${kind}/`, { locator }),
		headers: { accept: 'text/csv' },
		attemptTimeoutMs: RESULTS_MS,
	};
	return await client.receive(request, async ({ headers, body }) => {
		const next = headers['sforce-locator'];
		try {
			return await read({ chunks: body, next: next === 'null' || next === '' ? undefined : next });
		} finally {
			body.destroy();
		}
	});
}

/** A row of results, and what is written before the columns that were sent. */
export interface ResultReader {
	/** Called at the start of each page, also where it is read again. */
	begin(header: string[]): (row: string[]) => void;
	/** A page was read to its end. */
	complete(): void;
}

/** Reads all pages of a file of results. */
export async function readResults(
	client: SalesforceClient,
	jobId: string,
	kind: ResultKind,
	reader: ResultReader,
): Promise<void> {
	let locator: string | undefined;
	do {
		locator = await receiveResults(client, jobId, kind, locator, async ({ chunks, next }) => {
			let take: ((row: string[]) => void) | undefined;
			for await (const rows of readCsv(chunks)) {
				for (const row of rows) {
					if (take) take(row);
					else take = reader.begin(row);
				}
				// A fast connection brings one piece after the other, and nobody else would get a turn.
				await turn();
			}
			return next;
		});
		reader.complete();
	} while (locator !== undefined);
}
