import { isObject } from '../body.ts';
import { stampOf } from '../clock.ts';
import { refusal, type ApiError } from '../errors.ts';
import { normalId } from '../ids.ts';
import type { Schema } from '../schema/schema.ts';
import type { Field, FieldType } from '../schema/field.ts';
import type { Value } from '../store/row.ts';

type Convert = (value: unknown, field: Field) => Value | undefined;

const asText: Convert = (value) =>
	typeof value === 'string' ? value : typeof value === 'object' ? undefined : String(value);

const asNumber: Convert = (value) => {
	const text = typeof value === 'string' && /^\s*[-+]?[\d.]+(?:e[-+]?\d+)?\s*$/i.test(value);
	const number = typeof value === 'number' || text ? Number(value) : NaN;
	return Number.isFinite(number) ? number : undefined;
};

const asInteger: Convert = (value, field) => {
	const number = asNumber(value, field);
	return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
};

const asBoolean: Convert = (value) =>
	typeof value === 'boolean'
		? value
		: value === 'true' || value === '1'
			? true
			: value === 'false' || value === '0'
				? false
				: undefined;

/** A day that is in the calendar: 2026-02-30 is none. */
function day(text: string): string | undefined {
	const found = /^(\d{4}-\d{2}-\d{2})/.exec(text)?.[1];
	const time = Date.parse(`${found ?? ''}T00:00:00Z`);
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(`${found}`)
		? found
		: undefined;
}

const dayOnly = /^\d{4}-\d{2}-\d{2}$/;
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[-+]\d{2}:?\d{2})?$/;

const asDate: Convert = (value) =>
	typeof value === 'string' && (dayOnly.test(value) || moment.test(value)) ? day(value) : undefined;

/** Moments are kept in UTC and in whole seconds, as Salesforce does. */
export const asDatetime: Convert = (value) => {
	if (typeof value !== 'string' || !day(value)) return undefined;
	if (!dayOnly.test(value) && !moment.test(value)) return undefined;
	const zoned = /(?:Z|[-+]\d{2}:?\d{2})$/.test(value.slice(10));
	const text = dayOnly.test(value) ? `${value}T00:00:00Z` : zoned ? value : `${value}Z`;
	const time = Date.parse(text.replace(/([-+]\d{2})(\d{2})$/, '$1:$2'));
	return Number.isNaN(time) ? undefined : stampOf(Math.floor(time / 1000) * 1000);
};

const asTime: Convert = (value) =>
	typeof value === 'string' && /^\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z?$/.test(value)
		? `${value.replace('Z', '').padEnd(8, ':00').slice(0, 8)}.000Z`
		: undefined;

const asBytes: Convert = (value) =>
	typeof value === 'string' && /^[A-Za-z0-9+/=_\s-]*$/.test(value)
		? Buffer.from(value, 'base64')
		: undefined;

const converters: Partial<Record<FieldType, Convert>> = {
	int: asInteger,
	double: asNumber,
	currency: asNumber,
	percent: asNumber,
	boolean: asBoolean,
	date: asDate,
	datetime: asDatetime,
	time: asTime,
	base64: asBytes,
};

const tokenOf = (value: unknown): string =>
	typeof value === 'string'
		? `VALUE_STRING value ${value}`
		: typeof value === 'number'
			? `VALUE_NUMBER_${Number.isInteger(value) ? 'INT' : 'FLOAT'} value ${value}`
			: typeof value === 'boolean'
				? `VALUE_${String(value).toUpperCase()} value ${value}`
				: Array.isArray(value)
					? 'START_ARRAY value ['
					: 'START_OBJECT value {';

function notReadable(value: unknown, { type }: Field): ApiError {
	const wanted = type === 'datetime' ? 'datetime' : (asName[type] ?? 'string');
	return refusal(
		'JSON_PARSER_ERROR',
		`Cannot deserialize instance of ${wanted} from ${tokenOf(value)} or request may be missing a required field at [line:1, column:2]`,
	);
}

const asName: Partial<Record<FieldType, string>> = {
	int: 'int',
	double: 'double',
	currency: 'currency',
	percent: 'percent',
	boolean: 'boolean',
	date: 'date',
	time: 'time',
	base64: 'base64Binary',
	reference: 'reference',
};

/**
 * A value of JSON as the field keeps it; an empty text is none.
 * @throws ApiError JSON_PARSER_ERROR, MALFORMED_ID, STRING_TOO_LONG ...
 */
export function convert(schema: Schema, field: Field, value: unknown): Value {
	if (value === null || value === undefined || value === '') return null;
	if (isObject(value) || Array.isArray(value)) throw notReadable(value, field);
	const converted = (converters[field.type] ?? asText)(value, field);
	if (converted === undefined) throw notReadable(value, field);
	return check(schema, field, converted);
}

const email = /^[^\s@<>()[\]\\,;:"]+@[^\s@]+\.[^\s@.]+$/;

function check(schema: Schema, field: Field, value: Value): Value {
	const { name, label, type, length } = field;
	if (typeof value === 'string') {
		const text = value.trimEnd();
		if (type === 'reference') return reference(schema, field, text.trim());
		if (length > 0 && text.length > length && type !== 'picklist') {
			const message = `${label}: data value too large: ${text} (max length=${length})`;
			throw refusal('STRING_TOO_LONG', message, [name]);
		}
		if (type === 'email' && !email.test(text.trim())) {
			throw refusal('INVALID_EMAIL_ADDRESS', `${label}: invalid email address: ${text}`, [name]);
		}
		if (type === 'picklist' || type === 'multipicklist') return choice(field, text);
		return text === '' ? null : text.trim();
	}
	if (typeof value === 'number' && ['double', 'currency', 'percent'].includes(type)) {
		const { precision, scale } = field;
		if (precision > 0 && Math.abs(value) >= 10 ** (precision - scale)) {
			const message = `${label}: value outside of valid range on numeric field: ${value}`;
			throw refusal('NUMBER_OUTSIDE_VALID_RANGE', message, [name]);
		}
		return Number(value.toFixed(Math.min(scale, 15)));
	}
	return value;
}

/** A picklist that is not restricted takes any value up to its length. */
function choice(field: Field, text: string): string {
	const { name, label, length, restrictedPicklist, picklistValues, type } = field;
	const parts = type === 'multipicklist' ? text.split(';').map((part) => part.trim()) : [text];
	const known = parts.map((part) => picklistValues.find(({ value }) => same(value, part))?.value);
	if (restrictedPicklist && known.includes(undefined)) {
		throw refusal(
			'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
			`${label}: bad value for restricted picklist field: ${text}`,
			[name],
		);
	}
	if (text.length > length) {
		const message = `${label}: data value too large: ${text} (max length=${length})`;
		throw refusal('STRING_TOO_LONG', message, [name]);
	}
	return parts.map((part, at) => known[at] ?? part).join(';');
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

function reference(schema: Schema, field: Field, text: string): string {
	const id = normalId(text);
	const type = id === undefined ? undefined : schema.ofId(id);
	if (id === undefined || (type && !field.referenceTo.includes(type.name))) {
		const message = `${field.label}: id value of incorrect type: ${text}`;
		throw refusal('MALFORMED_ID', message, [field.name]);
	}
	return id;
}
