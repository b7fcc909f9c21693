/** Bytes that are no BER, or not what RFC 4511 section 5.1 allows. */
export class BerError extends Error {
	override readonly name = 'BerError';
}

/** Universal tags in use, and the bits of the others (X.690 section 8.1.2). */
export const Tag = {
	boolean: 0x01,
	integer: 0x02,
	octets: 0x04,
	null: 0x05,
	enumerated: 0x0a,
	sequence: 0x30,
	set: 0x31,
	/** [n], primitive */
	context: 0x80,
	/** [n], constructed */
	contextOf: 0xa0,
} as const;

/** One element around its contents. Lengths are as short as possible. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
	const length = contents.reduce((sum, { length }) => sum + length, 0);
	const head = lengthOctets(length);
	const bytes = Buffer.allocUnsafe(1 + head.length + length);
	bytes[0] = tag;
	bytes.set(head, 1);
	let at = 1 + head.length;
	for (const content of contents) {
		bytes.set(content, at);
		at += content.length;
	}
	return bytes;
}

function lengthOctets(length: number): number[] {
	if (length < 0x80) return [length];
	const octets: number[] = [];
	for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
	return [0x80 | octets.length, ...octets];
}

export const sequence = (...contents: readonly Uint8Array[]): Buffer =>
	element(Tag.sequence, ...contents);

export const octets = (value: string | Uint8Array, tag: number = Tag.octets): Buffer =>
	element(tag, typeof value === 'string' ? Buffer.from(value) : value);

export const boolean = (value: boolean, tag: number = Tag.boolean): Buffer =>
	Buffer.from([tag, 1, value ? 0xff : 0]);

/** @param value a whole number of up to 53 bits */
export function integer(value: number, tag: number = Tag.integer): Buffer {
	const bytes: number[] = [];
	let rest = value;
	do {
		const low = ((rest % 256) + 256) % 256;
		bytes.unshift(low);
		rest = (rest - low) / 256;
	} while ((rest !== 0 && rest !== -1) || rest < 0 !== (bytes[0] ?? 0) >= 0x80);
	return element(tag, Buffer.from(bytes));
}

export const enumerated = (value: number): Buffer => integer(value, Tag.enumerated);

/**
 * Reads elements one after the other. Strings are views into the bytes, not copies.
 * Whatever is not exactly as it must be throws a BerError.
 */
export class BerReader {
	private at: number;
	private end: number;

	constructor(
		private readonly bytes: Buffer,
		start = 0,
		end = bytes.length,
	) {
		this.at = start;
		this.end = end;
	}

	/** Whether another element follows in the one that was entered. */
	get more(): boolean {
		return this.at < this.end;
	}

	/** Where the next element begins in the bytes. */
	get position(): number {
		return this.at;
	}

	/** The tag of the next element, or -1 at the end. */
	peek(): number {
		return this.at < this.end ? (this.bytes[this.at] ?? -1) : -1;
	}

	/** Goes into a constructed element; what it returns belongs to `leave`. */
	enter(tag: number): number {
		const length = this.head(tag);
		const outer = this.end;
		this.end = this.at + length;
		return outer;
	}

	/** Leaves the element; what was not read of it is skipped, as RFC 4511 section 4 wants it. */
	leave(outer: number): void {
		this.at = this.end;
		this.end = outer;
	}

	/** Goes past the octets, which end at `position`, and returns how many there are. */
	pass(tag: number = Tag.octets): number {
		const length = this.head(tag);
		this.at += length;
		return length;
	}

	octets(tag: number = Tag.octets): Buffer {
		const length = this.pass(tag);
		return this.bytes.subarray(this.at - length, this.at);
	}

	text(tag: number = Tag.octets): string {
		const length = this.head(tag);
		return this.bytes.toString('utf8', this.at, (this.at += length));
	}

	integer(tag: number = Tag.integer): number {
		const length = this.head(tag);
		if (length === 0 || length > 6) throw new BerError(`an integer of ${length} bytes`);
		const value = this.bytes.readIntBE(this.at, length);
		this.at += length;
		return value;
	}

	enumerated(): number {
		return this.integer(Tag.enumerated);
	}

	boolean(tag: number = Tag.boolean): boolean {
		if (this.head(tag) !== 1) throw new BerError('a boolean of more or less than one byte');
		return this.bytes[this.at++] !== 0;
	}

	skip(): void {
		this.pass(this.peek());
	}

	/** Reads tag and length, and returns the length. */
	private head(tag: number): number {
		const found = this.peek();
		if (found < 0) throw new BerError('it ends too early');
		if (found !== tag) throw new BerError(`tag 0x${hex(found)} instead of 0x${hex(tag)}`);
		let length = this.bytes[this.at + 1] ?? 0x80;
		this.at += 2;
		if (length >= 0x80) {
			const octets = lengthOctetsIn(length);
			if (this.at + octets > this.end) throw new BerError('it ends too early');
			length = this.bytes.readUIntBE(this.at, octets);
			this.at += octets;
		}
		if (this.at + length > this.end) throw new BerError('an element ends outside of its parent');
		return length;
	}
}

/** How many bytes hold the length. Indefinite lengths do not occur in LDAP. */
function lengthOctetsIn(first: number): number {
	const octets = first & 0x7f;
	if (octets === 0) throw new BerError('an indefinite length');
	if (octets > 4) throw new BerError(`a length of ${octets} bytes`);
	return octets;
}

/**
 * How many bytes the element at `at` takes, its head included; 0 while there are too few to tell.
 */
export function sizeAt(bytes: Buffer, at: number): number {
	const first = bytes[at + 1];
	if (first === undefined) return 0;
	if (first < 0x80) return 2 + first;
	const octets = lengthOctetsIn(first);
	if (at + 2 + octets > bytes.length) return 0;
	return 2 + octets + bytes.readUIntBE(at + 2, octets);
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0');
