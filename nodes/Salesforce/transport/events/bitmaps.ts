import type { RecordType } from './avro';

/**
 * Names of the fields that a bitmap of a change event stands for: "0x650004E0" has a bit for each field
 * of the schema, "4-0x10" one for each part of the field at place 4.
 * https://developer.salesforce.com/docs/platform/pub-sub-api/guide/event-deserialization-considerations.html
 */
export function fieldsOfBitmaps(bitmaps: string[], { fields }: RecordType): string[] {
	return bitmaps.flatMap((bitmap) => {
		const [first = '', second] = bitmap.split('-');
		if (second === undefined) return isBitmap(first) ? namesOf(first, fields) : [first];
		const whole = fields[Number(first)];
		if (!whole?.record || !isBitmap(second)) return whole ? [whole.name] : [];
		return namesOf(second, whole.record.fields).map((part) => `${whole.name}.${part}`);
	});
}

// Fields that are named already are left as they are.
const isBitmap = (text: string) => /^0x[0-9a-f]+$/i.test(text);

function namesOf(bitmap: string, fields: RecordType['fields']): string[] {
	const bits = BigInt(bitmap);
	return fields.filter((_field, n) => (bits >> BigInt(n)) & 1n).map(({ name }) => name);
}
