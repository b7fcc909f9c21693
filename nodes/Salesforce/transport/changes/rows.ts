import type { SalesforceClient } from '../client';
import { withQuery } from '../path';
import { pageOf } from '../query/page';
import { queryPages } from '../query/pages';
import { quote } from '../query/quote';
import type { Row } from '../query/records';
import { serverTime, soqlTime, timeOf } from './time';

/** Ids have 15 characters that count, and 3 that are made of them. */
export const shortId = (id: string): string => id.slice(0, 15);

/** A place in the order of changes. */
export interface Place {
	/** ms since 1970 */
	time: number;
	/** of the last record of this time that is behind it; '': none */
	id: string;
}

/** Which records, and what of them. */
export interface Wanted {
	object: string;
	/** SystemModstamp, or what the object has in its place */
	timeField: string;
	/** what is read, with "Id" and `timeField` */
	fields: string[];
	/** WHERE of SOQL; '': all */
	condition: string;
	/** those in the recycle bin, and no others */
	deleted?: boolean;
}

/** A record as it is, and when it became so. */
export interface ChangedRow extends Place {
	/** when it was made; undefined where the object does not tell */
	created?: number;
	/** when a user, or what a user has begun, changed it last; undefined where it was not asked for */
	modified?: number;
	record: Row;
}

const LONGEST_CONDITION = 2_000;

// One page of the API.
const PAGE = 2_000;

/**
 * Records in the order in which they were changed, with all that others change meanwhile. Nothing is
 * left open at the org between two pages: it may take hours until the next one is wanted.
 * @param before records that were changed at this time or later are left out
 */
export async function* rowsAfter(
	client: SalesforceClient,
	wanted: Wanted,
	place: Place,
	before?: number,
): AsyncGenerator<ChangedRow[]> {
	let after = place;
	for (let full = true; full;) {
		const soql = soqlOf(wanted, after, before);
		const rows: ChangedRow[] = [];
		const options = { includeDeleted: wanted.deleted === true, limit: PAGE };
		for await (const page of queryPages(client, soql, options))
			for (const record of page) rows.push(rowOf(record, wanted.timeField));
		full = rows.length >= PAGE;
		after = rows.at(-1) ?? after;
		if (rows.length > 0) yield rows;
	}
}

export interface Glimpse {
	/** there is something, known or not */
	any: boolean;
	/** by the clock of the org */
	now: number;
}

/** Whether anything was changed since, and what time it is at the org: one small request. */
export async function glimpse(
	client: SalesforceClient,
	{ object, timeField, condition }: Wanted,
	since: number,
): Promise<Glimpse> {
	// What is too long for an address is left out: then there is more to find, and nothing less.
	const short = condition.length > LONGEST_CONDITION ? '' : condition;
	const where = andAll(`${timeField} >= ${soqlTime(since)}`, short);
	const soql = `SELECT Id FROM ${object} WHERE ${where} LIMIT 1`;
	const request = {
		operation: 'Query',
		about: `object "${object}"`,
		path: withQuery('/query', { q: soql }),
	};
	return await client.call(request, ({ json, headers }) => ({
		any: pageOf(json).records.length > 0,
		now: serverTime(headers),
	}));
}

function soqlOf(wanted: Wanted, { time, id }: Place, before: number | undefined): string {
	const { object, timeField, fields, condition, deleted } = wanted;
	const from = `${timeField} >= ${soqlTime(time)}`;
	const where = andAll(
		id === '' ? from : `${from} AND (${timeField} > ${soqlTime(time)} OR Id > ${quote(id)})`,
		before === undefined ? '' : `${timeField} < ${soqlTime(before)}`,
		deleted ? 'IsDeleted = true' : '',
		condition,
	);
	const order = `ORDER BY ${timeField} ASC, Id ASC LIMIT ${PAGE}`;
	return `SELECT ${fields.join(', ')} FROM ${object} WHERE ${where} ${order}`;
}

/** The parts that are not empty, all of which must hold. */
export const andAll = (...parts: string[]): string =>
	parts
		.filter((part) => part !== '')
		.map((part, n) => (n === 0 ? part : `(${part})`))
		.join(' AND ');

export function rowOf(record: Row, timeField: string): ChangedRow {
	const [created, modified] = [timeOf(record.CreatedDate), timeOf(record.LastModifiedDate)];
	return {
		id: String(record.Id),
		time: timeOf(record[timeField]) ?? 0,
		...(created !== undefined && { created }),
		...(modified !== undefined && { modified }),
		record,
	};
}
