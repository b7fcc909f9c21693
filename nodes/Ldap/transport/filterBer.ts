import type { ComparisonType, Filter } from './filter';

// https://www.rfc-editor.org/rfc/rfc4511 section 4.5.1.7. Context-specific tags; constructed: 0xa0.
const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;
const AND = 0xa0;
const OR = 0xa1;
const NOT = 0xa2;
const SUBSTRINGS = 0xa4;
const PRESENT = 0x87;
const EXTENSIBLE = 0xa9;
const COMPARISON: Record<ComparisonType, number> = {
	equality: 0xa3,
	greaterOrEqual: 0xa5,
	lessOrEqual: 0xa6,
	approximate: 0xa8,
};
const SUBSTRING = { initial: 0x80, any: 0x81, final: 0x82 };
const RULE = { matchingRule: 0x81, attribute: 0x82, value: 0x83, dnAttributes: 0x84 };

/** The filter of a search request as BER (DER: shortest lengths, no default values). */
export function encodeFilter(filter: Filter): Buffer {
	const writer = new BackwardWriter();
	write(writer, filter);
	return writer.written();
}

/**
 * Writes from the last byte to the first, so that each length is known when it is written and
 * nothing is copied once more for every level it is nested in.
 */
class BackwardWriter {
	private buffer = Buffer.alloc(256);
	private at = this.buffer.length;

	/** Where what is written next will end: to be handed to `close`. */
	get end(): number {
		return this.buffer.length - this.at;
	}

	bytes(bytes: ArrayLike<number>) {
		if (bytes.length > this.at) this.grow(bytes.length);
		this.at -= bytes.length;
		this.buffer.set(bytes, this.at);
	}

	primitive(tag: number, value: string | Uint8Array) {
		const { end } = this;
		this.bytes(typeof value === 'string' ? Buffer.from(value) : value);
		this.close(tag, end);
	}

	/** Puts tag and length before all that was written since `end` was asked for. */
	close(tag: number, end: number) {
		let length = this.end - end;
		if (length < 0x80) return this.bytes([tag, length]);
		const octets: number[] = [];
		for (; length > 0; length = Math.floor(length / 256)) octets.unshift(length % 256);
		this.bytes([tag, 0x80 | octets.length, ...octets]);
	}

	written(): Buffer {
		return this.buffer.subarray(this.at);
	}

	private grow(needed: number) {
		const used = this.written();
		const larger = Buffer.alloc(this.buffer.length * 2 + needed);
		this.at = larger.length - used.length;
		larger.set(used, this.at);
		this.buffer = larger;
	}
}

function write(writer: BackwardWriter, filter: Filter): void {
	if (filter.type === 'present') return writer.primitive(PRESENT, filter.attribute);
	const { end } = writer;
	writer.close(writeContent(writer, filter), end);
}

/** @returns the tag of what was written */
function writeContent(writer: BackwardWriter, filter: Exclude<Filter, { type: 'present' }>) {
	if ('filters' in filter) {
		for (const each of [...filter.filters].reverse()) write(writer, each);
		return filter.type === 'and' ? AND : OR;
	}
	if (filter.type === 'not') {
		write(writer, filter.filter);
		return NOT;
	}
	if (filter.type === 'substrings') {
		writeSubstrings(writer, filter);
		return SUBSTRINGS;
	}
	if (filter.type === 'extensible') {
		const { attribute, matchingRule, value, dnAttributes } = filter;
		if (dnAttributes) writer.primitive(RULE.dnAttributes, Buffer.of(0xff));
		writer.primitive(RULE.value, value);
		if (attribute !== undefined) writer.primitive(RULE.attribute, attribute);
		if (matchingRule !== undefined) writer.primitive(RULE.matchingRule, matchingRule);
		return EXTENSIBLE;
	}
	writer.primitive(OCTET_STRING, filter.value);
	writer.primitive(OCTET_STRING, filter.attribute);
	return COMPARISON[filter.type];
}

function writeSubstrings(
	writer: BackwardWriter,
	{ attribute, initial, any, final }: Extract<Filter, { type: 'substrings' }>,
) {
	const { end } = writer;
	if (final) writer.primitive(SUBSTRING.final, final);
	for (const part of [...any].reverse()) writer.primitive(SUBSTRING.any, part);
	if (initial) writer.primitive(SUBSTRING.initial, initial);
	writer.close(SEQUENCE, end);
	writer.primitive(OCTET_STRING, attribute);
}
