import { Readable } from 'node:stream';
import type { Answer } from '../answer.ts';
import { csvLine, delimiters, lineEndings, type CsvForm } from './csv.ts';

/** What became of one row of an upload. */
export interface RowOutcome {
	/** Empty where there is no record. */
	id: string;
	created: boolean;
	/** "CODE:message:fields --"; the row failed. */
	error?: string;
}

const firstColumns = {
	successfulResults: ['sf__Id', 'sf__Created'],
	failedResults: ['sf__Id', 'sf__Error'],
	unprocessedRecords: [],
} as const;

export type ResultKind = keyof typeof firstColumns;

const linesPerChunk = 2000;

/**
 * What became of the rows of an upload. Their order in the results is not that of the upload.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_successful_results.htm
 */
export class IngestResults {
	header: string[] = [];
	/** As text, which takes much less memory than the rows. */
	private readonly lines: Record<ResultKind, string[]> = {
		successfulResults: [],
		failedResults: [],
		unprocessedRecords: [],
	};
	private readonly form: CsvForm;

	constructor(form: CsvForm) {
		this.form = form;
	}

	settle(row: string[], { created, error, id }: RowOutcome): void {
		const { failedResults, successfulResults } = this.lines;
		if (error === undefined)
			successfulResults.push(csvLine([id, String(created), ...row], this.form));
		else failedResults.push(csvLine([id, error, ...row], this.form));
	}

	/** A row that is not processed. */
	leave(row: string[]): void {
		this.lines.unprocessedRecords.push(csvLine(row, this.form));
	}

	csv(kind: ResultKind): Answer {
		return {
			status: 200,
			headers: { 'content-type': 'text/csv' },
			body: Readable.from(this.chunks(kind), { objectMode: false }),
		};
	}

	private *chunks(kind: ResultKind): Generator<string> {
		const { columnDelimiter, lineEnding } = this.form;
		const own = firstColumns[kind].map((name) => `"${name}"`);
		yield [...own, ...this.header].join(delimiters[columnDelimiter]) + lineEndings[lineEnding];
		const lines = this.lines[kind];
		const order = shuffled(lines.length);
		for (let from = 0; from < order.length; from += linesPerChunk) {
			let text = '';
			for (const at of order.subarray(from, from + linesPerChunk)) text += lines[at] ?? '';
			yield text;
		}
	}
}

/** The numbers below `count`, the same mixture each time. */
function shuffled(count: number): Uint32Array {
	const order = Uint32Array.from({ length: count }, (_, at) => at);
	let seed = 0x2f6e2b1;
	for (let at = count - 1; at > 0; at--) {
		seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
		const other = seed % (at + 1);
		const kept = order[at] ?? 0;
		order[at] = order[other] ?? 0;
		order[other] = kept;
	}
	return order;
}
