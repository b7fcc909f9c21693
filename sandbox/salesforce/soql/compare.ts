import type { Operator } from '@jetstreamapp/soql-parser-js';
import { stampOf } from '../clock.ts';
import { normalId } from '../ids.ts';
import type { Field, FieldType } from '../schema/field.ts';
import type { Value } from '../store/row.ts';
import { daysOf, type Days } from './dates.ts';
import { placeOf, queryError } from './errors.ts';

/** A value in a condition: one, or a span of time. */
export type Literal = { value: Value } | Days;

export type Test = (value: Value) => boolean;

const kinds: Partial<Record<FieldType, 'number' | 'boolean' | 'date' | 'datetime' | 'id'>> = {
	int: 'number',
	double: 'number',
	currency: 'number',
	percent: 'number',
	boolean: 'boolean',
	date: 'date',
	datetime: 'datetime',
	id: 'id',
	reference: 'id',
};

const typeNames: Partial<Record<FieldType, string>> = {
	datetime: 'dateTime',
	id: 'ID',
	reference: 'ID',
};

/** The text in quotes, with its escapes undone. */
export function unquote(text: string): string {
	const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
	return text.slice(1, -1).replaceAll(/\\(.)/gs, (_, char: string) => escapes[char] ?? char);
}

/** Whether a field holds text, as far as conditions are concerned. */
export const isText = ({ type }: Field): boolean => kinds[type] === undefined;

/**
 * A literal of a query as the field needs it.
 * @throws ApiError INVALID_FIELD when its type is another one, INVALID_QUERY_FILTER_OPERATOR for no id
 */
export function literalOf(
	field: Field,
	text: string,
	literalType: string | undefined,
	now: number,
	query: string,
): Literal {
	const kind = kinds[field.type];
	const quoted = literalType === 'STRING';
	if (literalType === 'NULL') return { value: null };
	const wrong = (should: boolean) => {
		const name = typeNames[field.type] ?? field.type;
		const message = `value of filter criterion for field '${field.name}' must be of type ${name} and should ${should ? '' : 'not '}be enclosed in quotes`;
		return queryError('INVALID_FIELD', query, placeOf(query, field.name), message);
	};
	if (kind === undefined || kind === 'id') {
		if (!quoted) throw wrong(true);
		const value = unquote(text);
		if (kind !== 'id' || value === '') return { value: value === '' ? null : value };
		const id = normalId(value);
		if (id === undefined) {
			const message = `invalid ID field: ${value}`;
			throw queryError('INVALID_QUERY_FILTER_OPERATOR', query, placeOf(query, field.name), message);
		}
		return { value: id };
	}
	if (quoted) throw wrong(false);
	if (kind === 'number') {
		if (!/^(?:INTEGER|DECIMAL)/.test(literalType ?? '')) throw wrong(false);
		return { value: Number(text.replace(/^[a-z]{3}/i, '')) };
	}
	if (kind === 'boolean') {
		if (literalType !== 'BOOLEAN') throw wrong(false);
		return { value: text.toUpperCase() === 'TRUE' };
	}
	const days = daysOf(text, now);
	if (days)
		return kind === 'date' ? days : { start: atMidnight(days.start), end: atMidnight(days.end) };
	if (literalType !== (kind === 'date' ? 'DATE' : 'DATETIME')) throw wrong(false);
	if (kind === 'date') return { value: text };
	const time = Date.parse(text.replace(/([-+]\d{2})(\d{2})$/, '$1:$2'));
	return { value: stampOf(time) };
}

const atMidnight = (day: string) => `${day}T00:00:00.000+0000`;

/**
 * The test of LIKE with a text in quotes: "%" stands for any text, "_" for one character, "\" before
 * them takes that away.
 */
export function likeTest(quoted: string): Test {
	const parts = quoted.slice(1, -1).match(/\\.|[^\\]/gs) ?? [];
	const source = parts
		.map((part) => {
			if (part === '%') return '.*';
			if (part === '_') return '.';
			const char = part === '\\%' || part === '\\_' ? part.slice(1) : unquote(`'${part}'`);
			return char.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
		})
		.join('');
	const expression = new RegExp(`^${source}$`, 'is');
	return (value) => typeof value === 'string' && expression.test(value);
}

/** The order of two values; text regardless of case. */
export function order(a: Value, b: Value): number {
	if (typeof a === 'string' && typeof b === 'string') {
		const [left, right] = [a.toLowerCase(), b.toLowerCase()];
		return left < right ? -1 : left > right ? 1 : 0;
	}
	return Number(a) - Number(b);
}

const equal = (a: Value, b: Value): boolean =>
	typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : a === b;

function single(operator: Operator, literal: Literal): Test {
	if ('start' in literal) {
		const { start, end } = literal;
		const within: Test = (value) => typeof value === 'string' && value >= start && value < end;
		const tests: Partial<Record<Operator, Test>> = {
			'=': within,
			'!=': (value) => !within(value),
			'<': (value) => typeof value === 'string' && value < start,
			'<=': (value) => typeof value === 'string' && value < end,
			'>': (value) => typeof value === 'string' && value >= end,
			'>=': (value) => typeof value === 'string' && value >= start,
		};
		return tests[operator] ?? within;
	}
	const wanted = literal.value;
	const tests: Partial<Record<Operator, Test>> = {
		'=': (value) => equal(value, wanted),
		'!=': (value) => !equal(value, wanted),
		'<': (value) => value !== null && order(value, wanted) < 0,
		'<=': (value) => value !== null && order(value, wanted) <= 0,
		'>': (value) => value !== null && order(value, wanted) > 0,
		'>=': (value) => value !== null && order(value, wanted) >= 0,
	};
	return tests[operator] ?? (() => false);
}

/** Multi-select picklists: one of the texts, each of whose parts ("a;b") must be chosen. */
function includesTest(literals: Literal[]): Test {
	const wanted = literals.map((literal) =>
		'value' in literal ? String(literal.value).toLowerCase().split(';') : [],
	);
	return (value) => {
		const chosen = typeof value === 'string' ? value.toLowerCase().split(';') : [];
		return wanted.some((parts) => parts.every((part) => chosen.includes(part)));
	};
}

/** The test of a condition other than LIKE. */
export function testOf(operator: Operator, literals: Literal[]): Test {
	if (operator === 'INCLUDES') return includesTest(literals);
	if (operator === 'EXCLUDES') {
		const test = includesTest(literals);
		return (value) => !test(value);
	}
	if (operator === 'IN' || operator === 'NOT IN') {
		const inside = memberTest(literals);
		return operator === 'IN' ? inside : (value) => !inside(value);
	}
	return single(operator, literals[0] ?? { value: null });
}

function memberTest(literals: Literal[]): Test {
	const values = new Set<Value>();
	const spans: Test[] = [];
	for (const literal of literals) {
		if ('start' in literal) spans.push(single('=', literal));
		else values.add(folded(literal.value));
	}
	return (value) => values.has(folded(value)) || spans.some((test) => test(value));
}

const folded = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);
