import { distinguishedNameKey } from './dn.ts';
import type { Entry } from './entry.ts';
import type { AttributeType, Schema } from './schema.ts';

/** Which attribute names other entries, and which of theirs says so. */
export interface LinkTypes {
	forward: AttributeType;
	back: AttributeType;
}

/** Who names whom: the back links, such as memberOf, follow from the forward ones. */
export class LinkIndex {
	readonly types: LinkTypes[];
	private readonly schema: Schema;
	/** "back OID target key" -> keys of the entries that name it */
	private readonly owners = new Map<string, Set<string>>();

	constructor(schema: Schema, pairs: ReadonlyArray<readonly [string, string]>) {
		this.schema = schema;
		this.types = pairs.flatMap(([forwardName, backName]) => {
			const forward = schema.attribute(forwardName);
			const back = schema.attribute(backName);
			return forward && back ? [{ forward, back }] : [];
		});
	}

	/** Keys of the entries that name this one by the forward attribute. */
	ownersOf(back: AttributeType, targetKey: string): ReadonlySet<string> {
		return this.owners.get(`${back.oid} ${targetKey}`) ?? new Set();
	}

	/** An entry changes, appears or goes. */
	update(before: Entry | undefined, after: Entry | undefined): void {
		for (const { forward, back } of this.types) {
			const old = new Set(before?.get(forward)?.values);
			const now = new Set(after?.get(forward)?.values);
			const moved = before?.dn.key !== after?.dn.key;
			for (const value of old) {
				if (before && (moved || !now.has(value))) this.of(back, value)?.delete(before.dn.key);
			}
			for (const value of now) {
				if (after && (moved || !old.has(value))) this.of(back, value)?.add(after.dn.key);
			}
		}
	}

	private of(back: AttributeType, value: Buffer): Set<string> | undefined {
		const target = distinguishedNameKey(value.toString(), this.schema);
		if (target === undefined) return undefined;
		const place = `${back.oid} ${target}`;
		const owners = this.owners.get(place) ?? new Set();
		this.owners.set(place, owners);
		return owners;
	}
}
