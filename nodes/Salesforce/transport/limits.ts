import type { SalesforceClient } from './client';
import { withQuery } from './path';

export interface Limit {
	/** "DailyApiRequests" */
	name: string;
	max: number;
	remaining: number;
	used: number;
	/** of `max`, rounded to tenths; 0 where there is none */
	usedPercent: number;
}

/**
 * The limits of the org, by name.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_limits.htm
 */
export async function getLimits(salesforce: SalesforceClient): Promise<Limit[]> {
	const request = { operation: 'Get limits', path: '/limits' };
	return await salesforce.call(request, ({ json }) => limitsIn(json));
}

function limitsIn(json: unknown): Limit[] {
	const entries: Array<[string, unknown]> = Object.entries(json ?? {});
	return entries
		.flatMap(([name, value]) => {
			if (typeof value !== 'object' || value === null) return [];
			if (!('Max' in value) || !('Remaining' in value)) return [];
			return [limitOf(name, Number(value.Max), Number(value.Remaining))];
		})
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function limitOf(name: string, max: number, remaining: number): Limit {
	const used = max - remaining;
	const usedPercent = max > 0 ? Math.round((used / max) * 1_000) / 10 : 0;
	return { name, max, remaining, used, usedPercent };
}

export interface RecordCount {
	/** API name */
	object: string;
	count: number;
}

/**
 * How many records objects have, as Salesforce last counted.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_record_count.htm
 * @param objects API names; none: all that were counted
 */
export async function recordCounts(
	salesforce: SalesforceClient,
	objects: string[],
): Promise<RecordCount[]> {
	const sObjects = objects.length > 0 ? objects.join(',') : undefined;
	const request = {
		operation: 'Get record counts',
		path: withQuery('/limits/recordCount', { sObjects }),
	};
	return await salesforce.call(request, ({ json }) => countsIn(json));
}

function countsIn(json: unknown): RecordCount[] {
	if (typeof json !== 'object' || json === null || !('sObjects' in json)) return [];
	const rows: unknown[] = Array.isArray(json.sObjects) ? json.sObjects : [];
	return rows.flatMap((row) =>
		typeof row === 'object' && row !== null && 'name' in row && 'count' in row
			? [{ object: String(row.name), count: Number(row.count) }]
			: [],
	);
}
