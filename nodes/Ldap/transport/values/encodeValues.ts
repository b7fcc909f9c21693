import { invalidInput } from '../../../shared/resilience/failure';
import type { Schema } from '../schema';
import { fromBase64 } from './bytes';
import type { ValueType } from './valueType';
import { valueTypeOf } from './valueTypes';

const NOTHING_HINT =
	'Correct the expression. To remove the attribute, let it give an empty list or null.';
const EMPTY_HINT =
	'LDAP has no empty values. To remove the attribute, give an empty list or null instead.';

/**
 * The bytes of the values of an attribute, from what a workflow has: texts, numbers, booleans, dates,
 * GUIDs, SIDs, the bytes of a file, or { base64 } and { text }; one of them or a list. Whatever
 * `shapeEntry` makes of values is taken.
 * @param attribute its description; options do not matter
 * @returns none for null and for an empty list
 * @throws Failure that names the attribute, where a value is none of its type or not there at all
 */
export function encodeValues(schema: Schema, attribute: string, values: unknown): Buffer[] {
	if (values === null) return [];
	const [name = ''] = attribute.split(';');
	const type = valueTypeOf(name, schema.attributeType(name));
	const list: unknown[] = Array.isArray(values) ? values : [values];
	return list.map((value, index) => {
		const which = list.length > 1 ? `Value ${index + 1}` : 'The value';
		return encodeValue(type, value, `${which} of "${attribute}"`);
	});
}

function encodeValue(type: ValueType, value: unknown, which: string): Buffer {
	if (value === undefined || value === null)
		throw invalidInput(`${which} is missing: its expression gives nothing`, NOTHING_HINT);
	if (value === '') throw invalidInput(`${which} is an empty text`, EMPTY_HINT);
	const bytes = explicitBytes(value) ?? type.encode(value);
	if (bytes) return bytes;
	const shown = type.showable && typeof value !== 'object' ? `: ${JSON.stringify(value)}` : '';
	const wanted = isObject(value) && 'base64' in value ? 'valid base64' : type.name;
	throw invalidInput(`${which} is not ${wanted}${shown.slice(0, 100)}`);
}

/** What says itself which bytes it is. */
function explicitBytes(value: unknown): Buffer | undefined {
	if (!isObject(value)) return undefined;
	if (value instanceof Uint8Array) return Buffer.from(value);
	if ('base64' in value && typeof value.base64 === 'string') return fromBase64(value.base64);
	if ('text' in value && typeof value.text === 'string') return Buffer.from(value.text);
	// A Buffer that went through JSON.
	if ('type' in value && value.type === 'Buffer' && 'data' in value && Array.isArray(value.data))
		return Buffer.from(value.data);
	return undefined;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
