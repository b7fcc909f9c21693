import { text, type Field } from './field.ts';
import { objectType, type ObjectType } from './objectType.ts';
import * as campaigns from './objects/campaigns.ts';
import { fileObjects } from './objects/files.ts';
import * as people from './objects/people.ts';
import * as sales from './objects/sales.ts';
import { systemObjects } from './objects/system.ts';

/** Children of an object by a lookup of theirs. */
export interface ChildRelationship {
	child: ObjectType;
	field: Field;
	name: string | null;
}

interface Known {
	type: ObjectType;
	fields: Map<string, Field>;
	relationships: Map<string, Field>;
	children: ChildRelationship[];
}

/** The objects of an org; names are found in any case. */
export class Schema {
	private readonly known = new Map<string, Known>();
	private readonly prefixes = new Map<string, ObjectType>();
	private related = false;

	/** Adds an object, or puts it in the place of that of the same name. */
	add(type: ObjectType): void {
		const fields = new Map(type.fields.map((field) => [field.name.toLowerCase(), field]));
		const relationships = new Map<string, Field>();
		for (const field of type.fields) {
			const { relationshipName } = field;
			if (relationshipName) relationships.set(relationshipName.toLowerCase(), field);
		}
		const before = this.known.get(type.name.toLowerCase());
		const children = before?.children ?? [];
		this.known.set(type.name.toLowerCase(), { type, fields, relationships, children });
		if (type.keyPrefix) this.prefixes.set(type.keyPrefix, type);
		this.related = false;
	}

	private relate(): void {
		this.related = true;
		for (const { children } of this.known.values()) children.length = 0;
		for (const { type } of this.known.values()) {
			for (const field of type.fields) {
				for (const to of field.referenceTo) {
					const name = field.childRelationship ?? null;
					this.known.get(to.toLowerCase())?.children.push({ child: type, field, name });
				}
			}
		}
	}

	/** All objects by name. */
	all(): ObjectType[] {
		return [...this.known.values()]
			.map(({ type }) => type)
			.sort((a, b) => (a.name < b.name ? -1 : 1));
	}

	get(name: string): ObjectType | undefined {
		return this.known.get(name.toLowerCase())?.type;
	}

	/** The object whose ids begin like this one. */
	ofId(id: string): ObjectType | undefined {
		return this.prefixes.get(id.slice(0, 3));
	}

	field(object: string, name: string): Field | undefined {
		return this.known.get(object.toLowerCase())?.fields.get(name.toLowerCase());
	}

	/** The lookup that makes the relationship "Account" or "Account__r". */
	relationship(object: string, name: string): Field | undefined {
		return this.known.get(object.toLowerCase())?.relationships.get(name.toLowerCase());
	}

	children(object: string): readonly ChildRelationship[] {
		if (!this.related) this.relate();
		return this.known.get(object.toLowerCase())?.children ?? [];
	}

	/** The children that a subquery calls by this name. */
	childRelationship(object: string, name: string): ChildRelationship | undefined {
		return this.children(object).find((one) => one.name?.toLowerCase() === name.toLowerCase());
	}
}

/** The objects an org has from the beginning, and as many generated ones as asked for. */
export function standardSchema(generatedObjects: number): Schema {
	const schema = new Schema();
	const named = [people, sales, campaigns].flatMap((group) => Object.values(group));
	const standard = named.filter(isObject);
	for (const type of [...standard, ...systemObjects, ...fileObjects]) schema.add(copy(type));
	const generated = Array.from({ length: generatedObjects }, (_, n) => generatedObject(n));
	for (const type of generated) schema.add(type);
	return schema;
}

const isObject = (value: unknown): value is ObjectType =>
	typeof value === 'object' && value !== null && 'keyPrefix' in value;

/** What one sandbox changes of an object must not show in another. */
const copy = (type: ObjectType): ObjectType => ({
	...type,
	fields: type.fields.map((field) => ({ ...field })),
	validationRules: [...type.validationRules],
	duplicateRules: [...type.duplicateRules],
});

function generatedObject(n: number): ObjectType {
	const number = String(n).padStart(4, '0');
	const prefix = `b${n.toString(36).padStart(2, '0')}`;
	return objectType(
		`Generated_${number}__c`,
		prefix.length === 3 ? prefix : `c${prefix.slice(-2)}`,
		[
			text('Name', 80, { nameField: true }),
			text('Key__c', 40, { externalId: true, unique: true }),
			text('Value__c', 255),
		],
		{ label: `Generated ${number}` },
	);
}
