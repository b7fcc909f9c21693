import { parseQuery, type Query } from '@jetstreamapp/soql-parser-js';
import { malformed, placeOf } from './errors.ts';

/** Most characters of a query. */
const longest = 100_000;

/** A query as a tree. @throws ApiError MALFORMED_QUERY with the place */
export function parse(query: string): Query {
	if (query.trim() === '') throw malformed(query, 0, "unexpected token: '<EOF>'");
	if (query.length > longest) {
		throw malformed(
			query.slice(0, 80),
			0,
			'SOQL statements cannot be longer than 100000 characters.',
		);
	}
	try {
		return parseQuery(query);
	} catch (error) {
		const { message } = error as Error;
		const offset = /at offset: (\d+)/.exec(message)?.[1];
		if (offset !== undefined) {
			const at = Number(offset);
			throw malformed(query, at, `unexpected token: '${query[at] ?? ''}'`);
		}
		const token = /(?:found -->|but found:) '(.*?)'/s.exec(message)?.[1] ?? '';
		if (token === '') throw malformed(query, query.length, "unexpected token: '<EOF>'");
		throw malformed(query, placeOf(query, token), `unexpected token: '${token}'`);
	}
}
