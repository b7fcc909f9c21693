import type { Dn } from './dn.ts';
import { matchKey } from './matching.ts';
import { parseDescription, type AttributeType, type Schema } from './schema.ts';

export interface Attribute {
	type: AttributeType;
	/** with its options: "cn;lang-de" */
	description: string;
	options: string[];
	values: Buffer[];
}

/** Attributes as clients send them. */
export interface RawAttribute {
	type: string;
	values: Buffer[];
}

/** An entry of the directory. Changes are made on a copy, which then takes its place. */
export class Entry {
	readonly dn: Dn;
	private readonly attributes: Map<string, Attribute>;

	constructor(dn: Dn, attributes: Iterable<Attribute> = []) {
		this.dn = dn;
		this.attributes = new Map();
		for (const attribute of attributes) this.put(attribute);
	}

	copy(dn = this.dn): Entry {
		return new Entry(dn, this.attributes.values());
	}

	[Symbol.iterator](): Iterator<Attribute> {
		return this.attributes.values();
	}

	/** Whether the other one has the same values of the same attributes. */
	equals(other: Entry): boolean {
		return (
			this.attributes.size === other.attributes.size &&
			[...this.attributes].every(([key, { values }]) => {
				const others = other.attributes.get(key)?.values ?? [];
				return (
					values.length === others.length &&
					values.every((value, index) => others[index]?.equals(value))
				);
			})
		);
	}

	get(type: AttributeType, options: string[] = []): Attribute | undefined {
		return this.attributes.get(keyOf(type, options));
	}

	/** Replaces the attribute; without values it goes. */
	put(attribute: Attribute): void {
		const key = keyOf(attribute.type, attribute.options);
		if (attribute.values.length > 0) this.attributes.set(key, attribute);
		else this.attributes.delete(key);
	}
}

const keyOf = ({ oid }: AttributeType, options: string[]) => [oid, ...options].join(';');

/** An attribute of a type that the schema knows, under the name the schema gives it. */
export function attributeOf(
	type: AttributeType,
	values: Buffer[],
	options: string[] = [],
): Attribute {
	const description = [type.names[0] ?? type.oid, ...options].join(';');
	return { type, description, options, values };
}

/** Reads and writes single attributes of an entry by name, as text. */
export class Fields {
	private readonly entry: Entry;
	private readonly schema: Schema;

	constructor(entry: Entry, schema: Schema) {
		this.entry = entry;
		this.schema = schema;
	}

	values(name: string): Buffer[] {
		const type = this.schema.attribute(name);
		return (type && this.entry.get(type, parseDescription(name).options)?.values) ?? [];
	}

	all(name: string): string[] {
		return this.values(name).map((value) => value.toString());
	}

	one(name: string): string | undefined {
		return this.all(name)[0];
	}

	number(name: string): number {
		return Number(this.one(name) ?? 0);
	}

	has(name: string, value: string): boolean {
		const type = this.schema.attribute(name);
		if (!type) return false;
		const wanted = matchKey(type, Buffer.from(value), this.schema);
		return this.values(name).some((one) => matchKey(type, one, this.schema) === wanted);
	}

	set(name: string, ...values: Array<string | number | Buffer>): void {
		const type = this.schema.attribute(name);
		if (!type) throw new Error(`${name} is not in the schema`);
		const buffers = values.map((value) =>
			Buffer.isBuffer(value) ? value : Buffer.from(String(value)),
		);
		this.entry.put(attributeOf(type, buffers));
	}

	/** Sets it unless it is there. */
	default(name: string, ...values: Array<string | number | Buffer>): void {
		if (this.values(name).length === 0) this.set(name, ...values);
	}
}
