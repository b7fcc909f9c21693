import { Failure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import { describeObject } from '../describeCache';
import type { ResultPage } from './bulk/results';
import { typedRows } from './bulk/typedRows';
import type { FieldOf } from './conditions';
import { fieldTypes } from './fieldTypes';
import type { Row } from './records';
import type { SourceOptions } from './source';
import { sourceOf } from './source';

/** Some rows of a result: as records, or as lines of CSV with what turns them into records. */
export type Part =
	| { via: 'rest'; rows: Row[] }
	| { via: 'bulk'; jobId: string; page: ResultPage; rows(): AsyncGenerator<Row[]> };

/**
 * The rows of queries that belong together, one query after the other.
 * @param options the limit is that of all of them
 */
export async function* partsOf(
	client: SalesforceClient,
	queries: string[],
	options: SourceOptions,
): AsyncGenerator<Part> {
	let left = options.limit ?? Infinity;
	for (const soql of queries) {
		if (left <= 0) return;
		const source = await sourceOf(client, soql, { ...options, limit: left });
		if (source.via === 'rest') {
			for await (const rows of source.pages) {
				left -= rows.length;
				yield { via: 'rest', rows };
			}
			continue;
		}
		const { jobId, object, pages } = source;
		for await (const page of pages) {
			left -= page.count;
			yield { via: 'bulk', jobId, page, rows: () => records(client, object, page) };
		}
	}
}

async function* records(
	client: SalesforceClient,
	object: string,
	page: ResultPage,
): AsyncGenerator<Row[]> {
	yield* typedRows(page, await typesOf(client, object, page.columns));
}

/** A column that is no field, as that of a function, has texts. */
async function typesOf(
	client: SalesforceClient,
	object: string,
	columns: string[],
): Promise<FieldOf> {
	const types = new Map<string, string>();
	for (const name of columns) {
		try {
			const describe = async (wanted: string) => await describeObject(client, wanted);
			const fieldOf = await fieldTypes(describe, object, [name]);
			types.set(name, fieldOf(name).type);
		} catch (error) {
			if (!(error instanceof Failure) || error.kind !== 'invalid') throw error;
		}
	}
	return (name) => ({ name, type: types.get(name) ?? 'string' });
}
