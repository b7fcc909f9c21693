/** One attribute of an entry as the server sent it: the description with its options, and bytes. */
export interface Attribute {
	/** attribute description, such as "cn", "userCertificate;binary" or "member;range=0-1499" */
	type: string;
	/** may be none, where only types were asked for or an attribute of Active Directory is in ranges */
	values: Buffer[];
}

/** An entry of the directory (RFC 4511 section 4.5.2). */
export interface Entry {
	dn: string;
	attributes: Attribute[];
	/** Spares an object for each attribute and value; where it is left out, `attributes` is all there is. */
	read?(): EntryReader;
}

/** Goes through the attributes of an entry, and through the values of each where they lie. */
export interface EntryReader {
	/** Goes to the next attribute, and says whether there is one. */
	next(): boolean;
	/** the description of the attribute */
	readonly type: string;
	/** Goes to the next value of the attribute, and says whether there is one. */
	nextValue(): boolean;
	/** the value is in these bytes, from `start` up to `end` */
	readonly bytes: Buffer;
	readonly start: number;
	readonly end: number;
}

export const readerOf = (entry: Entry): EntryReader =>
	entry.read?.() ?? new AttributesReader(entry.attributes);

class AttributesReader implements EntryReader {
	type = '';
	bytes: Buffer = Buffer.alloc(0);
	readonly start = 0;
	private attribute = -1;
	private value = -1;

	constructor(private readonly attributes: Attribute[]) {}

	get end(): number {
		return this.bytes.length;
	}

	next(): boolean {
		const attribute = this.attributes[++this.attribute];
		this.type = attribute?.type ?? '';
		this.value = -1;
		return attribute !== undefined;
	}

	nextValue(): boolean {
		const value = this.attributes[this.attribute]?.values[++this.value];
		if (value) this.bytes = value;
		return value !== undefined;
	}
}

/** One change of an entry (RFC 4511 section 4.6); "increment": RFC 4525. */
export interface Change extends Attribute {
	operation: 'add' | 'delete' | 'replace' | 'increment';
}
