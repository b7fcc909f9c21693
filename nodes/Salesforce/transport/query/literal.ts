import { invalidInput } from '../../../shared/resilience/failure';
import type { FieldDescription } from '../describe';
import { dateOf, dateTimeOf, timeOf } from './dates';
import { quote } from './quote';

/** What a literal needs to know of a field. */
export type TypedField = Pick<FieldDescription, 'name' | 'type'>;

type Literal = (what: string, value: unknown) => string;

const LITERALS: Partial<Record<string, Literal>> = {
	boolean: booleanOf,
	currency: currencyOf,
	date: dateOf,
	datetime: dateTimeOf,
	double: numberOf,
	int: numberOf,
	long: numberOf,
	percent: numberOf,
	time: timeOf,
};

/**
 * A value as SOQL writes it for this field. The type of the field decides, never the look of the
 * value: an account number "0012" stays a text, and the text "TODAY" a name.
 * @throws Failure of kind invalid that names the field
 */
export function literalOf(field: TypedField, value: unknown): string {
	if (value === null || value === undefined) return 'NULL';
	const what = `The value of "${field.name}"`;
	return (LITERALS[field.type] ?? textOf)(what, value);
}

/** Whether values of the field stand in quotes, so that LIKE can be used on it. */
export const isText = ({ type }: TypedField): boolean => LITERALS[type] === undefined;

export function textOf(what: string, value: unknown): string {
	return quote(plainText(what, value));
}

/** @throws Failure where the value is a list or an object: "[object Object]" would match nothing */
export function plainText(what: string, value: unknown): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
		return String(value);
	const json: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
	if (typeof json === 'string') return json;
	throw invalidInput(`${what} is ${shown(value)}, which is no text`, 'Give a single value.');
}

export function booleanOf(what: string, value: unknown): string {
	const word = String(value).trim().toLowerCase();
	if (word === 'true' || word === '1') return 'TRUE';
	if (word === 'false' || word === '0') return 'FALSE';
	throw invalidInput(`${what} is ${shown(value)}`, 'The field is a checkbox: give true or false.');
}

const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** Digits stay as they were written: JavaScript would round those of long numbers. */
export function numberOf(what: string, value: unknown): string {
	const text = typeof value === 'number' ? digitsOf(value) : String(value).trim();
	if (NUMBER.test(text)) return text.replace(/^\+/, '');
	throw invalidInput(
		`${what} is ${shown(value)}, which is no number`,
		'Write it with a decimal point and without thousands separators, such as 1234.5.',
	);
}

/** "USD5000" names the currency, in orgs that have several. */
function currencyOf(what: string, value: unknown): string {
	const text = String(value).trim();
	return /^[A-Z]{3}\d+(\.\d+)?$/.test(text) ? text : numberOf(what, value);
}

/** Without an exponent, which SOQL has no words for. */
function digitsOf(value: number): string {
	const text = String(value);
	if (!text.includes('e')) return text;
	return Math.abs(value) >= 1 ? BigInt(value).toString() : value.toFixed(20).replace(/0+$/, '');
}

const shown = (value: unknown) => (JSON.stringify(value) ?? String(value)).slice(0, 100);
