import { nearest } from '../../shared/ground/nearest';
import { invalidInput } from '../../shared/resilience/failure';
import type { Attribute } from './entry';
import type { ObjectClass, Schema } from './schema';

interface NewEntry {
	schema: Schema;
	attributes: Attribute[];
	/** as they were given, and those of them that the server has */
	classNames: string[];
	classes: ObjectClass[];
}

/**
 * Whether the schema allows a new entry: what the server would refuse one by one, with a code and few
 * words, all at once and by name. A server that shows no schema is left to judge by itself.
 * @param attributes all of the entry, with those of its RDN
 * @throws Failure that says what is missing, unknown or too much
 */
export function checkEntry(schema: Schema, attributes: Attribute[]): void {
	// RFC 4512 section 2.4: every class is derived from "top". Without it the rest is not told in full (LLDAP).
	if (!schema.objectClass('top')) return;
	const classNames = attributes
		.filter(({ type }) => sameAttribute(schema, type, 'objectClass'))
		.flatMap(({ values }) => values.map((value) => value.toString()));
	const classes = classNames.flatMap((name) => schema.objectClass(name) ?? []);
	const entry = { schema, attributes, classNames, classes };
	const allKnown = classes.length > 0 && classes.length === classNames.length;
	const problems = (allKnown ? RULES : WITHOUT_CLASSES).flatMap((rule) => rule(entry));
	if (problems.length > 0) throw invalidInput(problems.join(' '), HINT);
}

const HINT =
	'Correct the entry. Which attributes a class requires and allows, "Get Schema" of "Directory" says. If the server knows better, switch off "Check Against Schema" where there is that option.';

type Rule = (entry: NewEntry) => string[];

const unknownClasses: Rule = ({ schema, classNames }) => {
	if (classNames.length === 0) return ['An entry needs "objectClass", which is missing.'];
	return classNames
		.filter((name) => !schema.objectClass(name))
		.map((name) => {
			const known = schema.objectClasses.flatMap(({ names }) => names);
			return `There is no object class "${name}"${suggestion(name, known)}.`;
		});
};

const unknownAttributes: Rule = ({ schema, attributes, classes }) =>
	// Some servers show their classes and hide the rest.
	schema.attributeTypes.length === 0
		? []
		: attributes.flatMap(({ type }) => {
				if (schema.attributeType(type)) return [];
				const known = schema.attributeTypes.flatMap(({ names }) => names);
				const likely = nearest(bare(type), allowedBy(classes)) ?? nearest(bare(type), known);
				return [`There is no attribute "${type}"${suggestion(type, likely ? [likely] : [])}.`];
			});

const tooManyValues: Rule = ({ schema, attributes }) =>
	attributes
		.filter(({ type, values }) => values.length > 1 && schema.attributeType(type)?.singleValue)
		.map(({ type, values }) => `"${type}" has ${values.length} values, but may have only one.`);

const noStructuralClass: Rule = ({ classNames, classes }) =>
	classes.some(({ kind }) => kind === 'structural')
		? []
		: [`An entry needs a structural object class besides ${listed(classNames)}.`];

// 389 Directory Server, which has this attribute, lets entries be of several classes.
const severalStructuralClasses: Rule = ({ schema, classes }) => {
	if (schema.attributeType('nsUniqueId')) return [];
	const structural = classes.filter(({ kind }) => kind === 'structural');
	const lowest = structural.filter(
		(one) => !structural.some((other) => other !== one && superiorsOf(schema, other).has(one)),
	);
	if (new Set(lowest).size < 2) return [];
	const names = lowest.map(({ names: [name = ''] }) => name);
	return [
		`An entry is of one structural object class, but ${listed(names)} are not derived from each other.`,
	];
};

// Active Directory fills them in where they are missing, although its schema demands them.
const FILLED_IN: ReadonlySet<string> = new Set([
	'grouptype',
	'instancetype',
	'ntsecuritydescriptor',
	'objectcategory',
	'objectsid',
	'samaccountname',
]);

/** What has to be given for an entry of this class, beside its classes. */
export const requiredBy = (schema: Schema, { must }: ObjectClass): string[] =>
	must
		.filter((name) => !FILLED_IN.has(name.toLowerCase()))
		.filter((name) => !sameAttribute(schema, name, 'objectClass'))
		.filter((name) => !schema.attributeType(name)?.noUserModification);

const missingAttributes: Rule = ({ schema, attributes, classes }) => {
	const given = (name: string) => attributes.some(({ type }) => sameAttribute(schema, type, name));
	// The class that demands the least is the one that the others have it from.
	const basicFirst = classes.toSorted((a, b) => a.must.length - b.must.length);
	const demands = basicFirst.flatMap((one) =>
		requiredBy(schema, one)
			.filter((name) => !given(name))
			.map((name) => [name, one.names[0]] as const),
	);
	const firsts = new Map(demands.toReversed());
	return [...firsts]
		.toReversed()
		.map(([name, of]) => `"${name}" is missing, which the object class "${of}" requires.`);
};

const forbiddenAttributes: Rule = ({ schema, attributes, classes }) => {
	if (classes.some(({ oid }) => oid === EXTENSIBLE_OBJECT)) return [];
	const allowed = new Set(allowedBy(classes).map((name) => keyOf(schema, name)));
	return attributes
		.filter(({ type }) => !sameAttribute(schema, type, 'objectClass'))
		.filter(({ type }) => schema.attributeType(type)?.usage === 'userApplications')
		.filter(({ type }) => !allowed.has(keyOf(schema, type)))
		.map(({ type }) => {
			const names = classes.map(({ names: [name = ''] }) => name);
			return `"${type}" is not allowed by ${listed(names)}${elsewhere(schema, type)}.`;
		});
};

// RFC 4512 section 4.3
const EXTENSIBLE_OBJECT = '1.3.6.1.4.1.1466.101.120.111';

const WITHOUT_CLASSES: Rule[] = [unknownClasses, unknownAttributes, tooManyValues];
const RULES: Rule[] = [
	noStructuralClass,
	severalStructuralClasses,
	missingAttributes,
	unknownAttributes,
	forbiddenAttributes,
	tooManyValues,
];

const bare = (description: string): string => description.split(';')[0] ?? '';

/** One key for all names of an attribute type. */
const keyOf = (schema: Schema, description: string): string =>
	schema.attributeType(description)?.oid ?? bare(description).toLowerCase();

const sameAttribute = (schema: Schema, a: string, b: string): boolean =>
	keyOf(schema, a) === keyOf(schema, b);

const allowedBy = (classes: ObjectClass[]): string[] =>
	classes.flatMap(({ must, may }) => [...must, ...may]);

function superiorsOf(schema: Schema, { superiors }: ObjectClass): Set<ObjectClass> {
	const found = new Set(superiors.flatMap((name) => schema.objectClass(name) ?? []));
	for (const one of found)
		for (const name of one.superiors) {
			const superior = schema.objectClass(name);
			if (superior) found.add(superior);
		}
	return found;
}

/** Which auxiliary classes could be added to allow it. */
function elsewhere(schema: Schema, description: string): string {
	const key = keyOf(schema, description);
	const names = schema.objectClasses
		.filter(({ kind }) => kind === 'auxiliary')
		.filter((one) => allowedBy([one]).some((name) => keyOf(schema, name) === key))
		.map(({ names: [name = ''] }) => name);
	return names.length > 0 && names.length <= 3 ? `, but by ${listed(names, 'or')}` : '';
}

function suggestion(name: string, known: string[]): string {
	const meant = nearest(bare(name), known);
	return meant === undefined ? '' : ` (did you mean "${meant}"?)`;
}

function listed(names: string[], word = 'and'): string {
	const quoted = [...new Set(names)].map((name) => `"${name}"`);
	const last = quoted.pop() ?? '';
	return quoted.length > 0 ? `${quoted.join(', ')} ${word} ${last}` : last;
}
