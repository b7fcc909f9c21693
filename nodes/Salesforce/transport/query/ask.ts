import type { SalesforceClient } from '../client';
import { withQuery } from '../path';
import { longGet } from './longGet';
import { pageOf } from './page';
import type { RecordPage } from './records';

export interface QueryOptions {
	/** also those in the recycle bin, and archived ones */
	includeDeleted?: boolean;
	/** records of a page, 200 to 2,000; the org may send fewer */
	batchSize?: number;
	/** no more rows than this, and no page is asked for beyond it */
	limit?: number;
	/** keep type and address of each record, under "attributes" */
	attributes?: boolean;
}

/** The first page of a query. */
export async function askFirst(
	client: SalesforceClient,
	soql: string,
	options: QueryOptions,
): Promise<RecordPage> {
	const { includeDeleted } = options;
	const question = {
		operation: includeDeleted ? 'Query all' : 'Query',
		path: withQuery(includeDeleted ? '/queryAll' : '/query', { q: soql }),
		headers: headersOf(options),
	};
	return await longGet(client, question, pageOf);
}

function headersOf({ batchSize, limit = Infinity }: QueryOptions): Record<string, string> {
	// The org sends 2,000 if it can, and 200 at least: what nobody takes need not be sent.
	const size = batchSize ?? (limit < 2_000 ? limit : undefined);
	if (size === undefined) return {};
	const allowed = Math.min(2_000, Math.max(200, Math.floor(size)));
	return { 'sforce-query-options': `batchSize=${allowed}` };
}
