import { readCsv } from '../../../../shared/ground/csvReader';
import type { SalesforceClient } from '../../client';
import { COLUMN_DELIMITERS, getJob } from './job';
import type { ResultKind, ResultPage } from './results';
import { receiveResults } from './results';

export type ResultRow = Record<string, string>;

/** A file of results as rows, while it arrives. */
export interface ResultTable {
	columns: string[];
	pages: AsyncIterable<ResultRow[]>;
}

/**
 * Reads a file of results, which has the column delimiter of what was uploaded.
 * @param take is called again, with all rows, where the connection breaks
 */
export async function takeResults<T>(
	client: SalesforceClient,
	jobId: string,
	kind: ResultKind,
	take: (table: ResultTable) => Promise<T>,
): Promise<T> {
	const delimiter = delimiterOf(await getJob(client, jobId));
	const read = ({ chunks }: ResultPage) => readCsv(chunks, { delimiter });
	return await receiveResults(client, jobId, kind, undefined, async (page) => {
		const batches = allRows(client, jobId, kind, page, read);
		const first = await batches.next();
		const [columns = [], ...rows] = first.done ? [] : first.value;
		const named = (row: string[]): ResultRow =>
			Object.fromEntries(columns.map((name, at) => [name, row[at] ?? '']));
		async function* pages() {
			yield rows.map(named);
			for await (const more of batches) yield more.map(named);
		}
		return await take({ columns, pages: pages() });
	});
}

const delimiterOf = ({ columnDelimiter }: { columnDelimiter?: unknown }) =>
	Object.entries(COLUMN_DELIMITERS).find(([name]) => name === columnDelimiter)?.[1] ?? ',';

/** All pages; the header comes once. */
async function* allRows(
	client: SalesforceClient,
	jobId: string,
	kind: ResultKind,
	first: ResultPage,
	read: (page: ResultPage) => AsyncIterable<string[][]>,
): AsyncGenerator<string[][]> {
	yield* read(first);
	for (let { next } = first; next !== undefined;) {
		// It cannot be read while it arrives: who takes the rows is not in here.
		const take = async (page: ResultPage) => {
			const rows: string[][] = [];
			for await (const some of read(page)) for (const row of some) rows.push(row);
			return { rows, next: page.next };
		};
		const page: { rows: string[][]; next?: string } = await receiveResults(
			client,
			jobId,
			kind,
			next,
			take,
		);
		yield page.rows.slice(1);
		next = page.next === next ? undefined : page.next;
	}
}
