import type {
	FieldFunctionExpression,
	FieldType as SelectField,
	FunctionExp,
	OrderByClause,
	Query,
} from '@jetstreamapp/soql-parser-js';
import type { Row, Value } from '../store/row.ts';
import { literalOf, order, testOf } from './compare.ts';
import { combine, literalsOf, type Predicate } from './conditions.ts';
import { dateFunctions } from './dates.ts';
import { malformed, placeOf } from './errors.ts';
import { resolve, type Path, type Scope } from './path.ts';

/** A value of a group of rows. */
type OfGroup = (rows: Row[]) => Value;

interface Column {
	/** As the answer calls it. */
	name: string;
	/** As the query writes it: for HAVING and ORDER BY. */
	expression: string;
	get: OfGroup;
}

/** Whether a query gives groups instead of records. */
export function isAggregate({ fields, groupBy }: Query): boolean {
	return (
		groupBy !== undefined ||
		(fields ?? []).some(
			(field) =>
				field.type === 'FieldFunctionExpression' && field.functionName.toUpperCase() in functions,
		)
	);
}

/** Values of the rows that have one. */
const present = (rows: Row[], { get }: Path): Value[] =>
	rows.map((row) => get(row)).filter((value) => value !== null);

const numbers = (rows: Row[], path: Path): number[] => present(rows, path).map(Number);

const sum = (values: number[]): number | null =>
	values.length === 0 ? null : values.reduce((total, value) => total + value, 0);

const extreme = (values: Value[], sign: 1 | -1): Value =>
	values.reduce<Value>(
		(best, value) => (best === null || order(value, best) * sign > 0 ? value : best),
		null,
	);

const functions: Record<string, (rows: Row[], path: Path) => Value> = {
	COUNT: (rows, path) => present(rows, path).length,
	COUNT_DISTINCT: (rows, path) =>
		new Set(present(rows, path).map((value) => String(value).toLowerCase())).size,
	SUM: (rows, path) => sum(numbers(rows, path)),
	AVG(rows, path) {
		const values = numbers(rows, path);
		const total = sum(values);
		return total === null ? null : total / values.length;
	},
	MIN: (rows, path) => extreme(present(rows, path), -1),
	MAX: (rows, path) => extreme(present(rows, path), 1),
};

const parameterOf = ({ parameters }: FunctionExp): string => {
	const [first] = parameters ?? [];
	return typeof first === 'string' ? first : ((first && parameterOf(first)) ?? '');
};

/** What an aggregate function gives for a group. @throws ApiError MALFORMED_QUERY */
function aggregateFunction(scope: Scope, expression: FunctionExp): OfGroup {
	const name = expression.functionName?.toUpperCase() ?? '';
	const parameter = parameterOf(expression);
	if (name === 'COUNT' && parameter === '') return (rows) => rows.length;
	const compute = functions[name];
	if (!compute) {
		const message = `Invalid function: ${expression.functionName ?? ''}`;
		throw malformed(scope.query, placeOf(scope.query, expression.functionName ?? ''), message);
	}
	const path = resolve(scope, parameter);
	if (!path.field.aggregatable) {
		const message = `field ${path.field.name} does not support aggregate operator ${name}`;
		throw malformed(scope.query, placeOf(scope.query, parameter), message);
	}
	return (rows) => compute(rows, path);
}

/** What rows are grouped by: a field, or a function of a date. */
function groupingKey(scope: Scope, expression: string): (row: Row) => Value {
	const call = /^(\w+)\((?:convertTimezone\()?([\w.]+)\)?\)$/i.exec(expression);
	const compute = dateFunctions[call?.[1]?.toUpperCase() ?? ''];
	const path = resolve(scope, call?.[2] ?? expression);
	if (call && compute) {
		return (row) => {
			const value = path.get(row);
			return typeof value === 'string' ? compute(new Date(value)) : null;
		};
	}
	if (!path.field.groupable) {
		const message = `field '${path.field.name}' can not be grouped in a query call`;
		throw malformed(scope.query, placeOf(scope.query, expression), message);
	}
	return path.get;
}

const plain = (expression: string) => expression.replaceAll(/\s+/g, '').toLowerCase();

/** The groups of rows. @throws ApiError MALFORMED_QUERY, INVALID_FIELD */
export function aggregate(
	scope: Scope,
	query: Query,
	rows: Row[],
): { finished: Array<Record<string, unknown>>; count?: number } {
	const fields = query.fields ?? [];
	const [only] = fields;
	if (!query.groupBy && fields.length === 1 && isBareCount(only)) {
		return { finished: [], count: cut(rows, query).length };
	}
	const groupings = [query.groupBy ?? []]
		.flat()
		.map((clause) => ('field' in clause ? clause.field : (clause.fn.rawValue ?? '')));
	const keys = groupings.map((expression) => groupingKey(scope, expression));
	const columns = columnsOf(scope, fields, groupings, keys);
	const groups = new Map<string, Row[]>();
	if (keys.length === 0) groups.set('', rows);
	else {
		for (const row of rows) {
			const key = JSON.stringify(keys.map((get) => folded(get(row))));
			const group = groups.get(key);
			if (group) group.push(row);
			else groups.set(key, [row]);
		}
	}
	const having = query.having && compileHaving(scope, query.having, columns);
	const kept = [...groups.values()].filter((group) => having?.(group) ?? true);
	const sorted = sortGroups(scope, kept, [query.orderBy ?? []].flat(), groupings, keys);
	return {
		finished: cut(sorted, query).map((group) => ({
			attributes: { type: 'AggregateResult' },
			...Object.fromEntries(columns.map(({ name, get }) => [name, get(group)])),
		})),
	};
}

const folded = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);

const isBareCount = (field: SelectField | undefined): boolean =>
	field?.type === 'FieldFunctionExpression' &&
	field.functionName.toUpperCase() === 'COUNT' &&
	(field.parameters.length === 0 || field.parameters[0] === '');

const cut = <T>(list: T[], { limit, offset = 0 }: Query): T[] =>
	list.slice(offset, limit === undefined ? undefined : offset + limit);

function columnsOf(
	scope: Scope,
	fields: SelectField[],
	groupings: string[],
	keys: Array<(row: Row) => Value>,
): Column[] {
	let unnamed = 0;
	return fields.map((field): Column => {
		if (field.type === 'FieldFunctionExpression') {
			const expression = field.rawValue ?? '';
			const name = field.alias ?? `expr${unnamed++}`;
			return { name, expression, get: functionColumn(scope, field, groupings, keys) };
		}
		const text = nameOf(field);
		const at = groupings.findIndex((one) => samePath(scope, one, text));
		const key = keys[at];
		if (at < 0 || !key) {
			const message = `Field must be grouped or aggregated: ${text.split('.').at(-1) ?? ''}`;
			throw malformed(scope.query, placeOf(scope.query, text), message);
		}
		const alias = 'alias' in field ? field.alias : undefined;
		const name = alias ?? resolve(scope, text).field.name;
		return { name, expression: text, get: (rows) => (rows[0] ? key(rows[0]) : null) };
	});
}

function samePath(scope: Scope, a: string, b: string): boolean {
	const bare = (text: string) =>
		plain(text).replace(
			new RegExp(`^(?:${scope.type.name}|${scope.alias ?? scope.type.name})\\.`, 'i'),
			'',
		);
	return bare(a) === bare(b);
}

function nameOf(field: SelectField): string {
	if (field.type === 'FieldRelationship') return [...field.relationships, field.field].join('.');
	return field.type === 'Field' ? field.field : '';
}

function functionColumn(
	scope: Scope,
	field: FieldFunctionExpression,
	groupings: string[],
	keys: Array<(row: Row) => Value>,
): OfGroup {
	if (field.functionName.toUpperCase() in functions) return aggregateFunction(scope, field);
	const at = groupings.findIndex((one) => plain(one) === plain(field.rawValue ?? ''));
	const key = keys[at];
	if (at >= 0 && key) return (rows) => (rows[0] ? key(rows[0]) : null);
	const message = `Field must be grouped or aggregated: ${field.rawValue ?? ''}`;
	throw malformed(scope.query, placeOf(scope.query, field.functionName), message);
}

function compileHaving(
	scope: Scope,
	clause: NonNullable<Query['having']>,
	columns: Column[],
): Predicate<Row[]> {
	return combine<Row[]>(scope.query, clause, (condition) => {
		if ('fn' in condition) {
			const get = aggregateFunction(scope, condition.fn);
			const path = resolve(scope, parameterOf(condition.fn) || 'Id');
			const counts = /^COUNT/i.test(condition.fn.functionName ?? '');
			const now = scope.org.clock.now();
			const literals = [condition.value]
				.flat()
				.map((text) =>
					counts
						? { value: Number(text) }
						: literalOf(path.field, text, [condition.literalType].flat()[0], now, scope.query),
				);
			const test = testOf(condition.operator, literals);
			return { test: (rows) => test(get(rows)), lookups: [] };
		}
		if (!('field' in condition) || 'valueQuery' in condition) {
			throw malformed(scope.query, placeOf(scope.query, 'HAVING'), 'unexpected token');
		}
		const column = columns.find(({ expression }) => samePath(scope, expression, condition.field));
		const { field, get } = resolve(scope, condition.field);
		const test = testOf(condition.operator, literalsOf(scope, field, condition));
		const value: OfGroup = column?.get ?? ((rows) => (rows[0] ? get(rows[0]) : null));
		return { test: (rows) => test(value(rows)), lookups: [] };
	}).test;
}

function sortGroups(
	scope: Scope,
	groups: Row[][],
	clauses: OrderByClause[],
	groupings: string[],
	keys: Array<(row: Row) => Value>,
): Row[][] {
	if (clauses.length === 0) return groups;
	const sorts = clauses.map((clause) => {
		const expression = 'field' in clause ? clause.field : (clause.fn.rawValue ?? '');
		const key = keys[groupings.findIndex((one) => samePath(scope, one, expression))];
		const get: OfGroup = key
			? (rows) => (rows[0] ? key(rows[0]) : null)
			: 'fn' in clause
				? aggregateFunction(scope, clause.fn)
				: notGrouped(scope, expression);
		const sign = clause.order === 'DESC' ? -1 : 1;
		return { get, sign, nulls: clause.nulls === 'LAST' ? 1 : -1 };
	});
	const keyed = groups.map((group) => ({ group, values: sorts.map(({ get }) => get(group)) }));
	keyed.sort((a, b) => {
		for (const [n, { sign, nulls }] of sorts.entries()) {
			const [left = null, right = null] = [a.values[n], b.values[n]];
			if (left === right) continue;
			if (left === null || right === null) return left === null ? nulls : -nulls;
			const difference = order(left, right) * sign;
			if (difference !== 0) return difference;
		}
		return 0;
	});
	return keyed.map(({ group }) => group);
}

function notGrouped({ query }: Scope, expression: string): never {
	const message = `Ordered field must be grouped or aggregated: ${expression}`;
	throw malformed(query, placeOf(query, expression), message);
}
