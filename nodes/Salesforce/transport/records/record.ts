import { setImmediate as breath } from 'node:timers/promises';

/** What is done to records. */
export type Verb = 'create' | 'update' | 'upsert' | 'delete';

/** One record to be written. */
export interface RecordRow {
	/** API name */
	object: string;
	/**
	 * By API name, in any case. A parent by its external ID: `{ Account: { Ext__c: 'A-1' } }`, or
	 * `{ 'Account.Ext__c': 'A-1' }`. null and '' empty a field, undefined leaves it alone.
	 */
	fields: Record<string, unknown>;
	/** of the record to be updated or deleted: 15 or 18 characters */
	id?: string;
	/** which record is to be updated, or created with this value */
	externalId?: { field: string; value: string };
	/** instead of those of all rows */
	options?: WriteOptions;
}

export interface WriteOptions {
	/** all records of one request, or none of them */
	allOrNone?: boolean;
	/** save what an alert of a duplicate rule would stop */
	allowDuplicates?: boolean;
	/** 'TRUE', 'FALSE', or the ID of a rule; default: the active rule, as Salesforce does */
	assignmentRule?: string;
	/** records of one request, 200 at most */
	batchSize?: number;
	/** more records than this go as a job of the Bulk API; Infinity: never */
	bulkAbove?: number;
}

/** What became of a record. */
export interface Written {
	id: string;
	success: true;
	/** of an upsert: whether the record is new */
	created?: boolean;
	/** of a platform event: under which id its subscribers see it */
	eventUuid?: string;
	/** the job of the Bulk API that did it */
	jobId?: string;
}

// Others get a turn while many rows are looked through.
const ROWS_PER_BREATH = 5_000;

/** 15 and 18 characters are the same ID: the last three are a checksum of the cases. */
export const shortId = (id: string): string => id.slice(0, 15);

/**
 * What tells records apart, for one object: external IDs are compared as Salesforce does or less
 * strictly ("a" and "A" may be the same record, and so may "7" and "07").
 * @returns undefined for a record that is yet to be created
 */
export function recordKey({ id, externalId }: RecordRow): string | undefined {
	if (externalId) return `${externalId.field.toLowerCase()} ${externalIdKey(externalId.value)}`;
	return id === undefined ? undefined : shortId(id);
}

/** Equal for values that may be the same external ID. */
export function externalIdKey(value: string): string {
	const text = value.trim().toLowerCase();
	return /^-?\d+(\.\d*)?$/.test(text) ? String(Number(text)) : text;
}

/**
 * Rows in the order in which they may be sent: no record twice in one turn, and its first row first.
 * @returns the places of the rows, turn by turn
 */
export async function inTurns(rows: RecordRow[]): Promise<number[][]> {
	const turns: number[][] = [];
	const seen = new Map<string, number>();
	for (const [place, row] of rows.entries()) {
		if (place % ROWS_PER_BREATH === 0) await breath();
		const key = recordKey(row);
		const name = key === undefined ? undefined : `${row.object.toLowerCase()} ${key}`;
		const turn = name === undefined ? 0 : (seen.get(name) ?? 0);
		if (name !== undefined) seen.set(name, turn + 1);
		(turns[turn] ??= []).push(place);
	}
	return turns;
}
