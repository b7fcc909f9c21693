import type { Entry } from './entry';
import type { AttributeType, ObjectClass, Schema } from './schema';
import type { Definition } from './schemaDefinition';
import { parseDefinition } from './schemaDefinition';

/** The attributes of a subschema entry that are read here. */
export const SCHEMA_ATTRIBUTES = ['attributeTypes', 'objectClasses', 'dITContentRules'];

/**
 * The schema in a subschema subentry (RFC 4512 section 4.2). A definition that cannot be read is
 * passed over, since the others are of use without it.
 */
export function parseSchema(subschema: Entry): Schema {
	const attributes = indexed(definitionsIn(subschema, 'attributeTypes'));
	const classes = indexed(definitionsIn(subschema, 'objectClasses'));
	const rules = indexed(definitionsIn(subschema, 'dITContentRules'));
	const attributeTypes = attributes.all.map((definition) =>
		attributeTypeOf(definition, attributes.find),
	);
	const objectClasses = classes.all.map((definition) =>
		objectClassOf(definition, classes.find, rules.find),
	);
	return schemaOf(attributeTypes, objectClasses);
}

/** What is known of a server that shows no schema. */
export const noSchema: Schema = schemaOf([], []);

function schemaOf(attributeTypes: AttributeType[], objectClasses: ObjectClass[]): Schema {
	const types = byName(attributeTypes);
	const classes = byName(objectClasses);
	return {
		attributeTypes,
		objectClasses,
		attributeType: (description) => types.get(withoutOptions(description).toLowerCase()),
		objectClass: (name) => classes.get(name.toLowerCase()),
	};
}

function withoutOptions(description: string): string {
	const semicolon = description.indexOf(';');
	return semicolon === -1 ? description : description.slice(0, semicolon);
}

function definitionsIn({ attributes }: Entry, name: string): Definition[] {
	const wanted = name.toLowerCase();
	return attributes
		.filter(({ type }) => withoutOptions(type).toLowerCase() === wanted)
		.flatMap(({ values }) => values.map((value) => parseDefinition(value.toString())))
		.filter((definition) => definition !== undefined);
}

type Find = (nameOrOid: string) => Definition | undefined;

function indexed(all: Definition[]): { all: Definition[]; find: Find } {
	const index = byName(all.map((definition) => ({ ...definition, names: namesOf(definition) })));
	return { all, find: (name) => index.get(name.toLowerCase()) };
}

/** Of two with the same name the first counts. */
function byName<T extends { oid: string; names: string[] }>(all: T[]): Map<string, T> {
	const index = new Map<string, T>();
	for (const one of all)
		for (const name of [one.oid, ...one.names]) {
			const key = name.toLowerCase();
			if (!index.has(key)) index.set(key, one);
		}
	return index;
}

const valuesOf = ({ words }: Definition, keyword: string): string[] => words.get(keyword) ?? [];
const namesOf = (definition: Definition): string[] => valuesOf(definition, 'NAME');
const descriptionOf = (definition: Definition): string | undefined =>
	valuesOf(definition, 'DESC')[0] || undefined;

/** The definition and all that it is derived from, each once: servers have circles. */
function lineage(definition: Definition, find: Find): Definition[] {
	const line = new Set([definition]);
	for (const member of line)
		for (const name of valuesOf(member, 'SUP')) {
			const superior = find(name);
			if (superior) line.add(superior);
		}
	return [...line];
}

const KINDS = ['abstract', 'auxiliary', 'structural'] as const;
const USAGES = ['directoryOperation', 'distributedOperation', 'dSAOperation'] as const;

function attributeTypeOf(definition: Definition, find: Find): AttributeType {
	const { oid, words } = definition;
	const [usage = ''] = valuesOf(definition, 'USAGE');
	return {
		oid,
		names: namesOf(definition),
		description: descriptionOf(definition),
		syntax: syntaxOf(definition, find),
		singleValue: words.has('SINGLE-VALUE'),
		noUserModification: words.has('NO-USER-MODIFICATION'),
		usage:
			USAGES.find((known) => known.toLowerCase() === usage.toLowerCase()) ?? 'userApplications',
	};
}

/** Without the length that may follow: "1.3.6.1.4.1.1466.115.121.1.15{256}". */
function syntaxOf(definition: Definition, find: Find): string | undefined {
	const own = valuesOf(definition, 'SYNTAX')[0];
	const syntax =
		own ??
		lineage(definition, find)
			.flatMap((member) => valuesOf(member, 'SYNTAX'))
			.at(0);
	return syntax?.replace(/\{\d*\}$/, '');
}

function objectClassOf(definition: Definition, find: Find, findRule: Find): ObjectClass {
	const { oid, words } = definition;
	let inherited: { must: string[]; may: string[] } | undefined;
	// Put together when somebody asks: few classes of hundreds are asked for.
	const attributes = () => (inherited ??= attributesOf(definition, find, findRule));
	return {
		oid,
		names: namesOf(definition),
		description: descriptionOf(definition),
		kind: KINDS.find((kind) => words.has(kind.toUpperCase())) ?? 'structural',
		superiors: valuesOf(definition, 'SUP'),
		get must() {
			return attributes().must;
		},
		get may() {
			return attributes().may;
		},
	};
}

/**
 * A DIT content rule has the name of its structural class (RFC 4512 section 4.1.6). In those of
 * Active Directory are the attributes of the auxiliary classes that its entries have without naming
 * them.
 */
function attributesOf(definition: Definition, find: Find, findRule: Find) {
	const line = lineage(definition, find);
	const all = [...line, ...line.flatMap(({ oid }) => findRule(oid) ?? [])];
	const must = eachOnce(all.flatMap((member) => valuesOf(member, 'MUST')));
	const may = eachOnce(all.flatMap((member) => valuesOf(member, 'MAY')));
	for (const name of must.keys()) may.delete(name);
	return { must: [...must.values()], may: [...may.values()] };
}

/** Each once, without regard to case. */
const eachOnce = (names: string[]): Map<string, string> =>
	new Map(names.map((name) => [name.toLowerCase(), name]));
