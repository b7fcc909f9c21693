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

export type ResultKind = 'successfulResults' | 'failedResults' | 'unprocessedRecords';

const firstColumns: Record<ResultKind, string[]> = {
	successfulResults: ['sf__Id', 'sf__Created'],
	failedResults: ['sf__Id', 'sf__Error'],
	unprocessedRecords: [],
};

const linesPerChunk = 2000;

/**
 * The rows of an upload with what became of them. Their order in the results is not that of the upload.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_successful_results.htm
 */
export class IngestResults {
	header: string[] = [];
	readonly rows: string[][] = [];
	/** Of the first rows; the others are not processed. */
	readonly outcomes: RowOutcome[] = [];

	csv(kind: ResultKind, form: CsvForm): Answer {
		return {
			status: 200,
			headers: { 'content-type': 'text/csv' },
			body: Readable.from(this.chunks(kind, form), { objectMode: false }),
		};
	}

	private *chunks(kind: ResultKind, form: CsvForm): Generator<string> {
		const own = firstColumns[kind].map((name) => `"${name}"`);
		const delimiter = delimiters[form.columnDelimiter];
		let text = [...own, ...this.header].join(delimiter) + lineEndings[form.lineEnding];
		let lines = 0;
		for (const at of shuffled(this.rows.length)) {
			const row = this.rows[at] ?? [];
			const outcome = this.outcomes[at];
			const line = lineOf(kind, row, outcome);
			if (!line) continue;
			text += csvLine(line, form);
			if (++lines % linesPerChunk > 0) continue;
			yield text;
			text = '';
		}
		if (text !== '') yield text;
	}
}

function lineOf(
	kind: ResultKind,
	row: string[],
	outcome: RowOutcome | undefined,
): string[] | undefined {
	if (!outcome) return kind === 'unprocessedRecords' ? row : undefined;
	const { created, error, id } = outcome;
	if (error === undefined) {
		return kind === 'successfulResults' ? [id, String(created), ...row] : undefined;
	}
	return kind === 'failedResults' ? [id, error, ...row] : undefined;
}

/** The numbers below `count`, the same mixture each time. */
export function shuffled(count: number): Uint32Array {
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
