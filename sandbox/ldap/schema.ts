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

/** How a server writes the names it gives. */
export interface NameStyle {
	upperCaseTypes: boolean;
	escape: 'character' | 'hex';
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
	readonly nameStyle: NameStyle;
	readonly attributes = new Map<string, AttributeType>();
	readonly classes = new Map<string, ObjectClass>();

	constructor(definitions: Definitions, nameStyle: NameStyle) {
		this.definitions = definitions;
		this.nameStyle = nameStyle;
		for (const line of linesOf(definitions.attributeTypes)) {
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
		return {
			oid: fields.oid,
			names: fields.list('NAME'),
			...(superior && { superior }),
			equality: fields.one('EQUALITY') ?? superior?.equality,
			ordering: fields.one('ORDERING') ?? superior?.ordering,
			substrings: fields.one('SUBSTR') ?? superior?.substrings,
			syntax: (fields.one('SYNTAX') ?? superior?.syntax ?? '').replace(/\{.*/, ''),
			singleValue: fields.has('SINGLE-VALUE'),
			noUserModification: fields.has('NO-USER-MODIFICATION'),
			operational: (fields.one('USAGE') ?? 'userApplications') !== 'userApplications',
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
