/** The client sent what is no LDAP; the connection cannot go on (RFC 4511 section 5.1). */
export class ProtocolError extends Error {}

/** Encodes a tag, a definite length and the content. */
export function tlv(tag: number, ...content: Buffer[]): Buffer {
	const length = content.reduce((sum, part) => sum + part.length, 0);
	return Buffer.concat([Buffer.from([tag]), lengthOctets(length), ...content]);
}

function lengthOctets(length: number): Buffer {
	if (length < 0x80) return Buffer.from([length]);
	const octets = bigEndian(BigInt(length), false);
	return Buffer.from([0x80 | octets.length, ...octets]);
}

function bigEndian(value: bigint, signed: boolean): number[] {
	const octets: number[] = [];
	let rest = value;
	do {
		octets.unshift(Number(rest & 0xffn));
		rest >>= 8n;
	} while (rest !== 0n && rest !== -1n);
	const negative = ((octets[0] ?? 0) & 0x80) !== 0;
	if (signed && rest === 0n && negative) octets.unshift(0);
	if (signed && rest === -1n && !negative) octets.unshift(0xff);
	return octets;
}

export const sequence = (...content: Buffer[]) => tlv(0x30, ...content);
export const set = (...content: Buffer[]) => tlv(0x31, ...content);
export const octets = (value: string | Buffer, tag = 0x04) =>
	tlv(tag, typeof value === 'string' ? Buffer.from(value) : value);
export const integer = (value: number | bigint, tag = 0x02) =>
	tlv(tag, Buffer.from(bigEndian(BigInt(value), true)));
export const enumerated = (value: number) => integer(value, 0x0a);
export const boolean = (value: boolean, tag = 0x01) => tlv(tag, Buffer.from([value ? 0xff : 0]));

/**
 * The size of the element a buffer starts with, tag and length included; undefined while that is
 * not known. LDAP uses definite lengths only (RFC 4511 section 5.1).
 */
export function elementSize(buffer: Buffer): number | undefined {
	const first = buffer[1];
	if (first === undefined) return undefined;
	if (first < 0x80) return 2 + first;
	const count = first & 0x7f;
	if (count === 0 || count > 4) throw new ProtocolError('length of an element');
	if (buffer.length < 2 + count) return undefined;
	return 2 + count + buffer.readUIntBE(2, count);
}

/** Reads the elements of a constructed value, one after the other. */
export class BerReader {
	private readonly buffer: Buffer;
	private offset = 0;

	constructor(content: Buffer) {
		this.buffer = content;
	}

	get more(): boolean {
		return this.offset < this.buffer.length;
	}

	/** The tag of the next element. */
	get tag(): number | undefined {
		return this.buffer[this.offset];
	}

	/** The content of the next element, which must have this tag when one is given. */
	next(tag?: number): Buffer {
		const rest = this.buffer.subarray(this.offset);
		if (tag !== undefined && rest[0] !== tag) {
			throw new ProtocolError(`tag 0x${(rest[0] ?? 0).toString(16)}, not 0x${tag.toString(16)}`);
		}
		const size = elementSize(rest);
		if (size === undefined || size > rest.length) throw new ProtocolError('element cut short');
		this.offset += size;
		const second = rest[1] ?? 0;
		return rest.subarray(second < 0x80 ? 2 : 2 + (second & 0x7f), size);
	}

	/** The content of the next element if it has this tag. */
	optional(tag: number): Buffer | undefined {
		return this.tag === tag ? this.next() : undefined;
	}

	into(tag: number): BerReader {
		return new BerReader(this.next(tag));
	}

	text(tag = 0x04): string {
		return this.next(tag).toString();
	}

	integer(tag = 0x02): number {
		const content = this.next(tag);
		if (content.length === 0 || content.length > 6) throw new ProtocolError('size of an integer');
		return content.readIntBE(0, content.length);
	}

	boolean(tag = 0x01): boolean {
		return (this.next(tag)[0] ?? 0) !== 0;
	}

	/** What is left, each read by the same function. */
	all<T>(read: (reader: BerReader) => T): T[] {
		const found: T[] = [];
		while (this.more) found.push(read(this));
		return found;
	}
}

/** A reader of the value of a control or an extended operation, which must be one SEQUENCE. */
export function readSequence(value: Buffer): BerReader {
	return new BerReader(value).into(0x30);
}
