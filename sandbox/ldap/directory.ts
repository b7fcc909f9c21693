import { nameOf, type Dn } from './dn.ts';
import type { Entry } from './entry.ts';
import { LinkIndex } from './links.ts';
import { matchKey } from './matching.ts';
import type { Personality } from './personality.ts';
import type { AttributeType, Schema } from './schema.ts';

/** Something that happened to an entry. */
export interface DirectoryChange {
	/** counts from 1 */
	sequence: number;
	kind: 'add' | 'modify' | 'delete' | 'rename';
	before?: Entry;
	after?: Entry;
}

export interface Effect {
	adds: number;
	modifies: number;
	deletes: number;
	renames: number;
}

/** The entries, and what happened to them. Each method is one atomic step; nothing is checked here. */
export class Directory {
	readonly schema: Schema;
	readonly links: LinkIndex;
	readonly changes: DirectoryChange[] = [];
	/** By the key of the name the entry had. */
	readonly effects = new Map<string, Effect>();
	private readonly entries = new Map<string, Entry>();
	private readonly below = new Map<string, Set<string>>();
	private readonly indexed: AttributeType[];
	/** "OID key of the value" -> key of the entry */
	private readonly byValue = new Map<string, string>();
	private readonly listeners = new Set<(change: DirectoryChange) => void>();

	constructor({
		schema,
		linkPairs,
		indexed,
	}: Pick<Personality, 'schema' | 'linkPairs' | 'indexed'>) {
		this.schema = schema;
		this.links = new LinkIndex(schema, linkPairs);
		this.indexed = indexed.flatMap((name) => schema.attribute(name) ?? []);
	}

	/** The entry that has this value of an indexed attribute. */
	find(name: string, value: Buffer): Entry | undefined {
		const type = this.schema.attribute(name);
		const key = type && matchKey(type, value, this.schema);
		return key === undefined ? undefined : this.get(this.byValue.get(`${type?.oid} ${key}`) ?? '');
	}

	get size(): number {
		return this.entries.size;
	}

	get sequence(): number {
		return this.changes.length;
	}

	get(key: string): Entry | undefined {
		return this.entries.get(key);
	}

	hasChildren(key: string): boolean {
		return (this.below.get(key)?.size ?? 0) > 0;
	}

	*children(key: string): Generator<Entry> {
		for (const child of this.below.get(key) ?? []) {
			const entry = this.entries.get(child);
			if (entry) yield entry;
		}
	}

	/** All below, parents first. */
	*descendants(key: string): Generator<Entry> {
		for (const child of this.children(key)) {
			yield child;
			yield* this.descendants(child.dn.key);
		}
	}

	*all(): Generator<Entry> {
		yield* this.entries.values();
	}

	/** The nearest entry above a name. */
	nearest(dn: Dn): Entry | undefined {
		for (let at = 1; at < dn.rdns.length; at++) {
			const found = this.entries.get(nameOf(dn.rdns.slice(at)).key);
			if (found) return found;
		}
		return undefined;
	}

	add(entry: Entry): void {
		this.place(entry);
		this.index(undefined, entry);
		this.happened('add', undefined, entry);
	}

	replace(before: Entry, after: Entry): void {
		this.entries.set(after.dn.key, after);
		this.index(before, after);
		this.happened('modify', before, after);
	}

	/** As `replace`, but nobody hears of it. */
	relink(before: Entry, after: Entry): void {
		this.entries.set(after.dn.key, after);
		this.index(before, after);
	}

	/** @param remains what stays in its place, under another name */
	remove(entry: Entry, remains?: Entry): void {
		this.take(entry);
		if (remains) this.place(remains);
		this.index(entry, remains);
		this.happened('delete', entry, remains);
	}

	/** Gives an entry another name, and all below it with it. */
	rename(before: Entry, after: Entry): void {
		const lower = [...this.descendants(before.dn.key)];
		const depth = before.dn.rdns.length;
		this.swap(before, after);
		for (const entry of lower) {
			const own = entry.dn.rdns.slice(0, entry.dn.rdns.length - depth);
			this.swap(entry, entry.copy(nameOf([...own, ...after.dn.rdns])));
		}
		this.happened('rename', before, after);
	}

	/** @returns a function that ends it */
	watch(listener: (change: DirectoryChange) => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	private swap(before: Entry, after: Entry): void {
		this.take(before);
		this.place(after);
		this.index(before, after);
	}

	private index(before: Entry | undefined, after: Entry | undefined): void {
		this.links.update(before, after);
		for (const type of this.indexed) {
			for (const place of this.places(before, type)) this.byValue.delete(place);
			for (const place of this.places(after, type)) this.byValue.set(place, after?.dn.key ?? '');
		}
	}

	private places(entry: Entry | undefined, type: AttributeType): string[] {
		const values = entry?.get(type)?.values ?? [];
		return values.map((value) => `${type.oid} ${matchKey(type, value, this.schema)}`);
	}

	private place(entry: Entry): void {
		const { key, parentKey } = entry.dn;
		this.entries.set(key, entry);
		const siblings = this.below.get(parentKey) ?? new Set();
		this.below.set(parentKey, siblings.add(key));
	}

	private take(entry: Entry): void {
		this.entries.delete(entry.dn.key);
		this.below.get(entry.dn.parentKey)?.delete(entry.dn.key);
	}

	private happened(kind: DirectoryChange['kind'], before?: Entry, after?: Entry): void {
		const change = { sequence: this.changes.length + 1, kind, before, after };
		this.changes.push(change);
		const key = (before ?? after)?.dn.key ?? '';
		const effect = this.effects.get(key) ?? { adds: 0, modifies: 0, deletes: 0, renames: 0 };
		const counted = {
			add: 'adds',
			modify: 'modifies',
			delete: 'deletes',
			rename: 'renames',
		} as const;
		effect[counted[kind]]++;
		this.effects.set(key, effect);
		for (const listener of this.listeners) listener(change);
	}
}
