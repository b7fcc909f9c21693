import type {
	Condition,
	ConditionWithValueQuery,
	HavingClause,
	Query,
	WhereClause,
} from '@jetstreamapp/soql-parser-js';
import type { Row, Value } from '../store/row.ts';
import { isText, likeTest, literalOf, testOf, type Literal, type Test } from './compare.ts';
import { dateFunctions } from './dates.ts';
import { malformed, placeOf, queryError } from './errors.ts';
import { resolve, type Path, type Scope } from './path.ts';

export type Predicate<T = Row> = (row: T) => boolean;

/** A condition on an indexed field of the object itself, all of whose rows are known at once. */
export interface Lookup {
	field: string;
	values: Value[];
}

export interface Compiled<T> {
	test: Predicate<T>;
	/** Conditions that every row must meet, by which the rows can be looked up. */
	lookups: Lookup[];
}

type Token<T> = '(' | ')' | 'AND' | 'OR' | 'NOT' | Compiled<T>;

type Clause = WhereClause | HavingClause;

/** The clause in the order in which it was written. */
function tokens<T>(
	clause: Clause,
	leaf: (condition: ConditionWithValueQuery) => Compiled<T>,
): Array<Token<T>> {
	const list: Array<Token<T>> = [];
	let at: Clause | undefined = clause;
	while (at) {
		const { left } = at as { left: Condition | null };
		if ('operator' in at && at.operator === 'NOT') {
			list.push(...opened(left), 'NOT');
		} else if (left) {
			const condition = left as ConditionWithValueQuery;
			const closed = 'closeParen' in condition ? (condition.closeParen ?? 0) : 0;
			list.push(
				...opened(left),
				leaf(condition),
				...Array.from({ length: closed }, () => ')' as const),
			);
			if ('operator' in at && at.operator) list.push(at.operator);
		}
		at = 'right' in at ? at.right : undefined;
	}
	return list;
}

const opened = (left: object | null): Array<'('> =>
	Array.from({ length: left && 'openParen' in left ? Number(left.openParen ?? 0) : 0 }, () => '(');

/**
 * Builds one test of all conditions.
 * @throws ApiError MALFORMED_QUERY where AND and OR stand beside each other without parentheses
 */
export function combine<T>(
	query: string,
	clause: Clause,
	leaf: (condition: ConditionWithValueQuery) => Compiled<T>,
): Compiled<T> {
	const list = tokens(clause, leaf);
	let at = 0;
	const unary = (): Compiled<T> => {
		const token = list[at++];
		if (token === 'NOT') {
			const { test } = unary();
			return { test: (row) => !test(row), lookups: [] };
		}
		if (token === '(') {
			const inner = sequence();
			at++;
			return inner;
		}
		if (token === undefined || typeof token === 'string') {
			throw malformed(query, query.length, "unexpected token: '<EOF>'");
		}
		return token;
	};
	const sequence = (): Compiled<T> => {
		const parts = [unary()];
		let operator: Token<T> | undefined;
		while (list[at] === 'AND' || list[at] === 'OR') {
			const next = list[at++];
			operator ??= next;
			if (next !== operator) {
				throw malformed(query, placeOf(query, String(next)), `unexpected token: '${String(next)}'`);
			}
			parts.push(unary());
		}
		const [only] = parts;
		if (parts.length === 1 && only) return only;
		if (operator === 'OR')
			return { test: (row) => parts.some(({ test }) => test(row)), lookups: [] };
		return {
			test: (row) => parts.every(({ test }) => test(row)),
			lookups: parts.flatMap(({ lookups }) => lookups),
		};
	};
	return sequence();
}

/** The literals of a condition, typed as its field needs them. */
export function literalsOf(
	scope: Pick<Scope, 'org' | 'query'>,
	field: Path['field'],
	condition: { value: string | string[]; literalType?: string | string[] },
): Literal[] {
	const values = [condition.value].flat();
	const types = [condition.literalType].flat();
	const now = scope.org.clock.now();
	return values.map((text, n) => literalOf(field, text, types[n] ?? types[0], now, scope.query));
}

/** Runs the query inside of a condition; gives the values of its only field. */
export type Subselect = (query: Query) => Value[];

/** The test of a WHERE clause. @throws ApiError INVALID_FIELD, MALFORMED_QUERY ... */
export function compileWhere(
	scope: Scope,
	clause: WhereClause,
	subselect: Subselect,
): Compiled<Row> {
	return combine(scope.query, clause, (condition) => {
		if ('valueQuery' in condition) {
			const path = filterable(scope, condition.field);
			const values = subselect(condition.valueQuery);
			const test = testOf(
				condition.operator,
				values.map((value) => ({ value })),
			);
			return {
				test: (row) => test(path.get(row)),
				lookups: lookupsOf(scope, path, condition.operator, values),
			};
		}
		if ('fn' in condition) return functionTest(scope, condition);
		if (!('field' in condition)) throw malformed(scope.query, 0, 'unexpected token');
		const path = filterable(scope, condition.field);
		const literals = condition.operator === 'LIKE' ? [] : literalsOf(scope, path.field, condition);
		const test =
			condition.operator === 'LIKE'
				? like(scope, path, condition)
				: testOf(condition.operator, literals);
		const values = literals.flatMap((literal) => ('value' in literal ? [literal.value] : []));
		return {
			test: (row) => test(path.get(row)),
			lookups:
				values.length === literals.length ? lookupsOf(scope, path, condition.operator, values) : [],
		};
	});
}

function like({ query }: Scope, { field }: Path, { value }: { value: string | string[] }): Test {
	const [text = ''] = [value].flat();
	if (isText(field) && text.startsWith("'")) return likeTest(text);
	const message = `invalid operator on ${field.type} field`;
	throw queryError('INVALID_QUERY_FILTER_OPERATOR', query, placeOf(query, field.name), message);
}

function lookupsOf({ org, type }: Scope, path: Path, operator: string, values: Value[]): Lookup[] {
	const { name } = path.field;
	if (path.steps.length > 0 || (operator !== '=' && operator !== 'IN')) return [];
	if (name !== 'Id' && !org.store.table(type.name).isIndexed(name)) return [];
	return values.includes(null) ? [] : [{ field: name, values }];
}

function filterable(scope: Scope, name: string): Path {
	const path = resolve(scope, name);
	if (path.field.filterable) return path;
	const message = `field '${path.field.name}' can not be filtered in a query call`;
	throw queryError('INVALID_FIELD', scope.query, placeOf(scope.query, name), message);
}

type FunctionCondition = Extract<Condition, { fn: unknown }>;

function functionTest(scope: Scope, { fn, operator, value }: FunctionCondition): Compiled<Row> {
	const compute = dateFunctions[fn.functionName?.toUpperCase() ?? ''];
	const [inner] = fn.parameters ?? [];
	const name = typeof inner === 'string' ? inner : inner?.parameters?.[0];
	if (!compute || typeof name !== 'string') {
		const message = `Invalid function: ${fn.rawValue ?? ''}`;
		throw malformed(scope.query, placeOf(scope.query, fn.functionName ?? ''), message);
	}
	const path = resolve(scope, name);
	const literals: Literal[] = [value].flat().map((text) => ({
		value: /^\d+$/.test(text) ? Number(text) : text,
	}));
	const test = testOf(operator, literals);
	return {
		test(row) {
			const date = path.get(row);
			return test(typeof date === 'string' ? compute(new Date(date)) : null);
		},
		lookups: [],
	};
}
