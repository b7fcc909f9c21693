import { StringDecoder } from 'node:string_decoder';
import { sleep, systemClock } from './clock';

const PIECE_BYTES = 64 * 1024;
const BYTES_PER_TURN = 1024 * 1024;

/**
 * The rows of a CSV file (RFC 4180; lines end with LF or CRLF), in batches as they arrive: memory does
 * not grow with the file, and other work goes on in between. A byte order mark and empty lines are
 * skipped. The header is a row like any other.
 *
 * A text of 13 characters and more keeps the piece of the file that it stands in: who keeps a few of
 * very many must copy them.
 * @throws Error that names the row, where a quote is not closed or text follows a closing quote
 */
export async function* readCsv(
	chunks: AsyncIterable<Buffer>,
	{ delimiter = ',' }: { delimiter?: string } = {},
): AsyncGenerator<string[][]> {
	const decoder = new StringDecoder('utf8');
	const parser = new Parser(delimiter);
	for await (const chunk of chunks) {
		for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
			// A whole file in memory is one chunk, and nobody else would get a turn.
			if (at % BYTES_PER_TURN === 0 && at > 0) await sleep(systemClock, 0);
			const rows = parser.push(decoder.write(chunk.subarray(at, at + PIECE_BYTES)));
			if (rows.length > 0) yield rows;
		}
	}
	const rows = [...parser.push(decoder.end()), ...parser.end()];
	if (rows.length > 0) yield rows;
}

const QUOTE = '"';

/** Where the next character stands: `closed` is behind a quote that may be the first of two. */
type Place = 'start' | 'plain' | 'quoted' | 'closed' | 'closedByReturn';

class Parser {
	private place: Place = 'start';
	private row: string[] = [];
	private field = '';
	private number = 1;
	private first = true;
	private rows: string[][] = [];

	constructor(private readonly delimiter: string) {}

	/** The rows that end in this piece of the text. */
	push(piece: string): string[][] {
		let text = piece;
		if (this.first && text !== '') {
			this.first = false;
			if (text.startsWith('\uFEFF')) text = text.slice(1);
		}
		let at = 0;
		while (at < text.length) at = this[this.place](text, at);
		const { rows } = this;
		this.rows = [];
		return rows;
	}

	/** The last row, where no line end follows it. */
	end(): string[][] {
		if (this.place === 'quoted') throw this.wrong('a quote is not closed');
		if (this.place !== 'start' || this.row.length > 0) this.endRow();
		return this.rows;
	}

	private start(text: string, at: number): number {
		this.place = text[at] === QUOTE ? 'quoted' : 'plain';
		return this.place === 'quoted' ? at + 1 : at;
	}

	private plain(text: string, at: number): number {
		let end = at;
		while (end < text.length && text[end] !== this.delimiter && text[end] !== '\n') end++;
		this.field += text.slice(at, end);
		if (end === text.length) return end;
		if (text[end] === this.delimiter) this.endField();
		else {
			if (this.field.endsWith('\r')) this.field = this.field.slice(0, -1);
			this.endRow();
		}
		return end + 1;
	}

	private quoted(text: string, at: number): number {
		const quote = text.indexOf(QUOTE, at);
		const end = quote < 0 ? text.length : quote;
		this.field += text.slice(at, end);
		if (quote >= 0) this.place = 'closed';
		return end + 1;
	}

	private closed(text: string, at: number): number {
		const next = text[at];
		if (next === QUOTE) {
			this.field += QUOTE;
			this.place = 'quoted';
		} else if (next === this.delimiter) this.endField();
		else if (next === '\n') this.endRow();
		else if (next === '\r') this.place = 'closedByReturn';
		else throw this.wrong('text follows a closing quote');
		return at + 1;
	}

	private closedByReturn(text: string, at: number): number {
		if (text[at] !== '\n') throw this.wrong('text follows a closing quote');
		this.endRow();
		return at + 1;
	}

	private endField(): void {
		this.row.push(this.field);
		this.field = '';
		this.place = 'start';
	}

	private endRow(): void {
		const empty = this.place === 'plain' && this.row.length === 0 && this.field === '';
		this.endField();
		if (!empty) this.rows.push(this.row);
		this.row = [];
		this.number++;
	}

	private wrong(what: string): Error {
		return new Error(`Not a valid CSV file: in row ${this.number} ${what}`);
	}
}
