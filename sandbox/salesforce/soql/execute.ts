import type {
	FieldType as SelectField,
	OrderByClause,
	Query,
	Subquery,
} from '@jetstreamapp/soql-parser-js';
import { refusal } from '../errors.ts';
import type { Org } from '../org.ts';
import type { ObjectType } from '../schema/objectType.ts';
import { isDeleted, type Row, type Value } from '../store/row.ts';
import { order } from './compare.ts';
import { compileWhere, type Lookup, type Predicate } from './conditions.ts';
import { malformed, placeOf, queryError } from './errors.ts';
import { parse } from './parse.ts';
import { resolve, type Scope } from './path.ts';
import { compileSelect } from './select.ts';
import { aggregate, isAggregate } from './aggregate.ts';

/** What a query gives: rows that are shown when they are fetched, or finished ones. */
export interface Result {
	/** Rows of the store; empty for aggregates. */
	rows: Row[];
	show(row: Row): Record<string, unknown>;
	/** Rows of an aggregate. */
	finished?: Array<Record<string, unknown>>;
	/** Of `SELECT COUNT() FROM`, which has no rows. */
	count?: number;
	/** The object that was asked. */
	type: ObjectType;
	/** How many fields a row shows. */
	width: number;
}

/** Keeps the children of a row that are not shown at once; gives the address of their next page. */
export type KeepRest = (rows: Row[], show: Result['show'], shown: number) => string;

export interface QueryOptions {
	org: Org;
	base: string;
	userId: string;
	/** queryAll: the recycle bin too. */
	withDeleted: boolean;
	/** Most children of a row that are shown at once. */
	childPage: number;
	keepRest: KeepRest;
}

/** Runs a query. @throws ApiError MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE ... */
export function runQuery(text: string, options: QueryOptions): Result {
	return run(parse(text), text, options);
}

function run(query: Query, text: string, options: QueryOptions): Result {
	const scope = scopeOf(query.sObject ?? '', query.sObjectAlias, text, options);
	const matching = () => find(scope, query, options);
	const fields = query.fields ?? [];
	if (isAggregate(query)) {
		const { finished, count } = aggregate(scope, query, matching());
		return { rows: [], show: () => ({}), finished, count, type: scope.type, width: fields.length };
	}
	const show = compileSelect(scope, fields, query.limit, (subquery) =>
		childPart(scope, subquery, options),
	);
	const rows = arrange(scope, matching(), query);
	return { rows, show, type: scope.type, width: fields.length };
}

function scopeOf(
	object: string,
	alias: string | undefined,
	query: string,
	{ org, base, userId, withDeleted }: QueryOptions,
): Scope {
	const type = org.schema.get(object);
	if (!type) {
		const message = `sObject type '${object}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`;
		throw queryError('INVALID_TYPE', query, placeOf(query, object), message);
	}
	if (!type.queryable) {
		throw refusal('INVALID_TYPE_FOR_OPERATION', `entity type ${type.name} does not support query`);
	}
	return { org, type, alias, query, base, userId, withDeleted };
}

interface Filtered {
	where?: Query['where'];
	usingScope?: string;
}

/** The rows that meet the conditions, as they lie in the store. */
function find(scope: Scope, query: Filtered, options: QueryOptions, among?: Iterable<Row>): Row[] {
	const { org, type, withDeleted, userId } = scope;
	const where =
		query.where && compileWhere(scope, query.where, (inner) => subselect(scope, inner, options));
	if (type.name === 'ContentDocumentLink' && !among) checkLinkFilter(where?.lookups ?? []);
	const mine = query.usingScope?.toLowerCase() === 'mine';
	const test: Predicate = (row) =>
		(withDeleted || !isDeleted(row)) &&
		(!mine || row.values.OwnerId === userId) &&
		(where?.test(row) ?? true);
	const rows = among ?? lookedUp(scope, where?.lookups ?? []) ?? org.store.table(type.name).all();
	const found: Row[] = [];
	for (const row of rows) if (test(row)) found.push(row);
	return found;
}

/** @throws ApiError MALFORMED_QUERY: nobody may list all links of all files */
function checkLinkFilter(lookups: Lookup[]): void {
	const names = ['Id', 'ContentDocumentId', 'LinkedEntityId'];
	if (lookups.some(({ field }) => names.includes(field))) return;
	throw refusal(
		'MALFORMED_QUERY',
		"Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
	);
}

/** The rows of the condition that leaves the fewest. */
function lookedUp({ org, type }: Scope, lookups: Lookup[]): Row[] | undefined {
	const table = org.store.table(type.name);
	const [best] = lookups.sort((a, b) => a.values.length - b.values.length);
	if (!best) return undefined;
	const found = best.values.flatMap((value) => {
		if (best.field !== 'Id') return table.having(best.field, value);
		const row = table.get(String(value));
		return row ? [row] : [];
	});
	return [...new Set(found)];
}

function subselect(scope: Scope, inner: Query, options: QueryOptions): Value[] {
	const own = scopeOf(inner.sObject ?? '', inner.sObjectAlias, scope.query, options);
	const [only] = inner.fields ?? [];
	if (only?.type !== 'Field' && only?.type !== 'FieldRelationship') {
		throw malformed(scope.query, 0, 'The inner select must have one field');
	}
	const name = 'relationships' in only ? [...only.relationships, only.field].join('.') : only.field;
	const path = resolve(own, name);
	const rows = arrange(own, find(own, inner, options), inner);
	return [...new Set(rows.map((row) => path.get(row)))].filter((value) => value !== null);
}

/** Puts rows in order and cuts them. @throws ApiError NUMBER_OUTSIDE_VALID_RANGE */
function arrange(
	scope: Scope,
	rows: Row[],
	{ orderBy, limit, offset }: Pick<Query, 'orderBy' | 'limit' | 'offset'>,
): Row[] {
	if ((offset ?? 0) > 2000) {
		throw refusal('NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000');
	}
	const keys = [orderBy ?? []].flat().map((clause) => sortKey(scope, clause));
	const sorted = keys.length > 0 ? sortRows(rows, keys) : rows;
	const from = offset ?? 0;
	if (from === 0 && limit === undefined) return sorted;
	return sorted.slice(from, limit === undefined ? undefined : from + limit);
}

interface SortKey {
	get(row: Row): Value;
	sign: 1 | -1;
	nulls: 1 | -1;
}

function sortKey(scope: Scope, clause: OrderByClause): SortKey {
	if (!('field' in clause)) {
		throw malformed(
			scope.query,
			placeOf(scope.query, 'ORDER'),
			'Ordered field must be grouped or aggregated',
		);
	}
	const { field, get } = resolve(scope, clause.field);
	if (!field.sortable) {
		const message = `field '${field.name}' can not be sorted in a query call`;
		throw malformed(scope.query, placeOf(scope.query, clause.field), message);
	}
	return { get, sign: clause.order === 'DESC' ? -1 : 1, nulls: clause.nulls === 'LAST' ? 1 : -1 };
}

function sortRows(rows: Row[], keys: SortKey[]): Row[] {
	const keyed = rows.map((row) => ({ row, values: keys.map(({ get }) => get(row)) }));
	keyed.sort((a, b) => {
		for (const [n, { sign, nulls }] of keys.entries()) {
			const [left = null, right = null] = [a.values[n], b.values[n]];
			if (left === null || right === null) {
				if (left !== right) return left === null ? nulls : -nulls;
				continue;
			}
			const difference = order(left, right);
			if (difference !== 0) return difference * sign;
		}
		return 0;
	});
	return keyed.map(({ row }) => row);
}

/** `(SELECT Id FROM Contacts)`: the children of each row, with pages of their own. */
function childPart(scope: Scope, subquery: Subquery, options: QueryOptions) {
	const { org, type, query } = scope;
	const { relationshipName } = subquery;
	const relation = org.schema.childRelationship(type.name, relationshipName);
	if (!relation?.name) {
		const message = `Didn't understand relationship '${relationshipName}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`;
		throw queryError('INVALID_TYPE', query, placeOf(query, relationshipName), message);
	}
	const { child, field, name } = relation;
	const own = scopeOf(child.name, subquery.sObjectAlias, query, options);
	const fields: SelectField[] = subquery.fields ?? [];
	const show = compileSelect(own, fields, subquery.limit, () => {
		throw malformed(query, 0, 'Nesting of a subquery is not allowed here');
	});
	const table = org.store.table(child.name);
	return (row: Row, out: Record<string, unknown>) => {
		const children = table.having(field.name, row.id).sort((a, b) => (a.id < b.id ? -1 : 1));
		const rows = arrange(own, find(own, subquery, options, children), subquery);
		if (rows.length === 0) {
			out[name] = null;
			return;
		}
		const page = rows.slice(0, options.childPage);
		const done = page.length === rows.length;
		out[name] = {
			totalSize: rows.length,
			done,
			...(!done && { nextRecordsUrl: options.keepRest(rows, show, page.length) }),
			records: page.map(show),
		};
	};
}
