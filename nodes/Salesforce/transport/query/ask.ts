import type { SalesforceClient } from '../client';
import { salesforceFailure } from '../failure';
import { withQuery } from '../path';
import { notAPage, pageOf } from './page';
import type { RecordPage } from './records';

// The path and all headers together may have 16,384 bytes; a token alone may have several thousand.
// https://help.salesforce.com/s/articleView?id=000386264
const LONGEST_PATH = 10_000;

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

/** The first page of a query. What is too long for an address goes in the body of a batch of one. */
export async function askFirst(
	client: SalesforceClient,
	soql: string,
	options: QueryOptions,
): Promise<RecordPage> {
	const resource = options.includeDeleted ? '/queryAll' : '/query';
	const path = withQuery(resource, { q: soql });
	const operation = options.includeDeleted ? 'Query all' : 'Query';
	const headers = headersOf(options);
	if (path.length <= LONGEST_PATH) return await client.call({ operation, path, headers }, pageOf);
	const url = `v${await client.version()}${path}`;
	return await client.call(
		{
			operation,
			method: 'POST',
			path: '/composite/batch',
			json: { batchRequests: [{ method: 'GET', url }] },
			headers,
			repeatable: true,
		},
		({ json, headers: answered }) => {
			const { statusCode, result } = resultOf(json);
			if (statusCode >= 400)
				throw salesforceFailure(
					statusCode,
					answered,
					client.redact.text(JSON.stringify(result)),
					client.clock.now(),
				);
			return pageOf({ json: result });
		},
	);
}

function headersOf({ batchSize, limit = Infinity }: QueryOptions): Record<string, string> {
	// The org sends 2,000 if it can, and 200 at least: what nobody takes need not be sent.
	const size = batchSize ?? (limit < 2_000 ? limit : undefined);
	if (size === undefined) return {};
	const allowed = Math.min(2_000, Math.max(200, Math.floor(size)));
	return { 'sforce-query-options': `batchSize=${allowed}` };
}

function resultOf(json: unknown): { statusCode: number; result: unknown } {
	const results: unknown = isObject(json) ? json.results : undefined;
	const first: unknown = Array.isArray(results) ? results[0] : undefined;
	if (isObject(first) && typeof first.statusCode === 'number')
		return { statusCode: first.statusCode, result: first.result };
	throw notAPage('The answer to a batch has no results');
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;
