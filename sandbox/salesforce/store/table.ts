import type { ObjectType } from '../schema/objectType.ts';
import { isDeleted, type Row, type Value } from './row.ts';

/** Rows with the same value of a field. Most values of most fields stand in one row. */
type Bucket = Row | Set<Row>;

/** Lookups that no query starts from and that nearly all records share. */
const notIndexed = ['CreatedById', 'LastModifiedById', 'OwnerId', 'RecordTypeId'];

/** All records of one object, found by id, by external id, by unique value and by parent. */
export class Table {
	readonly type: ObjectType;
	private readonly rows = new Map<string, Row>();
	private readonly indexes = new Map<string, Map<string, Bucket>>();
	private binned = 0;

	constructor(type: ObjectType) {
		this.type = type;
		for (const { name, externalId, unique, idLookup, type: kind } of type.fields) {
			const key = externalId || unique || (idLookup && name !== 'Id');
			const parent = kind === 'reference' && !notIndexed.includes(name);
			if (key || parent) this.indexes.set(name, new Map());
		}
	}

	get(id: string): Row | undefined {
		return this.rows.get(id);
	}

	all(): IterableIterator<Row> {
		return this.rows.values();
	}

	/** How many there are, without those in the recycle bin. */
	get count(): number {
		return this.rows.size - this.binned;
	}

	/** Whether `having` answers for this field. */
	isIndexed(field: string): boolean {
		return this.indexes.has(field);
	}

	/** Rows whose field has this value, in any case of letters; deleted ones too. */
	having(field: string, value: Value): Row[] {
		const bucket = this.indexes.get(field)?.get(keyOf(value));
		if (!bucket) return [];
		return bucket instanceof Set ? [...bucket] : [bucket];
	}

	put(row: Row): void {
		this.rows.set(row.id, row);
		if (isDeleted(row)) this.binned++;
		for (const [field, index] of this.indexes) enter(index, row.values[field] ?? null, row);
	}

	/** @param values all of them, not only those that change */
	change(row: Row, values: Record<string, Value>): void {
		const before = row.values;
		if (isDeleted(row)) this.binned--;
		row.values = values;
		if (isDeleted(row)) this.binned++;
		for (const [field, index] of this.indexes) {
			const [from = null, to = null] = [before[field], values[field]];
			if (from === to) continue;
			leave(index, from, row);
			enter(index, to, row);
		}
	}

	take(row: Row): void {
		this.rows.delete(row.id);
		if (isDeleted(row)) this.binned--;
		for (const [field, index] of this.indexes) leave(index, row.values[field] ?? null, row);
	}
}

const keyOf = (value: Value): string => String(value).toLowerCase();

function enter(index: Map<string, Bucket>, value: Value, row: Row): void {
	if (value === null) return;
	const key = keyOf(value);
	const bucket = index.get(key);
	if (!bucket) index.set(key, row);
	else if (bucket instanceof Set) bucket.add(row);
	else index.set(key, new Set([bucket, row]));
}

function leave(index: Map<string, Bucket>, value: Value, row: Row): void {
	if (value === null) return;
	const key = keyOf(value);
	const bucket = index.get(key);
	if (bucket instanceof Set) {
		bucket.delete(row);
		if (bucket.size === 0) index.delete(key);
	} else if (bucket === row) index.delete(key);
}
