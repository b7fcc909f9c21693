import { pump } from '../../../shared/ground/pump';
import { Failure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import type { QueryOptions } from './ask';
import { askFirst } from './ask';
import { notAPage, pageOf } from './page';
import type { RecordPage, Row } from './records';
import { plainRow, unfinished } from './records';

// Children of one record come one page after the other; those of several records at the same time.
const CHILD_REQUESTS = 4;

/**
 * The rows of a query, page by page, with all their children.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
 */
export async function* queryPages(
	client: SalesforceClient,
	soql: string,
	options: QueryOptions = {},
): AsyncGenerator<Row[]> {
	yield* pagesFrom(client, await askFirst(client, soql, options), options);
}

/** The rows of a page that is there already, and of all that follow. */
export async function* pagesFrom(
	client: SalesforceClient,
	first: RecordPage,
	{ limit = Infinity, attributes }: QueryOptions,
): AsyncGenerator<Row[]> {
	let left = limit;
	for (let page: RecordPage | undefined = first; page && left > 0;) {
		const records: Row[] = page.records.slice(0, left);
		left -= records.length;
		await withAllChildren(client, records);
		if (records.length > 0) yield records.map((record) => plainRow(record, attributes));
		page = left > 0 ? await pageAfter(client, page) : undefined;
	}
}

async function pageAfter(
	client: SalesforceClient,
	{ done, nextRecordsUrl }: RecordPage,
): Promise<RecordPage | undefined> {
	if (done) return undefined;
	if (!nextRecordsUrl) throw noWayOn();
	try {
		return await client.call({ operation: 'Query more', path: nextRecordsUrl }, ({ json }) => {
			const page = pageOf(json);
			// Else it would be asked for without end.
			if (page.nextRecordsUrl === nextRecordsUrl) throw noWayOn();
			return page;
		});
	} catch (error) {
		throw error instanceof Failure && error.code === 'INVALID_QUERY_LOCATOR'
			? expired(error)
			: error;
	}
}

async function withAllChildren(client: SalesforceClient, records: Row[]): Promise<void> {
	// What was fetched may itself have children that are incomplete.
	for (let open = records.flatMap(unfinished); open.length > 0;) {
		const fetched: Row[] = [];
		await pump(
			open.length,
			CHILD_REQUESTS,
			async (n) => {
				const children = open[n];
				if (!children) return;
				for (const child of await completed(client, children)) fetched.push(child);
			},
			() => false,
		);
		open = fetched.flatMap(unfinished);
	}
}

/** Puts what is missing into the page. @returns what was put in */
async function completed(client: SalesforceClient, children: RecordPage): Promise<Row[]> {
	const more: Row[] = [];
	for (let page = await pageAfter(client, children); page; page = await pageAfter(client, page)) {
		for (const record of page.records) more.push(record);
	}
	children.records = children.records.concat(more);
	children.done = true;
	return more;
}

const noWayOn = () => notAPage('The org says that there are more records, but not where');

const expired = (failure: Failure) =>
	failure.withHint(
		'The org keeps the place in the results for two days, and not through a refresh of a sandbox. Run the item again; a large export is safer as a file by Bulk API.',
	);
