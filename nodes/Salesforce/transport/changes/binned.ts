import type { SalesforceClient } from '../client';
import { queryPages } from '../query/pages';
import { quote } from '../query/quote';
import type { Row } from '../query/records';
import type { Deletion } from './deleted';
import type { Wanted } from './rows';
import { andAll, shortId } from './rows';

/** What was deleted, with what is still known of it. */
export interface DeletedRow extends Deletion {
	/** undefined: it is not even in the recycle bin any more */
	record?: Row;
}

// Records of one query.
const PAGE = 200;

/**
 * Deletions with the records as they lie in the recycle bin. With a condition, those that do not match
 * are left out; of those that are gone for good nobody can tell.
 */
export async function* fromTheBin(
	client: SalesforceClient,
	wanted: Wanted,
	deletions: Deletion[],
): AsyncGenerator<DeletedRow[]> {
	for (let n = 0; n < deletions.length; n += PAGE) {
		const page = deletions.slice(n, n + PAGE);
		const ids = page.map(({ id }) => id);
		const records = await recordsById(client, wanted, ids);
		const rest = ids.filter((id) => !records.has(shortId(id)));
		const others =
			wanted.condition === '' || rest.length === 0
				? new Map<string, Row>()
				: await recordsById(client, { ...wanted, fields: ['Id'], condition: '' }, rest);
		yield page.flatMap((deletion): DeletedRow[] => {
			const key = shortId(deletion.id);
			if (others.has(key)) return [];
			const record = records.get(key);
			return [{ ...deletion, ...(record && { record }) }];
		});
	}
}

/** Those of the records that match, deleted or not, by the first 15 characters of their ids. */
export async function recordsById(
	client: SalesforceClient,
	{ object, fields, condition }: Wanted,
	ids: string[],
): Promise<Map<string, Row>> {
	if (ids.length === 0) return new Map();
	const where = andAll(`Id IN (${[...new Set(ids)].map(quote).join(', ')})`, condition);
	const soql = `SELECT ${fields.join(', ')} FROM ${object} WHERE ${where}`;
	const found = new Map<string, Row>();
	for await (const page of queryPages(client, soql, { includeDeleted: true }))
		for (const row of page) found.set(shortId(String(row.Id)), row);
	return found;
}
