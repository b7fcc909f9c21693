import { Fields, type Entry } from './entry.ts';
import { matchKey } from './matching.ts';
import type { Words } from './personality.ts';
import { Refusal } from './refusal.ts';
import type { ObjectClass, Schema } from './schema.ts';

/** Whether an entry is as the schema demands (RFC 4512 section 2.4). @throws {Refusal} */
export function checkEntry(entry: Entry, schema: Schema, words: Words): void {
	const classes = classesOf(entry, schema, words);
	structuralClass(classes, schema, words);
	const all = [...new Set(classes.flatMap((one) => schema.superclasses(one)))];
	const present = new Set([...entry].map(({ type }) => type));
	for (const one of classes) {
		const must = schema.superclasses(one).flatMap((superior) => superior.must);
		const missing = must.find((name) => {
			const type = schema.attribute(name);
			return type && !present.has(type);
		});
		if (missing) throw words.missing(one.names[0] ?? '', missing);
	}
	checkAllowed(entry, all, schema, words);
	checkNaming(entry, schema, words);
}

/** The classes an entry names. */
export function classesOf(entry: Entry, schema: Schema, words: Words): ObjectClass[] {
	const names = new Fields(entry, schema).all('objectClass');
	if (names.length === 0) throw words.noObjectClass();
	return names.flatMap((name) => schema.class(name) ?? []);
}

/** The most derived structural class; all others must be above it. */
export function structuralClass(
	classes: readonly ObjectClass[],
	schema: Schema,
	words: Words,
): ObjectClass {
	const structural = classes.filter(({ kind }) => kind === 'structural');
	const [lowest] = [...structural].sort(
		(one, other) => schema.superclasses(other).length - schema.superclasses(one).length,
	);
	if (!lowest) throw words.noStructuralClass();
	const chain = schema.superclasses(lowest);
	const stray = structural.find((one) => !chain.includes(one));
	if (stray) throw words.structuralChain(lowest.names[0] ?? '', stray.names[0] ?? '');
	return lowest;
}

function checkAllowed(entry: Entry, classes: ObjectClass[], schema: Schema, words: Words): void {
	const anything = classes.some(({ names }) => names.includes('extensibleObject'));
	const allowed = new Set(
		classes.flatMap(({ must, may }) => [...must, ...may].map((name) => schema.attribute(name))),
	);
	for (const { type, description, values } of entry) {
		if (!type.operational && !anything && !allowed.has(type)) throw words.notAllowed(description);
		if (type.singleValue && values.length > 1) throw words.singleValue(description);
	}
}

/** The values of the name must be in the entry (RFC 4512 section 2.3.1). */
export function checkNaming(entry: Entry, schema: Schema, words: Words): void {
	for (const { type: name, value } of entry.dn.rdns[0]?.assertions ?? []) {
		const type = schema.attribute(name);
		if (!type) throw words.undefinedType(name);
		const wanted = matchKey(type, value, schema);
		const values = entry.get(type)?.values ?? [];
		const there = values.some((one) => matchKey(type, one, schema) === wanted);
		if (!there) throw words.naming(type.names[0] ?? name, values.length > 0);
	}
}

/** Whether `checkEntry` finds nothing. */
export function isComplete(entry: Entry, schema: Schema, words: Words): boolean {
	try {
		checkEntry(entry, schema, words);
		return true;
	} catch (error) {
		if (error instanceof Refusal) return false;
		throw error;
	}
}
