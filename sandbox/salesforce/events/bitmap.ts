import type { EventField } from './eventField.ts';

/**
 * A set of fields as change events carry it in Avro: one hexadecimal number whose lowest bit stands for
 * the first field of the schema (the header), and for the parts of a compound field "position-number".
 * https://developer.salesforce.com/docs/platform/pub-sub-api/guide/event-deserialization-considerations.html
 *
 * @param names of fields, and of parts as "BillingAddress.City"
 */
export function bitmaps(fields: readonly EventField[], names: ReadonlySet<string>): string[] {
	let own = 0n;
	const parts: string[] = [];
	for (const [at, field] of fields.entries()) {
		const position = at + 1;
		if (names.has(field.name)) own |= 1n << BigInt(position);
		const bits = field.parts.reduce(
			(sum, { name }, n) => (names.has(`${field.name}.${name}`) ? sum | (1n << BigInt(n)) : sum),
			0n,
		);
		if (bits > 0n) parts.push(`${position}-${hexadecimal(bits)}`);
	}
	if (own === 0n && parts.length === 0) return [];
	return [...(own > 0n ? [hexadecimal(own)] : []), ...parts];
}

/** Whole bytes, most significant first. */
function hexadecimal(bits: bigint): string {
	const digits = bits.toString(16).toUpperCase();
	return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}
