import { InvalidBatch } from './refusals.ts';

/** By the name that jobs use. */
export const delimiters = {
	BACKQUOTE: '`',
	CARET: '^',
	COMMA: ',',
	PIPE: '|',
	SEMICOLON: ';',
	TAB: '\t',
} as const;

export const lineEndings = { LF: '\n', CRLF: '\r\n' } as const;

export interface CsvForm {
	columnDelimiter: keyof typeof delimiters;
	lineEnding: keyof typeof lineEndings;
}

/**
 * The rows of an upload, header included. Nothing is trimmed. A byte order mark is a part of the first
 * name, as for Salesforce, which then finds "unescaped quotes" behind it.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/datafiles_prepare_csv.htm
 * @throws InvalidBatch in Salesforce's words
 */
export function* readRows(text: string, form: CsvForm): Generator<string[]> {
	const delimiter = delimiters[form.columnDelimiter];
	let at = 0;
	let quote = -1;
	while (at < text.length) {
		let end = text.indexOf('\n', at);
		if (end < 0) end = text.length;
		if (quote < at) {
			quote = text.indexOf('"', at);
			if (quote < 0) quote = Infinity;
		}
		if (quote > end) {
			const line = text.slice(at, checkedEnd(text, end, form));
			if (line !== '') yield line.split(delimiter);
			at = end + 1;
			continue;
		}
		const row: string[] = [];
		at = readQuoted(text, at, delimiter, form, row);
		yield row;
	}
}

/** Where the line ends without its line ending. @throws InvalidBatch for the other one */
function checkedEnd(text: string, end: number, { lineEnding }: CsvForm): number {
	const carriageReturn = text[end - 1] === '\r';
	const wrong = lineEnding === 'LF' ? carriageReturn : !carriageReturn && end < text.length;
	if (wrong) {
		throw new InvalidBatch(
			`ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is ${lineEnding}`,
		);
	}
	return carriageReturn ? end - 1 : end;
}

/** Reads one row, in which something is quoted. Returns where the next one begins. */
function readQuoted(
	text: string,
	from: number,
	delimiter: string,
	form: CsvForm,
	row: string[],
): number {
	let at = from;
	for (;;) {
		if (text[at] === '"') {
			const { value, end } = quotedValue(text, at);
			row.push(value);
			at = end;
			if (text[at] === delimiter) {
				at++;
				continue;
			}
			if (at >= text.length) return at;
			const lineEnd = text[at] === '\r' ? at + 1 : at;
			if (text[lineEnd] !== '\n') throw unescapedQuote();
			checkedEnd(text, lineEnd, form);
			return lineEnd + 1;
		}
		let lineEnd = text.indexOf('\n', at);
		if (lineEnd < 0) lineEnd = text.length;
		// Within the line: where there is no further delimiter, the search must not go on to the end.
		const length = text.slice(at, lineEnd).indexOf(delimiter);
		const last = length < 0;
		const value = text.slice(at, last ? checkedEnd(text, lineEnd, form) : at + length);
		if (value.includes('"')) throw unescapedQuote();
		row.push(value);
		if (last) return lineEnd + 1;
		at += length + 1;
	}
}

function quotedValue(text: string, at: number): { value: string; end: number } {
	let escaped = false;
	for (let from = at + 1; ;) {
		const quote = text.indexOf('"', from);
		if (quote < 0) {
			throw new InvalidBatch(
				'InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote',
			);
		}
		if (text[quote + 1] !== '"') {
			const raw = text.slice(at + 1, quote);
			return { value: escaped ? raw.replaceAll('""', '"') : raw, end: quote + 1 };
		}
		escaped = true;
		from = quote + 2;
	}
}

const unescapedQuote = () =>
	new InvalidBatch(
		'InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote',
	);

const quoted = (value: string) => `"${value.includes('"') ? value.replaceAll('"', '""') : value}"`;

/** One line of an answer, line ending included: everything is quoted. */
export const csvLine = (values: readonly string[], form: CsvForm): string =>
	values.map(quoted).join(delimiters[form.columnDelimiter]) + lineEndings[form.lineEnding];
