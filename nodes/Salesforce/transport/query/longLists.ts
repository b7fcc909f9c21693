import { invalidInput } from '../../../shared/resilience/failure';
import type { Group, Test } from './conditions';
import { listOf } from './conditions';
import type { Select } from './soql';
import { soqlText } from './soql';

// https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_soslsoql.htm
const LONGEST_SOQL = 100_000;

/**
 * The same query, or where it is too long because of a list, one for each part of this list: no record
 * is in two of them.
 */
export function withoutLongLists(select: Select): Select[] {
	const { length } = soqlText(select);
	if (length <= LONGEST_SOQL) return [select];
	const { where, orderBy = [], aggregates = [], groupBy = [], offset } = select;
	const longest = where && longestList(where);
	if (!longest) throw tooLong(length, 'Use fewer fields or conditions.');
	if (orderBy.length > 0 || aggregates.length > 0 || groupBy.length > 0 || offset)
		throw tooLong(
			length,
			`The list of "${longest.test.field}" cannot be cut up, because the result is sorted, summed up or skipped as a whole: leave that to other nodes.`,
		);
	const { test, values } = longest;
	return cut(values, sameness(select, test)).flatMap((value) =>
		withoutLongLists({
			...select,
			where: { ...where, of: where.of.map((part) => (part === test ? { ...test, value } : part)) },
		}),
	);
}

/** Only a list that all records must be in can be cut up. */
function longestList({ match, of }: Group): { test: Test; values: unknown[] } | undefined {
	if (match === 'any' && of.length > 1) return undefined;
	const lists = of.flatMap((test) =>
		'of' in test || test.operator !== 'in' ? [] : { test, values: listOf(test.value) },
	);
	return lists.sort((a, b) => b.values.length - a.values.length)[0];
}

/** Values may be the same for Salesforce that are different here: "a" and "A", IDs of 15 and 18 characters. */
function sameness({ fieldOf }: Select, { field }: Test): (value: unknown) => string {
	const { type } = fieldOf(field);
	const isId = type === 'id' || type === 'reference';
	return (value) =>
		String(value)
			.toLowerCase()
			.slice(0, isId ? 15 : undefined);
}

/** Two halves; values that may be the same stay together, or a record would come twice. */
function cut(values: unknown[], keyOf: (value: unknown) => string): [unknown[], unknown[]] {
	const keyed = values.map((value) => ({ value, key: keyOf(value) }));
	keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
	const isBorder = (at: number) => keyed[at]?.key !== keyed[at - 1]?.key;
	const middle = Math.ceil(keyed.length / 2);
	let at = middle;
	while (at < keyed.length && !isBorder(at)) at++;
	if (at >= keyed.length) for (at = middle; at > 0 && !isBorder(at);) at--;
	if (at <= 0 || at >= keyed.length)
		throw invalidInput('A list in a condition is too long, and cannot be cut up');
	const list = keyed.map(({ value }) => value);
	return [list.slice(0, at), list.slice(at)];
}

const tooLong = (length: number, hint: string) =>
	invalidInput(
		`The query has ${length} characters, and Salesforce takes ${LONGEST_SOQL.toLocaleString('en')}`,
		hint,
	);
