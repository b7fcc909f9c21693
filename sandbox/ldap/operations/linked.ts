import type { Service } from '../context.ts';
import { distinguishedNameKey } from '../dn.ts';
import { isComplete } from '../checks.ts';
import type { Entry } from '../entry.ts';

/** Where links must lead somewhere: to an entry that is there. @throws {Refusal} */
export function checkLinks(before: Entry | undefined, after: Entry, service: Service): void {
	const { directory, personality } = service;
	if (!personality.strictLinks) return;
	for (const { forward } of directory.links.types) {
		const known = new Set(before?.get(forward)?.values);
		for (const value of after.get(forward)?.values ?? []) {
			if (known.has(value)) continue;
			const key = distinguishedNameKey(value.toString(), directory.schema);
			if (key === undefined || !directory.get(key)) {
				throw personality.words.noSuchObject(personality.base);
			}
		}
	}
}

/** Links to an entry that was renamed follow it; those to one that was deleted go. */
export function followLinks(
	oldKey: string,
	newName: string | undefined,
	{ directory, personality }: Service,
): void {
	const types = personality.followedLinks.map((name) => directory.schema.attribute(name));
	for (const { forward, back } of directory.links.types) {
		if (!types.includes(forward)) continue;
		for (const ownerKey of [...directory.links.ownersOf(back, oldKey)]) {
			const owner = directory.get(ownerKey);
			const attribute = owner?.get(forward);
			if (!owner || !attribute) continue;
			const values = attribute.values.flatMap((value) => {
				if (distinguishedNameKey(value.toString(), directory.schema) !== oldKey) return [value];
				return newName === undefined ? [] : [Buffer.from(newName)];
			});
			const after = owner.copy();
			after.put({ ...attribute, values });
			// As in slapd the link stays where the entry may not be without it.
			if (!isComplete(after, directory.schema, personality.words)) continue;
			if (personality.linkUpdatesCount) directory.replace(owner, after);
			else directory.relink(owner, after);
		}
	}
}
