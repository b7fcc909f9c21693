import { invalidInput } from '../../../shared/resilience/failure';
import { dateLiteral } from './dates';
import type { TypedField } from './literal';
import { isText, literalOf, plainText } from './literal';
import { fieldPath } from './names';
import { containing, endingWith, pattern, quote, startingWith } from './quote';

/** What is known of a field, by its path. @throws Failure where the object has no such field */
export type FieldOf = (path: string) => TypedField;

export interface Test {
	field: string;
	operator: Operator;
	/** a list for those operators that take one; a text of values between commas is one as well */
	value?: unknown;
	/** the value is TODAY, LAST_N_DAYS:7 ... and not a value */
	isDateLiteral?: boolean;
}

export interface Group {
	match: 'all' | 'any';
	of: Array<Group | Test>;
}

/** What stands behind WHERE; empty where there is no condition. */
export function whereOf(group: Group, fieldOf: FieldOf): string {
	return joined(group, fieldOf, false);
}

function joined({ match, of }: Group, fieldOf: FieldOf, inGroup: boolean): string {
	const parts = of
		.map((part) => ('of' in part ? joined(part, fieldOf, true) : testOf(part, fieldOf)))
		.filter((part) => part !== '');
	const text = parts.join(match === 'any' ? ' OR ' : ' AND ');
	// SOQL takes no AND beside OR without them.
	return inGroup && parts.length > 1 ? `(${text})` : text;
}

interface Operands {
	path: string;
	field: TypedField;
	literal: () => string;
	/** the value as a text, for fields that have texts */
	text: () => string;
	list: () => unknown[];
}

const compared = (sign: string) => {
	return ({ path, literal }: Operands) => `${path} ${sign} ${literal()}`;
};

const like = (patternOf: (text: string) => string) => {
	return ({ path, text }: Operands) => `${path} LIKE ${patternOf(text())}`;
};

/** SOQL has no NOT LIKE; the outer parentheses allow an AND behind it. */
const not = (test: (operands: Operands) => string) => {
	return (operands: Operands) => `(NOT (${test(operands)}))`;
};

const inMultiple = (word: 'INCLUDES' | 'EXCLUDES', separator: string) => {
	return ({ path, field, list }: Operands) => {
		const values = list().map((value) => plainText(`A value of "${field.name}"`, value));
		if (values.length === 0) throw noValue(path);
		const literals = separator === ';' ? [quote(values.join(';'))] : values.map(quote);
		return `${path} ${word} (${literals.join(', ')})`;
	};
};

// No record is without an ID.
const NONE = 'Id = NULL';
const ALL = 'Id != NULL';

function isIn({ path, field, list }: Operands): string {
	const { literals, hasNull } = distinct(field, list());
	const tests = [
		...(literals.length > 0 ? [`${path} IN (${literals.join(', ')})`] : []),
		...(hasNull ? [`${path} = NULL`] : []),
	];
	return tests.length > 1 ? `(${tests.join(' OR ')})` : (tests[0] ?? NONE);
}

function isNotIn({ path, field, list }: Operands): string {
	const { literals, hasNull } = distinct(field, list());
	const tests = [
		...(literals.length > 0 ? [`${path} NOT IN (${literals.join(', ')})`] : []),
		...(hasNull ? [`${path} != NULL`] : []),
	];
	return tests.length > 1 ? `(${tests.join(' AND ')})` : (tests[0] ?? ALL);
}

function distinct(field: TypedField, values: unknown[]) {
	const literals = new Set(values.map((value) => literalOf(field, value)));
	const hasNull = literals.delete('NULL');
	return { literals: [...literals], hasNull };
}

const OPERATORS = {
	atLeast: compared('>='),
	atMost: compared('<='),
	contains: like(containing),
	endsWith: like(endingWith),
	equals: compared('='),
	excludes: inMultiple('EXCLUDES', ','),
	greaterThan: compared('>'),
	in: isIn,
	includesAll: inMultiple('INCLUDES', ';'),
	includesAny: inMultiple('INCLUDES', ','),
	isEmpty: ({ path }) => `${path} = NULL`,
	isNotEmpty: ({ path }) => `${path} != NULL`,
	lessThan: compared('<'),
	like: like(pattern),
	notContains: not(like(containing)),
	notEndsWith: not(like(endingWith)),
	notEquals: compared('!='),
	notIn: isNotIn,
	notLike: not(like(pattern)),
	notStartsWith: not(like(startingWith)),
	startsWith: like(startingWith),
} satisfies Record<string, (operands: Operands) => string>;

export type Operator = keyof typeof OPERATORS;

function testOf({ field: name, operator, value, isDateLiteral }: Test, fieldOf: FieldOf): string {
	const path = fieldPath(name);
	const field = fieldOf(path);
	return OPERATORS[operator]({
		path,
		field,
		literal: () => {
			if (isDateLiteral) return dateLiteral(`The value of "${path}"`, String(value));
			// An empty text is a value of text fields, and equal to none at all.
			if (value === '' && !isText(field)) throw noValue(path);
			return literalOf(field, value);
		},
		text: () => {
			if (!isText(field)) throw noPattern(path, field);
			const text = plainText(`The value of "${path}"`, value);
			if (text === '') throw noValue(path);
			return text;
		},
		list: () => listOf(value),
	});
}

/** A text of several values has commas between them. */
export function listOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value as unknown[];
	if (typeof value !== 'string') return [value];
	return value
		.split(',')
		.map((one) => one.trim())
		.filter((one) => one !== '');
}

const noValue = (path: string) =>
	invalidInput(
		`The condition of "${path}" has no value`,
		'Fill it in, or check its expression. To find records without a value, use "Is Empty".',
	);

const noPattern = (path: string, { type }: TypedField) =>
	invalidInput(
		`"${path}" has the type ${type}, in which no part of a text can be searched`,
		'Use "Equals", "At Least" or "At Most".',
	);
