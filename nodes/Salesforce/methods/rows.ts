import type { SalesforceClient } from '../transport/client';
import { withQuery } from '../transport/path';
import { askFirst } from '../transport/query/ask';

export type Row = Record<string, unknown>;

/** The rows of a query that says itself how many it wants: those of the first page. */
export const rowsOf = async (client: SalesforceClient, soql: string): Promise<Row[]> =>
	(await askFirst(client, soql, {})).records;

/** The rows of a search in all that is indexed. */
export const hitsOf = async (client: SalesforceClient, sosl: string): Promise<Row[]> =>
	await client.call(
		{ operation: 'Search', path: withQuery('/search', { q: sosl }) },
		({ json }) => (json as { searchRecords: Row[] }).searchRecords,
	);

/** What stands in a field, as a text; '' for nothing. */
export const textOf = (row: Row, field: string): string => {
	const value = row[field];
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};
