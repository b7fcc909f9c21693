/** A record as a query gives it. */
export type Row = Record<string, unknown>;

/** What a query answers with, and what stands in a record for the children of it. */
export interface RecordPage {
	totalSize: number;
	done: boolean;
	nextRecordsUrl?: string;
	records: Row[];
}

const isObject = (value: unknown): value is Row =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

export const isRecordPage = (value: unknown): value is RecordPage =>
	isObject(value) && Array.isArray(value.records) && typeof value.done === 'boolean';

/**
 * A record without what the API adds: children are a list, parents an object.
 * @param attributes keep type and address of each record
 */
export function plainRow(record: Row, attributes = false): Row {
	const row: Row = {};
	for (const [name, value] of Object.entries(record)) {
		if (name === 'attributes' && !attributes) continue;
		if (isRecordPage(value)) row[name] = value.records.map((child) => plainRow(child, attributes));
		else row[name] = isSObject(value) ? plainRow(value, attributes) : value;
	}
	return row;
}

/** A parent, and not a compound value such as an address. */
const isSObject = (value: unknown): value is Row => isObject(value) && isObject(value.attributes);

/** Every page of children that the record holds only the beginning of, at any depth. */
export function unfinished(record: Row): RecordPage[] {
	return Object.values(record).flatMap((value) => {
		if (isRecordPage(value))
			return [...(value.done ? [] : [value]), ...value.records.flatMap(unfinished)];
		return isSObject(value) ? unfinished(value) : [];
	});
}
