import { invalidInput } from '../../../shared/resilience/failure';
import type { FieldOf, Group } from './conditions';
import { whereOf } from './conditions';
import { apiName, fieldPath } from './names';

export interface Order {
	field: string;
	descending?: boolean;
	/** where records without a value stand; default: first, with `descending` last */
	nulls?: 'first' | 'last';
}

export interface Aggregate {
	function: 'AVG' | 'COUNT' | 'COUNT_DISTINCT' | 'MAX' | 'MIN' | 'SUM';
	field: string;
	/** name of the column */
	alias: string;
}

/** A query, or the part of one that asks for the children of each record. */
export interface Select {
	/** an object; in a part for children, the name of their relationship */
	from: string;
	fieldOf: FieldOf;
	/** paths, or FIELDS(ALL) and the like */
	fields: string[];
	aggregates?: Aggregate[];
	children?: Select[];
	/** USING SCOPE */
	scope?: string;
	where?: Group;
	groupBy?: string[];
	orderBy?: Order[];
	limit?: number;
	offset?: number;
}

/**
 * The text of a query. No value can change what is asked for.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
 */
export function soqlText(select: Select): string {
	const { from, fieldOf, fields, aggregates = [], children = [], groupBy = [] } = select;
	const { scope, where, orderBy = [], limit, offset } = select;
	const selected = [
		...distinct(fields.map(selectable)),
		...aggregates.map((one) => `${one.function}(${fieldPath(one.field)}) ${aliasOf(one)}`),
		...children.map((child) => `(${soqlText(child)})`),
	];
	if (selected.length === 0)
		throw invalidInput(`No field of "${from}" is asked for`, 'Choose at least one field.');
	const condition = where ? whereOf(where, fieldOf) : '';
	return [
		`SELECT ${selected.join(', ')} FROM ${apiName('The object', from)}`,
		...(scope ? [`USING SCOPE ${apiName('The scope', scope)}`] : []),
		...(condition ? [`WHERE ${condition}`] : []),
		...(groupBy.length > 0 ? [`GROUP BY ${distinct(groupBy.map(fieldPath)).join(', ')}`] : []),
		...(orderBy.length > 0 ? [`ORDER BY ${orderBy.map(orderText).join(', ')}`] : []),
		...(limit === undefined ? [] : [`LIMIT ${wholeNumber('Limit', limit)}`]),
		...(offset ? [`OFFSET ${wholeNumber('Offset', offset)}`] : []),
	].join(' ');
}

const selectable = (field: string): string =>
	/^FIELDS\((ALL|CUSTOM|STANDARD)\)$/i.test(field.trim()) ? field.trim() : fieldPath(field);

const aliasOf = ({ alias }: Aggregate) => apiName('The name of a summary', alias);

const orderText = ({ field, descending, nulls }: Order) =>
	[
		fieldPath(field),
		descending ? 'DESC' : 'ASC',
		...(nulls ? [`NULLS ${nulls.toUpperCase()}`] : []),
	].join(' ');

/** SOQL refuses a field that is asked for twice, in whatever spelling. */
function distinct(names: string[]): string[] {
	const seen = new Map(names.map((name) => [name.toLowerCase(), name]));
	return [...seen.values()];
}

function wholeNumber(what: string, value: number): number {
	if (Number.isSafeInteger(value) && value >= 0) return value;
	throw invalidInput(`"${what}" must be a whole number of 0 or more, but is ${value}`);
}
