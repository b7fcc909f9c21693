import type { SalesforceClient } from '../client';
import { queryPages } from './pages';
import type { Row } from './records';

/** The first row of a query, where there is one. */
export async function firstRow(client: SalesforceClient, soql: string): Promise<Row | undefined> {
	for await (const [row] of queryPages(client, soql, { limit: 1 })) return row;
	return undefined;
}
