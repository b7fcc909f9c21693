import { Failure } from '../../shared/resilience/failure';
import { isAttributeDescription, isNameOrOid } from './names';

/** A search filter (RFC 4511 section 4.5.1.7). Values are bytes. */
export type Filter =
	| { type: 'and' | 'or'; filters: Filter[] }
	| { type: 'not'; filter: Filter }
	| { type: ComparisonType; attribute: string; value: Buffer }
	| { type: 'present'; attribute: string }
	| { type: 'substrings'; attribute: string; initial?: Buffer; any: Buffer[]; final?: Buffer }
	| {
			type: 'extensible';
			attribute?: string;
			matchingRule?: string;
			value: Buffer;
			dnAttributes: boolean;
	  };

export type ComparisonType = 'equality' | 'greaterOrEqual' | 'lessOrEqual' | 'approximate';

/** Name or OID of a matching rule. One called "dn" could not be told from the flag of this name. */
export const isMatchingRule = (text: string): boolean =>
	isNameOrOid(text) && text.toLowerCase() !== 'dn';

export const invalidFilter = (message: string, hint?: string) =>
	new Failure({ kind: 'invalid', phase: 'notSent', code: 'INVALID_FILTER', message, hint });

/** @returns the name. @throws Failure of kind invalid: whatever else it is could change the filter */
export function attributeOf(attribute: string): string {
	if (isAttributeDescription(attribute)) return attribute;
	throw invalidFilter(
		`"${attribute}" is not the name of an attribute`,
		'Names are made of letters, digits and hyphens, such as sAMAccountName or cn;lang-de.',
	);
}

// The builders take what may come from an item: names are checked, values can hold anything.

const bytesOf = (value: string | Buffer) =>
	typeof value === 'string' ? Buffer.from(value) : value;

export const comparison = (
	type: ComparisonType,
	attribute: string,
	value: string | Buffer,
): Filter => ({ type, attribute: attributeOf(attribute), value: bytesOf(value) });

export const equal = (attribute: string, value: string | Buffer): Filter =>
	comparison('equality', attribute, value);

export const present = (attribute: string): Filter => ({
	type: 'present',
	attribute: attributeOf(attribute),
});

/** As ldapsearch writes it: every server knows what is meant by it, also one that takes case seriously. */
export const anyEntry = present('objectclass');

/** @throws Failure of kind invalid where a part is empty: servers refuse it */
export function substrings(
	attribute: string,
	parts: { initial?: string | Buffer; any?: Array<string | Buffer>; final?: string | Buffer },
): Filter {
	const initial = parts.initial === undefined ? undefined : bytesOf(parts.initial);
	const final = parts.final === undefined ? undefined : bytesOf(parts.final);
	const any = (parts.any ?? []).map(bytesOf);
	if ([initial, ...any, final].some((part) => part?.length === 0)) {
		throw invalidFilter(
			`A part of the value looked for in ${attribute} is empty`,
			'To find all entries that have the attribute, use "exists".',
		);
	}
	return {
		type: 'substrings',
		attribute: attributeOf(attribute),
		...(initial && { initial }),
		any,
		...(final && { final }),
	};
}

/** Compares by a rule of the server: "(attribute:matchingRule:=value)". */
export function byRule(attribute: string, matchingRule: string, value: string | Buffer): Filter {
	if (!isMatchingRule(matchingRule)) {
		throw invalidFilter(`"${matchingRule}" is not the name or OID of a matching rule`);
	}
	return {
		type: 'extensible',
		attribute: attributeOf(attribute),
		matchingRule,
		value: bytesOf(value),
		dnAttributes: false,
	};
}

/** Of none: true (RFC 4526). */
export const allOf = (...filters: Filter[]): Filter => ({ type: 'and', filters });

/** Of none: false (RFC 4526). */
export const anyOf = (...filters: Filter[]): Filter => ({ type: 'or', filters });

export const not = (filter: Filter): Filter => ({ type: 'not', filter });
