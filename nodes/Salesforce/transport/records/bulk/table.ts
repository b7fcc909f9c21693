import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { csvLine } from '../../../../shared/ground/csv';
import type { Failure } from '../../../../shared/resilience/failure';
import { toFailure } from '../../../../shared/resilience/failure';
import type { RecordRow, Verb } from '../record';
import { cellsOf, Columns } from './csvForm';
import { Pairing } from './pairing';

/** A job takes 150 MB, and counts what comes as base64. */
export const MOST_BYTES = 100_000_000;

const CHUNK_CHARACTERS = 64 * 1024;
const ROWS_PER_TURN = 1_000;

/** Rows that go into jobs, and those that cannot; each by its place. */
export interface Table {
	columns: Columns;
	fit: number[];
	/** rows that a CSV file of the Bulk API cannot hold */
	others: number[];
	refused: Array<[place: number, failure: Failure]>;
}

/** Looks through the rows, and keeps nothing of them. */
export async function tableOf(verb: Verb, rows: RecordRow[], places: number[]): Promise<Table> {
	const table: Table = { columns: new Columns(), fit: [], others: [], refused: [] };
	for (const [n, place] of places.entries()) {
		if (n % ROWS_PER_TURN === 0) await turn();
		const row = rows[place];
		if (!row) continue;
		try {
			const cells = cellsOf(verb, row);
			if (cells) table.columns.add(cells);
			(cells ? table.fit : table.others).push(place);
		} catch (error) {
			table.refused.push([place, toFailure(error)]);
		}
	}
	return table;
}

/** The rows of one job, written as a CSV file while it is sent. */
export class Part {
	readonly pairing: Pairing;
	/** behind its last row: known when the file was written for the first time */
	private behind: number | undefined;

	/** @param start its first row, by the number among those that fit */
	constructor(
		readonly verb: Verb,
		readonly rows: RecordRow[],
		private readonly table: Table,
		private readonly start: number,
		private readonly mostBytes = MOST_BYTES,
	) {
		this.pairing = new Pairing(verb, table.columns.header);
	}

	get end(): number {
		return this.behind ?? this.table.fit.length;
	}

	/** Where its rows stand among all. */
	get places(): number[] {
		return this.table.fit.slice(this.start, this.end);
	}

	/** The same file each time. */
	body(): Readable {
		return Readable.from(this.chunks(), { objectMode: false });
	}

	private async *chunks(): AsyncGenerator<Buffer> {
		const { fit, columns } = this.table;
		this.pairing.clear();
		let text = lineOf(columns.header);
		let bytes = Buffer.byteLength(text);
		let n = this.start;
		for (; n < this.end; n++) {
			const place = fit[n] ?? -1;
			const row = this.rows[place];
			const line = columns.line((row && cellsOf(this.verb, row)) ?? new Map<string, string>());
			const written = lineOf(line);
			bytes += Buffer.byteLength(written);
			if (bytes > this.mostBytes && n > this.start) break;
			this.pairing.add(place, line);
			text += written;
			if (text.length < CHUNK_CHARACTERS) continue;
			yield Buffer.from(text);
			text = '';
			// A fast connection takes one after the other, and nobody else would get a turn.
			await turn();
		}
		this.behind = n;
		if (text !== '') yield Buffer.from(text);
	}
}

/** Salesforce takes either line end, and the job says which one. */
const lineOf = (cells: string[]) => csvLine(cells).replace(/\r\n$/, '\n');
