import type { Type } from 'avsc';

/**
 * The fields of a bitmap of a change event, read as Salesforce's Java example does: bits by position in
 * the schema, lowest first; "4-0x02" for the parts of the field at position 4.
 * https://developer.salesforce.com/docs/platform/pub-sub-api/guide/event-deserialization-considerations.html
 */
export function changedFields(
	type: Type,
	event: Record<string, unknown> | undefined,
	bitmap: 'changedFields' | 'nulledFields',
): string[] {
	const schema: Schema = JSON.parse(JSON.stringify(type.schema({ exportAttrs: true })));
	const header = Object(event?.ChangeEventHeader);
	const names: string[] = header[bitmap].flatMap((text: string) => {
		const [, position, bits = ''] = /^(?:(\d+)-)?0x([0-9A-F]+)$/.exec(text) ?? [];
		const field = schema.fields[Number(position)];
		if (position === undefined) return positions(bits).map((at) => schema.fields[at]?.name);
		return positions(bits).map((at) => `${field?.name}.${partsOf(schema, field)[at]?.name}`);
	});
	return names.sort();
}

interface Schema {
	name: string;
	fields: Array<{ name: string; type: unknown }>;
}

/** A named type is written out only where it stands first. */
function partsOf(schema: Schema, field: Schema['fields'][number] | undefined): Schema['fields'] {
	const [found] = [field?.type].flat().filter((one) => one !== 'null');
	if (typeof found !== 'string') return Object(found).fields;
	const all = schema.fields.flatMap(({ type }) => [type].flat());
	return Object(all.find((one) => Object(one).name === found)).fields;
}

function positions(hexadecimal: string): number[] {
	const bits = [...BigInt(`0x${hexadecimal}`).toString(2)].reverse();
	return bits.flatMap((bit, at) => (bit === '1' ? [at] : []));
}
