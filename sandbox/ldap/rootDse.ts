import type { Service } from './context.ts';
import { parseDn } from './dn.ts';
import { attributeOf, Entry } from './entry.ts';
import { linesOf } from './schema.ts';

/** RFC 4512 section 5.1. */
export function rootDse({ personality, directory, now }: Service): Entry {
	const supportedControl = [...new Set(Object.values(personality.controls).flat())].sort();
	return made('', directory.schema, {
		supportedLDAPVersion: ['3'],
		supportedControl,
		supportedExtension: [...personality.extensions],
		subschemaSubentry: [personality.subschemaDn],
		...personality.rootDse(directory, now()),
	});
}

/** RFC 4512 section 4.4. */
export function subschema({ personality, directory }: Service): Entry {
	const { attributeTypes, objectClasses, matchingRules, ldapSyntaxes } =
		directory.schema.definitions;
	const [rdn] = parseDn(personality.subschemaDn, directory.schema).rdns;
	return made(personality.subschemaDn, directory.schema, {
		objectClass: personality.subschemaClasses,
		cn: rdn?.assertions.map(({ value }) => value.toString()) ?? [],
		attributeTypes: linesOf(attributeTypes),
		objectClasses: linesOf(objectClasses),
		...(matchingRules && { matchingRules: linesOf(matchingRules) }),
		...(ldapSyntaxes && { ldapSyntaxes: linesOf(ldapSyntaxes) }),
	});
}

function made(
	dn: string,
	schema: Service['directory']['schema'],
	values: Record<string, readonly string[]>,
) {
	const attributes = Object.entries(values).map(([name, texts]) => {
		const type = schema.attribute(name);
		if (!type) throw new Error(`${name} is not in the schema`);
		return attributeOf(
			type,
			texts.map((text) => Buffer.from(text)),
		);
	});
	return new Entry(parseDn(dn, schema), attributes);
}
