import { invalidInput } from '../../../shared/resilience/failure';
import type { FieldDescription, ObjectDescription } from '../describe';
import type { Group, Operator, Test } from './conditions';
import type { Describe } from './fieldTypes';
import { fieldTypes } from './fieldTypes';
import { apiName } from './names';
import type { Aggregate, Order, Select } from './soql';
import { soqlText } from './soql';
import { withoutLongLists } from './longLists';

// The fields of the query builder, and the query that they mean.

export interface ConditionRow {
	field: string;
	operator: Operator;
	value?: unknown;
	valueType?: 'dateLiteral' | 'value';
}

export interface ConditionGroup {
	match: 'all' | 'any';
	conditions: { rows?: ConditionRow[] };
}

/** What the fields of the builder give. */
export interface QueryInput {
	object: string;
	returnFields: 'all' | 'chosen';
	fields?: string[];
	match: 'all' | 'any';
	conditions: { rows?: ConditionRow[]; groups?: ConditionGroup[] };
	options: {
		groupBy?: string[];
		offset?: number;
		parentFields?: string;
		related?: { lists?: RelatedList[] };
		scope?: string;
		sort?: { keys?: SortKey[] };
		summaries?: { rows?: Aggregate[] };
	};
}

export interface RelatedList {
	relationship: string;
	fields: string;
	/** 0: all */
	most: number;
}

export interface SortKey {
	field: string;
	order: 'ascending' | 'descending';
	nulls: 'automatic' | 'first' | 'last';
}

/**
 * The SOQL that the fields of the builder mean: one query, or several where a list in a condition is
 * too long for one.
 * @param limit most rows; Infinity: all
 * @throws Failure of kind invalid that names the field
 */
export async function soqlOf(
	input: QueryInput,
	describe: Describe,
	limit = Infinity,
): Promise<string[]> {
	const select = await selectOf(input, describe, limit);
	return withoutLongLists(select).map(soqlText);
}

async function selectOf(input: QueryInput, describe: Describe, limit: number): Promise<Select> {
	const { options, conditions, match } = input;
	const object = apiName('The object', input.object);
	const where: Group = {
		match,
		of: [
			...(conditions.rows ?? []).map(testOf),
			...(conditions.groups ?? []).map(({ match: inGroup, conditions: { rows = [] } }) => ({
				match: inGroup,
				of: rows.map(testOf),
			})),
		],
	};
	const fields = await returned(input, describe);
	const lists = options.related?.lists ?? [];
	const tested = tests(where).map(({ field }) => field);
	return {
		from: object,
		fieldOf: await fieldTypes(describe, object, tested),
		fields,
		aggregates: (options.summaries?.rows ?? []).map(summaryOf),
		groupBy: options.groupBy,
		children: await Promise.all(
			lists.map(async (list) => await childrenOf(object, list, describe)),
		),
		scope: options.scope,
		where,
		orderBy: (options.sort?.keys ?? []).map(orderOf),
		...(limit < Infinity && { limit }),
		offset: options.offset,
	};
}

async function returned(
	{ object, returnFields, fields = [], options }: QueryInput,
	describe: Describe,
) {
	const { groupBy = [], summaries, parentFields = '' } = options;
	if (groupBy.length > 0 || (summaries?.rows ?? []).length > 0) return groupBy;
	const own = returnFields === 'all' ? allFields(await describe(object, [])) : fields;
	const all = [...own, ...names(parentFields)];
	if (all.length > 0 || (options.related?.lists ?? []).length > 0) return all;
	throw invalidInput('"Fields" is empty', 'Choose the fields that are to be returned.');
}

/** Whose value is the content of a file, or put together of other fields. */
const LEFT_OUT: ReadonlySet<string> = new Set(['address', 'base64', 'location']);

const allFields = ({ fields }: ObjectDescription): string[] =>
	fields.filter(({ type }: FieldDescription) => !LEFT_OUT.has(type)).map(({ name }) => name);

async function childrenOf(
	object: string,
	{ relationship, fields, most }: RelatedList,
	describe: Describe,
): Promise<Select> {
	const { childRelationships } = await describe(object, []);
	const wanted = relationship.trim().toLowerCase();
	const known = childRelationships.flatMap((one) => one.relationshipName ?? []);
	if (!known.some((name) => name.toLowerCase() === wanted))
		throw invalidInput(
			`"${object}" has no related list "${relationship}"`,
			`It has: ${known.join(', ')}.`,
		);
	return {
		from: relationship,
		fieldOf: () => ({ name: 'Id', type: 'id' }),
		fields: ['Id', ...names(fields)],
		...(most > 0 && { limit: most }),
	};
}

/** What nobody has filled in: all records are counted, and the name says what it is. */
function summaryOf({ function: name, field, alias }: Aggregate): Aggregate {
	const of = field.trim() || (name === 'COUNT' ? 'Id' : '');
	return { function: name, field: of, alias: alias.trim() || `${name}_${of.replaceAll('.', '_')}` };
}

const names = (text: string): string[] => text.split(',').flatMap((name) => name.trim() || []);

const testOf = ({ field, operator, value, valueType }: ConditionRow): Test => ({
	field,
	operator,
	value,
	isDateLiteral: valueType === 'dateLiteral',
});

const tests = ({ of }: Group): Test[] =>
	of.flatMap((part) => ('of' in part ? tests(part) : [part]));

const orderOf = ({ field, order, nulls }: SortKey): Order => ({
	field,
	descending: order === 'descending',
	...(nulls !== 'automatic' && { nulls }),
});
