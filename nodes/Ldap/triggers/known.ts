import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Entry } from '../transport/entry';
import type { KnownIds } from './news';

/**
 * One value: "=" and its text, ":" and its bytes in base64, or "#" and a fingerprint of what is too long
 * to be kept.
 */
export type KnownValue = string;

/** An entry as the workflow has heard of it. */
export interface KnownEntry {
	dn: string;
	/** sorted: the order of values means nothing (RFC 4512 section 2.3) */
	attributes: Record<string, KnownValue[]>;
}

const LONGEST_VALUE = 512;

// What one change makes be written anew: of 100,000 entries about 400.
export const SHELVES = 256;

/** @param keepValues whether values are kept; else fingerprints only, which are smaller for long values */
export function knownEntryOf(
	{ dn, attributes }: Entry,
	keepValues: (type: string) => boolean,
): KnownEntry {
	const kept = attributes
		.filter(({ values }) => values.length > 0)
		.map(({ type, values }) => {
			const longest = keepValues(type) ? LONGEST_VALUE : 0;
			return [type, values.map((value) => knownValueOf(value, longest)).sort()] as const;
		});
	kept.sort(([a], [b]) => (a < b ? -1 : 1));
	return { dn, attributes: Object.fromEntries(kept) };
}

function knownValueOf(value: Buffer, longest: number): KnownValue {
	if (value.length > longest)
		return `#${createHash('sha256').update(value).digest('base64url').slice(0, 16)}`;
	return isUtf8(value) ? `=${value.toString()}` : `:${value.toString('base64')}`;
}

/** The bytes of a value; `undefined` where only a fingerprint was kept. */
export function bytesOf(value: KnownValue): Buffer | undefined {
	const rest = value.slice(1);
	if (value.startsWith('=')) return Buffer.from(rest);
	return value.startsWith(':') ? Buffer.from(rest, 'base64') : undefined;
}

/** Values of an attribute that came and went. */
export interface AttributeDifference {
	type: string;
	added: KnownValue[];
	removed: KnownValue[];
}

/** What two states of an entry differ in, by the names of the attributes. */
export function differences(
	before: KnownEntry | undefined,
	after: KnownEntry | undefined,
): AttributeDifference[] {
	const types = [...Object.keys(before?.attributes ?? {}), ...Object.keys(after?.attributes ?? {})];
	return [...new Set(types)].sort().flatMap((type) => {
		const had = new Set(before?.attributes[type]);
		const has = new Set(after?.attributes[type]);
		const added = [...has].filter((value) => !had.has(value));
		const removed = [...had].filter((value) => !has.has(value));
		return added.length + removed.length > 0 ? [{ type, added, removed }] : [];
	});
}

/** The entries that are known, on shelves that are written down one by one when they have changed. */
export class Known implements KnownIds {
	private readonly shelves = Array.from({ length: SHELVES }, () => new Map<string, KnownEntry>());
	private readonly ids = new Map<string, string>();
	private readonly changed = new Set<number>();

	get(id: string): KnownEntry | undefined {
		return this.shelves[shelfOf(id)]?.get(id);
	}

	has(id: string): boolean {
		return this.get(id) !== undefined;
	}

	nameOf(id: string): string | undefined {
		return this.get(id)?.dn;
	}

	idOf(dn: string): string | undefined {
		return this.ids.get(dn.toLowerCase());
	}

	*keys(): Generator<string> {
		for (const shelf of this.shelves) yield* shelf.keys();
	}

	set(id: string, entry: KnownEntry): void {
		this.delete(id);
		this.restore([[id, entry]]);
		this.changed.add(shelfOf(id));
	}

	delete(id: string): void {
		const entry = this.get(id);
		if (!entry) return;
		// Another entry may have taken the name meanwhile.
		const name = entry.dn.toLowerCase();
		if (this.ids.get(name) === id) this.ids.delete(name);
		this.shelves[shelfOf(id)]?.delete(id);
		this.changed.add(shelfOf(id));
	}

	/** The next shelf that has changed since it was taken last, with all that is on it. */
	takeChanged(): [shelf: number, entries: Array<[string, KnownEntry]>] | undefined {
		const [n] = this.changed;
		if (n === undefined) return undefined;
		this.changed.delete(n);
		return [n, [...(this.shelves[n] ?? [])]];
	}

	/** Puts back what was written down. */
	restore(entries: Array<[string, KnownEntry]>): void {
		for (const [id, entry] of entries) {
			this.shelves[shelfOf(id)]?.set(id, entry);
			this.ids.set(entry.dn.toLowerCase(), id);
		}
	}
}

/** Of any text, the same in every process. */
function shelfOf(id: string): number {
	let hash = 0;
	for (let n = 0; n < id.length; n++) hash = (hash * 31 + id.charCodeAt(n)) | 0;
	return (hash >>> 0) % SHELVES;
}
