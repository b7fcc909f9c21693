import type { INodeProperties } from 'n8n-workflow';
import { Readable } from 'node:stream';
import { csvLine } from '../ground/csv';
import { invalidInput } from '../resilience/failure';
import type { Item } from './defineOperation';
import { WithFiles } from './defineOperation';

// How operations with many results hand them over: as items, or in one file that is written while
// the results come in, so that memory does not grow with them.

export const returnAllField = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
} as const satisfies INodeProperties;

export const limitField = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	displayOptions: { show: { returnAll: [false] } },
	default: 50,
	description: 'Max number of results to return',
} as const satisfies INodeProperties;

/** How many rows: an expression may give less than the field allows. */
export function rowLimit(returnAll: boolean, limit: number): number {
	if (returnAll) return Infinity;
	if (limit >= 1) return Math.floor(limit);
	throw invalidInput(`"Limit" must be 1 or more, but is ${limit}`);
}

export const outputField = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'CSV File',
			value: 'csv',
			description: 'One item with a file that has a line for each result',
		},
		{ name: 'Items', value: 'items', description: 'An item for each result' },
		{
			name: 'NDJSON File',
			value: 'ndjson',
			description: 'One item with a file that has a line of JSON for each result',
		},
	],
	default: 'items',
	description:
		'How to return the results. A file takes no more memory for a million results than for ten.',
} as const satisfies INodeProperties;

export const outputFileField = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	required: true,
	displayOptions: { show: { output: ['csv', 'ndjson'] } },
	default: 'data',
	hint: 'The name of the output binary field to put the file in',
} as const satisfies INodeProperties;

export interface RowsOutput {
	output: 'items' | 'csv' | 'ndjson';
	binaryPropertyName?: string;
}

/** What is said in place of the rows where they are in a file. */
export interface FileSummary {
	/** number of rows */
	count: number;
	fileName: string;
}

/** How rows are written into a file. */
export const ROW_FILES = {
	csv: {
		mimeType: 'text/csv',
		head: (columns: string[]) => csvLine(columns),
		line: (row: object, columns: string[]) =>
			csvLine(columns.map((column): unknown => Reflect.get(row, column))),
	},
	ndjson: {
		mimeType: 'application/x-ndjson',
		head: () => '',
		line: (row: object) => `${JSON.stringify(row)}\n`,
	},
} as const;

/**
 * The rows as items, or one row with the file they went into.
 * @param file what is said of it, its name without the extension, and the columns of a CSV file
 */
export async function deliver<Row extends object, About extends object>(
	pages: AsyncIterable<Row[]>,
	{ output, binaryPropertyName = 'data' }: RowsOutput,
	file: { about: About; name: string; columns: string[] },
	item: Item,
): Promise<Array<Row | WithFiles<About & FileSummary>>> {
	if (output === 'items') return await everything(pages);
	const { mimeType, head, line } = ROW_FILES[output];
	const { about, columns } = file;
	let count = 0;
	async function* lines() {
		yield Buffer.from(head(columns));
		for await (const page of pages) {
			count += page.length;
			yield Buffer.from(page.map((row) => line(row, columns)).join(''));
		}
	}
	const fileName = `${file.name}.${output}`;
	const body = Readable.from(lines(), { objectMode: false });
	const saved = await item.save(body, { fileName, mimeType });
	return [new WithFiles({ ...about, count, fileName }, { [binaryPropertyName]: saved })];
}

async function everything<Row>(pages: AsyncIterable<Row[]>): Promise<Row[]> {
	const rows: Row[] = [];
	for await (const page of pages) rows.push(...page);
	return rows;
}

/** Only the rows to keep, and no more than the limit: nothing is asked for after it is reached. */
export async function* selected<Row>(
	pages: AsyncIterable<Row[]>,
	keep: (row: Row) => boolean,
	limit: number,
): AsyncGenerator<Row[]> {
	let left = limit;
	for await (const page of pages) {
		const rows = page.filter(keep).slice(0, left);
		left -= rows.length;
		if (rows.length > 0) yield rows;
		if (left <= 0) return;
	}
}
