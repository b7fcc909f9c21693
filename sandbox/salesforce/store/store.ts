import type { OrgClock } from '../clock.ts';
import { makeId, normalId } from '../ids.ts';
import type { Schema } from '../schema/schema.ts';
import { isDeleted, type Row, type Value } from './row.ts';
import { Table } from './table.ts';

/** What was done to a record. */
export interface Change {
	kind: 'created' | 'updated' | 'deleted' | 'undeleted';
	row: Row;
	/** Names of the fields that have another value than before; all with a value for a new one. */
	fields: string[];
	/** By whom. */
	userId: string;
	/** Milliseconds, by the clock of the org. */
	at: number;
	/** Numbers the transactions of the store; all changes of one call have the same. */
	transaction: number;
}

/** All records of the org. Every change is undone when the transaction around it fails. */
export class Store {
	readonly schema: Schema;
	readonly clock: OrgClock;
	/** Who makes changes that no request makes. */
	systemUserId = '';
	private readonly tables = new Map<string, Table>();
	private readonly numbers = new Map<string, number>();
	private readonly listeners = new Set<(changes: Change[]) => void>();
	private undo: Array<() => void> = [];
	private pending: Change[] = [];
	private depth = 0;
	private transactions = 0;

	constructor(schema: Schema, clock: OrgClock) {
		this.schema = schema;
		this.clock = clock;
	}

	/** The records of an object of the schema. */
	table(object: string): Table {
		const type = this.schema.get(object);
		if (!type) throw new Error(`There is no object ${object}`);
		let table = this.tables.get(type.name);
		if (!table) {
			table = new Table(type);
			this.tables.set(type.name, table);
		}
		return table;
	}

	/** A record by an id of 15 or 18 characters, deleted or not. */
	find(id: string): Row | undefined {
		const key = normalId(id);
		const type = key === undefined ? undefined : this.schema.ofId(key);
		return type && key !== undefined ? this.table(type.name).get(key) : undefined;
	}

	/** The values of a record that is not deleted, formulas included. */
	read(id: string): Record<string, Value> | undefined {
		const row = this.find(id);
		if (!row || isDeleted(row)) return undefined;
		const type = this.table(row.object).type;
		return Object.fromEntries(
			type.fields.map((field) => [field.name, this.value(row, field.name)]),
		);
	}

	/** The value of a field, computed where it is a formula; null when it has none. */
	value(row: Row, name: string): Value {
		const compute = this.schema.field(row.object, name)?.compute;
		return (compute ? compute(row, (id) => this.find(id)) : row.values[name]) ?? null;
	}

	/** How many records of an object are not deleted. */
	count(object: string): number {
		return this.table(object).count;
	}

	/** The records of an object that are not deleted, oldest first. */
	rows(object: string): Row[] {
		return [...this.table(object).all()].filter((row) => !isDeleted(row));
	}

	/** Tells of changes once they are committed; returns how to end that. */
	listen(listener: (changes: Change[]) => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Does all of it or nothing: when it throws, everything done inside is undone. */
	transaction<T>(act: () => T): T {
		const undoFrom = this.undo.length;
		const pendingFrom = this.pending.length;
		if (this.depth === 0) this.transactions++;
		this.depth++;
		try {
			const result = act();
			this.depth--;
			if (this.depth === 0) this.commit();
			return result;
		} catch (error) {
			this.depth--;
			while (this.undo.length > undoFrom) this.undo.pop()?.();
			this.pending.length = pendingFrom;
			throw error;
		}
	}

	private commit(): void {
		const changes = this.pending;
		this.undo = [];
		this.pending = [];
		if (changes.length > 0) for (const listener of this.listeners) listener(changes);
	}

	/** A new id of an object. */
	nextId(object: string): string {
		const number = (this.numbers.get(object) ?? 0) + 1;
		this.numbers.set(object, number);
		return makeId(this.table(object).type.keyPrefix ?? '000', number);
	}

	/** The next number of an auto-number field. */
	nextNumber(object: string): number {
		const number = (this.numbers.get(`# ${object}`) ?? 0) + 1;
		this.numbers.set(`# ${object}`, number);
		return number;
	}

	/**
	 * Adds a record with these values without asking any rule of the org; defaults, owner and times
	 * are filled in. Returns its id.
	 */
	insert(object: string, values: Record<string, Value>, userId = this.systemUserId): string {
		return this.transaction(() => this.add(object, values, userId).id);
	}

	/** `insert` for those who are inside a transaction already. */
	add(object: string, given: Record<string, Value>, userId: string): Row {
		const table = this.table(object);
		const { type } = table;
		const stamp = this.clock.stamp();
		const values: Record<string, Value> = {};
		for (const { name, defaultValue } of type.fields) {
			if (defaultValue !== null) values[name] = defaultValue;
		}
		for (const [name, value] of Object.entries(given)) {
			const field = this.schema.field(object, name);
			if (!field) throw new Error(`${object} has no field ${name}`);
			values[field.name] = value;
		}
		if (this.schema.field(object, 'OwnerId')) values.OwnerId ??= userId;
		const { autoNumber } = type;
		if (autoNumber)
			values[autoNumber.field] ??= numbered(autoNumber.format, this.nextNumber(object));
		Object.assign(values, {
			CreatedDate: given.CreatedDate ?? stamp,
			CreatedById: given.CreatedById ?? userId,
			LastModifiedDate: given.LastModifiedDate ?? given.CreatedDate ?? stamp,
			LastModifiedById: userId,
			SystemModstamp: given.SystemModstamp ?? given.LastModifiedDate ?? given.CreatedDate ?? stamp,
			IsDeleted: given.IsDeleted ?? false,
		});
		const id = typeof given.Id === 'string' ? given.Id : this.nextId(object);
		const row: Row = { id, object: type.name, values: { ...values, Id: id } };
		table.put(row);
		this.undo.push(() => table.take(row));
		this.note('created', row, Object.keys(row.values), userId);
		return row;
	}

	/** Changes fields of a record without asking any rule, and its times unless they are given. */
	update(id: string, changes: Record<string, Value>, userId = this.systemUserId): void {
		const row = this.find(id);
		if (!row) throw new Error(`There is no record ${id}`);
		this.transaction(() => this.change(row, changes, userId));
	}

	/** `update` for those who are inside a transaction already. */
	change(
		row: Row,
		changes: Record<string, Value>,
		userId: string,
		kind: Change['kind'] = 'updated',
	): void {
		const table = this.table(row.object);
		const before = row.values;
		const stamp = this.clock.stamp();
		const touched = { LastModifiedDate: stamp, LastModifiedById: userId, SystemModstamp: stamp };
		table.change(row, { ...before, ...touched, ...changes });
		this.undo.push(() => table.change(row, before));
		const fields = Object.keys(row.values).filter((name) => row.values[name] !== before[name]);
		this.note(kind, row, fields, userId);
	}

	/** Puts a record into the recycle bin, with the children that go with it. */
	remove(row: Row, userId: string): void {
		for (const { child, field } of this.schema.children(row.object)) {
			if (!this.table(child.name).isIndexed(field.name)) continue;
			for (const one of this.table(child.name).having(field.name, row.id)) {
				if (isDeleted(one)) continue;
				if (field.cascadeDelete) this.remove(one, userId);
				else if (field.nillable && !field.compute) {
					this.change(one, { [field.name]: null }, userId);
				}
			}
		}
		this.change(row, { IsDeleted: true }, userId, 'deleted');
	}

	/** Takes a record out of the recycle bin. */
	restore(row: Row, userId: string): void {
		this.change(row, { IsDeleted: false }, userId, 'undeleted');
	}

	/** Empties the recycle bin of an object. */
	purge(object: string): void {
		const table = this.table(object);
		for (const row of [...table.all()]) if (isDeleted(row)) table.take(row);
	}

	private note(kind: Change['kind'], row: Row, fields: string[], userId: string): void {
		const [at, transaction] = [this.clock.now(), this.transactions];
		this.pending.push({ kind, row, fields, userId, at, transaction });
	}
}

/** A number in a format such as "INV-{00000}". */
const numbered = (format: string, number: number): string =>
	format.replace(/\{(0+)\}/, (_, zeros: string) => String(number).padStart(zeros.length, '0'));
