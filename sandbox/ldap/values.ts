import { attributeOf, type Attribute, type Entry, type RawAttribute } from './entry.ts';
import { matchKey } from './matching.ts';
import type { Change } from './message.ts';
import type { Words } from './personality.ts';
import { Refusal } from './refusal.ts';
import { parseDescription, type AttributeType, type Schema } from './schema.ts';
import { isOfSyntax } from './syntaxes.ts';

const OBJECT_CLASS = '2.5.4.0';

/** An attribute a client sent, checked for itself. @throws {Refusal} */
export function checkedAttribute(raw: RawAttribute, schema: Schema, words: Words): Attribute {
	const { type: name, options } = parseDescription(raw.type);
	const type = schema.attribute(name);
	if (!type) throw words.undefinedType(raw.type);
	if (type.oid === OBJECT_CLASS) {
		raw.values.forEach((value, index) => {
			if (!schema.class(value.toString())) throw words.unknownClass(value.toString(), index);
		});
	}
	const bad = raw.values.findIndex((value) => !isOfSyntax(type, value, schema));
	if (bad >= 0) throw words.invalidSyntax(type.names[0] ?? name, bad);
	if (type.singleValue && raw.values.length > 1) throw words.manyGiven(type.names[0] ?? name);
	const seen = new Map<string, number>();
	raw.values.forEach((value, index) => {
		const key = keyOf(type, value, schema);
		const first = seen.get(key);
		if (first !== undefined) throw words.givenTwice(type.names[0] ?? name, first);
		seen.set(key, index);
	});
	return attributeOf(type, raw.values, options);
}

/** Values of a type without an equality rule are the same only when their octets are. */
const keyOf = (type: AttributeType, value: Buffer, schema: Schema) =>
	matchKey(type, value, schema) ?? value.toString('latin1');

export interface ChangeOptions {
	/** adding what is there and deleting what is not are no errors */
	permissive: boolean;
}

/** Makes one change on an entry (RFC 4511 section 4.6, RFC 4525). @throws {Refusal} */
export function applyChange(
	entry: Entry,
	operation: Change['operation'],
	given: Attribute,
	schema: Schema,
	words: Words,
	{ permissive }: ChangeOptions,
): void {
	const { type, options } = given;
	const before = entry.get(type, options)?.values ?? [];
	const put = (values: Buffer[]) => entry.put({ ...given, values });
	if (operation === 'replace') return put(given.values);
	if (operation === 'increment') return put(increment(before, given, words));
	const key = (value: Buffer) => keyOf(type, value, schema);
	const present = new Set(before.map(key));
	if (operation === 'add') {
		if (given.values.length === 0) throw words.noValues(given.description);
		const known = given.values.findIndex((value) => present.has(key(value)));
		if (known >= 0 && !permissive) throw words.valueExists(type, known);
		return put([...before, ...given.values.filter((value) => !present.has(key(value)))]);
	}
	if (before.length === 0) {
		if (permissive) return;
		throw words.noSuchAttribute(type);
	}
	if (given.values.length === 0) return put([]);
	if (type.equality === undefined) {
		throw new Refusal(
			'inappropriateMatching',
			`modify/delete: ${given.description}: no equality matching rule`,
		);
	}
	const unwanted = new Set(given.values.map(key));
	if (!permissive && [...unwanted].some((one) => !present.has(one))) throw words.noSuchValue(type);
	put(before.filter((value) => !unwanted.has(key(value))));
}

function increment(before: Buffer[], given: Attribute, words: Words): Buffer[] {
	const [by] = given.values;
	if (given.values.length !== 1 || !by) {
		throw new Refusal('protocolError', 'modify/increment: one value is needed');
	}
	if (given.type.equality !== 'integerMatch') {
		throw new Refusal(
			'constraintViolation',
			`${given.description}: attribute syntax inappropriate for increment`,
		);
	}
	if (before.length === 0) throw words.noSuchAttribute(given.type);
	return before.map((value) =>
		Buffer.from(String(BigInt(value.toString()) + BigInt(by.toString()))),
	);
}
