import { refusal, type ApiError } from '../errors.ts';

/** An error with the query around the place where it is, as the query service shows it. */
export function queryError(code: string, query: string, at: number, message: string): ApiError {
	const offset = Math.max(0, Math.min(at, query.length));
	const lines = query.slice(0, offset).split('\n');
	const row = lines.length;
	const column = (lines.at(-1)?.length ?? 0) + 1;
	const start = Math.max(0, offset - 40);
	const shown = query.slice(start, offset + 40).replaceAll(/[\r\n\t]/g, ' ');
	const caret = `${' '.repeat(offset - start)}^`;
	return refusal(code, `\n${shown}\n${caret}\nERROR at Row:${row}:Column:${column}\n${message}`);
}

/** Where a word stands in a query; its beginning when it is not found. */
export function placeOf(query: string, word: string): number {
	const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const found = new RegExp(`(?<![\\w.])${escaped}(?![\\w])`, 'i').exec(query);
	return found?.index ?? 0;
}

export const malformed = (query: string, at: number, message: string) =>
	queryError('MALFORMED_QUERY', query, at, message);
