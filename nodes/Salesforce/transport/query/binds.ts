import { invalidInput } from '../../../shared/resilience/failure';
import { dateLiteral, dateOf, dateTimeOf, timeOf } from './dates';
import { booleanOf, numberOf, plainText, textOf } from './literal';
import { containing, endingWith, pattern, startingWith } from './quote';
import { searchTerm } from './sosl';

const like = (patternOf: (text: string) => string) => (what: string, value: unknown) =>
	patternOf(plainText(what, value));

const KINDS = {
	boolean: booleanOf,
	contains: like(containing),
	date: dateOf,
	dateLiteral: (what, value) => dateLiteral(what, plainText(what, value)),
	dateTime: dateTimeOf,
	endsWith: like(endingWith),
	number: numberOf,
	pattern: like(pattern),
	startsWith: like(startingWith),
	text: textOf,
	time: timeOf,
} satisfies Record<string, (what: string, value: unknown) => string>;

export interface Bind {
	/** without the colon */
	name: string;
	kind: keyof typeof KINDS;
	/** one, or a list for IN, INCLUDES and EXCLUDES */
	value: unknown;
}

// A text of SOQL, a search term of SOSL in braces, or a variable. The number of LAST_N_DAYS:7 is none.
const PARTS = /'(?:\\.|[^'\\])*'|(\{(?:\\.|[^}\\])*\})|:\s*([a-z_]\w*)/gis;

/**
 * SOQL or SOSL with values in place of its variables, as in "Name = :name AND Id IN :ids". Nothing in
 * a value can be more than a value; what stands in quotes stays as it is.
 * @throws Failure for a variable without a value, and for a value without a variable
 */
export function bound(text: string, binds: Bind[], language: 'soql' | 'sosl' = 'soql'): string {
	const values = new Map(binds.map((bind) => [bind.name.trim().replace(/^:/, ''), bind]));
	if (values.size < binds.length) throw invalidInput('Two query values have the same name');
	const used = new Set<string>();
	const bindOf = (name: string) => {
		const bind = values.get(name);
		if (!bind) throw unknown(name, [...values.keys()]);
		used.add(name);
		return bind;
	};
	const made = text.replace(
		PARTS,
		(part, term: string | undefined, name: string | undefined, at: number) => {
			if (name) return literals(bindOf(name), text.slice(0, at));
			if (!term || language === 'soql') return part;
			return term.replace(/:\s*([a-z_]\w*)/gi, (_part, inTerm: string) => termOf(bindOf(inTerm)));
		},
	);
	const unused = [...values.keys()].filter((name) => !used.has(name));
	if (unused.length > 0) throw notUsed(unused);
	return made;
}

function literals({ name, kind, value }: Bind, before: string): string {
	const what = `The value of ":${name}"`;
	const list: unknown[] = Array.isArray(value) ? value : [value];
	const written = list.map((one) => (one === null ? 'NULL' : KINDS[kind](what, one))).join(', ');
	if (list.length === 0) throw invalidInput(`${what} is an empty list`, EMPTY);
	if (/\b(IN|INCLUDES|EXCLUDES)\s*$/i.test(before)) return `(${written})`;
	const isInList = /\b(IN|INCLUDES|EXCLUDES)\s*\([^()]*$/i.test(before);
	if (list.length === 1 || isInList) return written;
	throw invalidInput(`${what} is a list, where a single value is needed`, 'Lists go behind IN.');
}

function termOf({ name, value }: Bind): string {
	return searchTerm(plainText(`The value of ":${name}"`, value));
}

const EMPTY =
	'SOQL has no empty lists: do not run the query for it, for instance by an If node before.';

const unknown = (name: string, names: string[]) =>
	invalidInput(
		`":${name}" stands in the query, but has no value`,
		names.length > 0 ? `There are values for: ${names.join(', ')}.` : 'Add it to the query values.',
	);

const notUsed = (names: string[]) =>
	invalidInput(
		`The query has no ":${names.join('", ":')}"`,
		'A condition may be missing. Remove the value, or use it in the query.',
	);
