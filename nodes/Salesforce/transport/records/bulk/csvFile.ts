import { Readable } from 'node:stream';
import { invalidInput } from '../../../../shared/resilience/failure';
import type { ColumnDelimiter } from './job';
import { COLUMN_DELIMITERS } from './job';
import { MOST_BYTES } from './table';

/** Opens a file from its start, each time anew. */
export type OpenFile = () => AsyncIterable<Buffer>;

export interface Head {
	/** the first row with its end, without a byte order mark */
	header: Buffer;
	/** where the second row begins */
	bytes: number;
	columnDelimiter: ColumnDelimiter;
	lineEnding: 'LF' | 'CRLF';
}

const MOST_HEADER_BYTES = 1024 * 1024;
const QUOTE = '"'.charCodeAt(0);
const LINE_FEED = '\n'.charCodeAt(0);
const RETURN = '\r'.charCodeAt(0);
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** @throws Failure where the file has no header and a row below it */
export async function headOf(open: OpenFile): Promise<Head> {
	let head = Buffer.alloc(0);
	for await (const chunk of open()) {
		head = Buffer.concat([head, chunk]);
		const end = endOfRow(head);
		if (end !== undefined && end < head.length) return described(head.subarray(0, end));
		if (head.length > MOST_HEADER_BYTES) break;
	}
	throw invalidInput(
		'The file is no CSV file with a header and a row',
		'Its first line has the API names of the fields; each line below is a record.',
	);
}

/** Behind the first row. */
function endOfRow(bytes: Buffer): number | undefined {
	let quoted = false;
	for (const [at, byte] of bytes.entries()) {
		if (byte === QUOTE) quoted = !quoted;
		if (byte === LINE_FEED && !quoted) return at + 1;
	}
	return undefined;
}

function described(row: Buffer): Head {
	const marked = row.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
	const header = marked ? row.subarray(BYTE_ORDER_MARK.length) : row;
	const bare = header.toString().replace(/"[^"]*"/g, '');
	const columnsBy = (delimiter: ColumnDelimiter) => bare.split(COLUMN_DELIMITERS[delimiter]).length;
	return {
		header,
		bytes: row.length,
		columnDelimiter: DELIMITERS.reduce((best, one) =>
			columnsBy(one) > columnsBy(best) ? one : best,
		),
		lineEnding: header.at(-2) === RETURN ? 'CRLF' : 'LF',
	};
}

/** The usual one first: it is meant where there is one column. */
const DELIMITERS: ColumnDelimiter[] = ['COMMA', 'SEMICOLON', 'TAB', 'PIPE', 'CARET', 'BACKQUOTE'];

/** Rows of a CSV file that go into one job, below its header. */
export class FilePart {
	/** where the next part begins; undefined when this one has the last row */
	next: number | undefined;

	constructor(
		private readonly open: OpenFile,
		private readonly head: Head,
		private readonly from: number,
		private readonly mostBytes = MOST_BYTES,
	) {}

	/** The same each time. */
	body(): Readable {
		return Readable.from(this.chunks(), { objectMode: false });
	}

	private async *chunks(): AsyncGenerator<Buffer> {
		yield this.head.header;
		const room = this.mostBytes - this.head.header.length;
		let sent = 0;
		let quoted = false;
		/** of the row that has begun */
		let rest: Buffer[] = [];
		let restBytes = 0;
		let at = 0;
		for await (const chunk of this.open()) {
			const bytes = chunk.subarray(Math.max(0, this.from - at));
			at += chunk.length;
			/** behind the last row that ends in here */
			let whole = 0;
			for (let n = 0; n < bytes.length; n++) {
				const byte = bytes[n];
				if (byte === QUOTE) quoted = !quoted;
				if (byte !== LINE_FEED || quoted) continue;
				const isFull = sent + restBytes + n + 1 > room && sent + whole > 0;
				if (isFull) {
					if (whole > 0) yield* [...rest, bytes.subarray(0, whole)];
					this.next = this.from + sent + (whole > 0 ? restBytes + whole : 0);
					return;
				}
				whole = n + 1;
			}
			if (whole > 0) {
				yield* [...rest, bytes.subarray(0, whole)];
				sent += restBytes + whole;
				rest = [];
				restBytes = 0;
			}
			if (whole === bytes.length) continue;
			rest.push(bytes.subarray(whole));
			restBytes += bytes.length - whole;
		}
		if (quoted) throw invalidInput('The file is no CSV file: a quote in it is not closed');
		const isFull = sent > 0 && sent + restBytes > room;
		this.next = isFull ? this.from + sent : undefined;
		if (!isFull) yield* rest;
	}
}
