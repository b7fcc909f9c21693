export interface AttributeType {
	oid: string;
	/** the first is the one that is stored */
	names: string[];
	superior?: AttributeType;
	/** name of the equality rule; none: values cannot be compared */
	equality?: string;
	ordering?: string;
	substrings?: string;
	/** OID */
	syntax: string;
	singleValue: boolean;
	noUserModification: boolean;
	/** not returned unless asked for */
	operational: boolean;
}

export interface ObjectClass {
	oid: string;
	names: string[];
	kind: 'abstract' | 'structural' | 'auxiliary';
	superiors: ObjectClass[];
	must: string[];
	may: string[];
}

/** Definitions in the words of RFC 4512 section 4.1, one a line. */
export interface Definitions {
	attributeTypes: string;
	objectClasses: string;
	matchingRules?: string;
	ldapSyntaxes?: string;
}

export interface Rules {
	equality?: string;
	ordering?: string;
	substrings?: string;
}

/** What differs between servers besides the definitions. */
export interface SchemaStyle {
	/** how the server writes the names it gives: "CN=" and "\\," or "cn=" and "\\2C" */
	upperCaseTypes: boolean;
	escape: 'character' | 'hex';
	/** definitions of attribute types that the server does not show */
	hiddenTypes?: string;
	/** attribute types that are not returned unless asked for, where the definitions do not say so */
	operational?: readonly string[];
	/** attribute types that may be written though their definitions say no */
	writable?: readonly string[];
	/** cn of the entry that stands for the category of a class, by the class in lower case */
	categories?: Record<string, string>;
	/** where the definitions name no rules; by OID of the syntax, or name of the type */
	rules?: Record<string, Rules>;
}

/** "sAMAccountName;lang-de" in parts, in lower case but for the type as written. */
export interface Description {
	type: string;
	options: string[];
}

export function parseDescription(text: string): Description {
	const [type = '', ...options] = text.split(';');
	return { type, options: options.map((option) => option.toLowerCase()).sort() };
}

export const linesOf = (text = '') => text.split('\n').filter((line) => line.trim() !== '');

/** What may stand in the directory, looked up by name or OID without regard to case. */
export class Schema {
	readonly definitions: Definitions;
	readonly style: SchemaStyle;
	readonly attributes = new Map<string, AttributeType>();
	readonly classes = new Map<string, ObjectClass>();

	constructor(definitions: Definitions, style: SchemaStyle) {
		this.definitions = definitions;
		this.style = style;
		for (const line of linesOf(`${definitions.attributeTypes}\n${style.hiddenTypes ?? ''}`)) {
			this.register(this.attributes, this.readAttribute(line));
		}
		for (const line of linesOf(definitions.objectClasses)) {
			this.register(this.classes, this.readClass(line));
		}
	}

	/** @param description its options do not matter */
	attribute(description: string): AttributeType | undefined {
		const end = description.indexOf(';');
		return this.attributes.get((end < 0 ? description : description.slice(0, end)).toLowerCase());
	}

	class(name: string): ObjectClass | undefined {
		return this.classes.get(name.toLowerCase());
	}

	/** The class and all it inherits from, itself first. */
	superclasses(one: ObjectClass): ObjectClass[] {
		return [...new Set([one, ...one.superiors.flatMap((superior) => this.superclasses(superior))])];
	}

	private register<T extends { oid: string; names: string[] }>(map: Map<string, T>, one: T): void {
		for (const name of [one.oid, ...one.names]) map.set(name.toLowerCase(), one);
	}

	private readAttribute(line: string): AttributeType {
		const fields = readDefinition(line);
		const superior = this.attribute(fields.one('SUP') ?? '');
		const names = fields.list('NAME');
		const syntax = (fields.one('SYNTAX') ?? superior?.syntax ?? '').replace(/\{.*/, '');
		const usual = this.style.rules?.[names[0] ?? ''] ?? this.style.rules?.[syntax] ?? superior;
		return {
			oid: fields.oid,
			names,
			...(superior && { superior }),
			equality: fields.one('EQUALITY') ?? usual?.equality,
			ordering: fields.one('ORDERING') ?? usual?.ordering,
			substrings: fields.one('SUBSTR') ?? usual?.substrings,
			syntax,
			singleValue: fields.has('SINGLE-VALUE'),
			noUserModification:
				fields.has('NO-USER-MODIFICATION') && !this.style.writable?.includes(names[0] ?? ''),
			operational:
				(fields.one('USAGE') ?? 'userApplications') !== 'userApplications' ||
				(this.style.operational?.includes(names[0] ?? '') ?? false),
		};
	}

	private readClass(line: string): ObjectClass {
		const fields = readDefinition(line);
		const kind = fields.has('ABSTRACT')
			? 'abstract'
			: fields.has('AUXILIARY')
				? 'auxiliary'
				: 'structural';
		return {
			oid: fields.oid,
			names: fields.list('NAME'),
			kind,
			superiors: fields.list('SUP').flatMap((name) => this.class(name) ?? []),
			must: fields.list('MUST'),
			may: fields.list('MAY'),
		};
	}
}

function readDefinition(line: string) {
	const tokens: string[] = line.match(/'[^']*'|[()$]|[^\s()$']+/g) ?? [];
	const list = (keyword: string): string[] => {
		const at = tokens.indexOf(keyword);
		if (at < 0) return [];
		const many = tokens[at + 1] === '(';
		const end = many ? tokens.indexOf(')', at) : at + 2;
		return tokens
			.slice(many ? at + 2 : at + 1, end)
			.filter((token) => token !== '$')
			.map((token) => token.replace(/'/g, ''));
	};
	return {
		oid: tokens[1] ?? '',
		list,
		one: (keyword: string) => list(keyword)[0],
		has: (keyword: string) => tokens.includes(keyword),
	};
}
