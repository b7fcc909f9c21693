import type { SalesforceClient } from '../client';
import { withQuery } from '../path';
import { longGet } from './longGet';
import { notAPage } from './page';
import type { Row } from './records';

/** Where a search looks, and what it returns of each record. */
export interface SearchedObject {
	name: string;
	fields?: string[];
	where?: string;
	orderBy?: string;
	limit?: number;
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_search_parameterized_post.htm */
export interface ParameterizedSearch {
	q: string;
	in?: 'ALL' | 'EMAIL' | 'NAME' | 'PHONE' | 'SIDEBAR';
	/** of those objects that name none of their own */
	fields?: string[];
	sobjects?: SearchedObject[];
	overallLimit?: number;
	spellCorrection?: boolean;
}

/** The records that SOSL finds, with type and address under "attributes". */
export async function search(client: SalesforceClient, sosl: string): Promise<Row[]> {
	const question = { operation: 'Search', path: withQuery('/search', { q: sosl }) };
	return await longGet(client, question, recordsOf);
}

export async function parameterizedSearch(
	client: SalesforceClient,
	asked: ParameterizedSearch,
): Promise<Row[]> {
	return await client.call(
		{
			operation: 'Search',
			method: 'POST',
			path: '/parameterizedSearch',
			json: asked,
			repeatable: true,
		},
		({ json }) => recordsOf(json),
	);
}

function recordsOf(json: unknown): Row[] {
	// Before version 37.0 it was a list.
	const found: unknown =
		typeof json === 'object' && json !== null && 'searchRecords' in json
			? json.searchRecords
			: json;
	if (Array.isArray(found)) return found as Row[];
	throw notAPage('The answer to a search has no records');
}
