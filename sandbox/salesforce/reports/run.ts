import { isObject } from '../body.ts';
import { refusal } from '../errors.ts';
import type { Call } from '../router.ts';
import type { Field } from '../schema/field.ts';
import { runQuery } from '../soql/execute.ts';
import { resolve, type Scope } from '../soql/path.ts';
import { order } from '../soql/compare.ts';
import type { Row, Value } from '../store/row.ts';
import type { ReportDefinition } from './definitions.ts';

/** Most detail rows a report shows over REST; a file has all of them. */
const mostRows = 2000;

export interface Column {
	/** "LAST_NAME" in old reports; here the path: "Owner.Name". */
	name: string;
	field: Field;
	get(row: Row): Value;
}

/** The columns and rows of a report, filters of the request applied. */
export interface Table {
	columns: Column[];
	rows: Row[];
	grouping: Column | undefined;
	sum: Column | undefined;
	filters: Array<{ column: string; operator: string; value: string }>;
}

const operators: Record<string, (name: string, value: string) => string> = {
	equals: (name, value) => `${name} = ${value}`,
	notEqual: (name, value) => `${name} != ${value}`,
	lessThan: (name, value) => `${name} < ${value}`,
	greaterThan: (name, value) => `${name} > ${value}`,
	lessOrEqual: (name, value) => `${name} <= ${value}`,
	greaterOrEqual: (name, value) => `${name} >= ${value}`,
	contains: (name, value) => `${name} LIKE '%${value.slice(1, -1)}%'`,
	startsWith: (name, value) => `${name} LIKE '${value.slice(1, -1)}%'`,
};

function filtersOf(body: unknown): Table['filters'] {
	const metadata = isObject(body) && isObject(body.reportMetadata) ? body.reportMetadata : {};
	const list = Array.isArray(metadata.reportFilters) ? metadata.reportFilters : [];
	return list.filter(isObject).map(({ column, operator, value }) => ({
		column: String(column),
		operator: String(operator),
		value: String(value),
	}));
}

const quoted = ({ type }: Field, value: string): string =>
	['int', 'double', 'currency', 'percent', 'boolean', 'date', 'datetime'].includes(type)
		? value
		: `'${value.replaceAll(/[\\']/g, '\\$&')}'`;

/** @throws ApiError BAD_REQUEST for a filter that is none */
export function tableOf(call: Call, report: ReportDefinition, body: unknown): Table {
	const { org, base, session } = call;
	const type = org.schema.get(report.object);
	if (!type) throw refusal('NOT_FOUND', `There is no object ${report.object}`);
	const { userId } = session;
	const scope: Scope = { org, type, alias: undefined, query: '', withDeleted: false, base, userId };
	const column = (name: string): Column => {
		const { field, get } = resolve(scope, name.replace(new RegExp(`^${type.name}\\.`, 'i'), ''));
		return { name, field, get };
	};
	const filters = filtersOf(body);
	const conditions = filters.map(({ column: name, operator, value }) => {
		const write = operators[operator];
		if (!write) throw refusal('BAD_REQUEST', `The filter operator ${operator} is invalid.`);
		const { field } = column(name);
		return write(name, quoted(field, value));
	});
	const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
	const options = { org, base, userId, withDeleted: false, childPage: 0, keepRest: () => '' };
	const { rows } = runQuery(`SELECT Id FROM ${type.name}${where}`, options);
	return {
		columns: report.columns.map(column),
		rows,
		grouping: report.groupBy === undefined ? undefined : column(report.groupBy),
		sum: report.sum === undefined ? undefined : column(report.sum),
		filters,
	};
}

/** A value the way reports write it. */
export function labelOf({ field }: Column, value: Value): string {
	if (value === null) return '-';
	if (typeof value === 'number' && field.type === 'currency') {
		return `$${value.toLocaleString('en-US', { minimumFractionDigits: field.scale })}`;
	}
	if (typeof value === 'number') return value.toLocaleString('en-US');
	if (field.type === 'datetime' || field.type === 'date') {
		const [year, month, day] = String(value).slice(0, 10).split('-').map(Number);
		return `${month}/${day}/${year}`;
	}
	return typeof value === 'object' ? '' : String(value);
}

const cell = (column: Column, row: Row) => {
	const value = column.get(row);
	const currency = typeof value === 'number' && column.field.type === 'currency';
	return {
		label: labelOf(column, value),
		value: currency ? { amount: value, currency: null } : column.field.nameField ? row.id : value,
	};
};

function facts(table: Table, rows: Row[], details: boolean, left: number) {
	const total = table.sum && rows.reduce((sum, row) => sum + Number(table.sum?.get(row) ?? 0), 0);
	return {
		...(details && {
			rows: rows
				.slice(0, left)
				.map((row) => ({ dataCells: table.columns.map((column) => cell(column, row)) })),
		}),
		aggregates: [
			...(table.sum && total !== undefined
				? [{ label: labelOf(table.sum, total), value: total }]
				: []),
			{ label: String(rows.length), value: rows.length },
		],
	};
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getreportrundata.htm */
export function results(call: Call, report: ReportDefinition, body: unknown, details: boolean) {
	const table = tableOf(call, report, body);
	const { grouping, rows } = table;
	const factMap: Record<string, unknown> = {};
	const groupings: unknown[] = [];
	if (grouping) {
		const groups = new Map<Value, Row[]>();
		for (const row of rows) {
			const key = grouping.get(row);
			const group = groups.get(key);
			if (group) group.push(row);
			else groups.set(key, [row]);
		}
		const sorted = [...groups].sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : order(a, b)));
		let left = mostRows;
		for (const [n, [value, group]] of sorted.entries()) {
			factMap[`${n}!T`] = facts(table, group, details, Math.max(0, left));
			left -= group.length;
			groupings.push({ groupings: [], key: String(n), label: labelOf(grouping, value), value });
		}
		factMap['T!T'] = facts(table, rows, false, 0);
	} else factMap['T!T'] = facts(table, rows, details, mostRows);
	return {
		attributes: attributesOf(call, report),
		allData: rows.length <= mostRows,
		factMap,
		groupingsAcross: { groupings: [] },
		groupingsDown: { groupings },
		hasDetailRows: details,
		picklistColors: {},
		reportExtendedMetadata: extendedMetadata(table),
		reportMetadata: metadata(report, table),
	};
}

export const attributesOf = ({ base }: Call, { id, name }: ReportDefinition) => ({
	describeUrl: `${base}/analytics/reports/${id}/describe`,
	instancesUrl: `${base}/analytics/reports/${id}/instances`,
	reportId: id,
	reportName: name,
	type: 'Report',
});

const aggregatesOf = ({ sum }: Table): string[] => [...(sum ? [`s!${sum.name}`] : []), 'RowCount'];

export const extendedMetadata = (table: Table) => {
	const info = ({ name, field }: Column) =>
		[name, { dataType: field.type, label: field.label }] as const;
	return {
		aggregateColumnInfo: Object.fromEntries(
			aggregatesOf(table).map((name) => [
				name,
				name === 'RowCount'
					? {
							acrossGroupingContext: null,
							dataType: 'int',
							downGroupingContext: null,
							label: 'Record Count',
						}
					: {
							acrossGroupingContext: null,
							dataType: 'currency',
							downGroupingContext: null,
							label: `Sum of ${table.sum?.field.label ?? ''}`,
						},
			]),
		),
		detailColumnInfo: Object.fromEntries(table.columns.map(info)),
		groupingColumnInfo: Object.fromEntries(
			(table.grouping ? [table.grouping] : []).map((column) => [
				column.name,
				{ dataType: column.field.type, groupingLevel: 0, label: column.field.label },
			]),
		),
	};
};

export const metadata = (report: ReportDefinition, table: Table) => ({
	aggregates: aggregatesOf(table),
	chart: null,
	crossFilters: [],
	currency: 'USD',
	description: null,
	detailColumns: report.columns,
	developerName: report.developerName,
	division: null,
	folderId: 'public',
	groupingsAcross: [],
	groupingsDown: report.groupBy
		? [{ dateGranularity: 'None', name: report.groupBy, sortAggregate: null, sortOrder: 'Asc' }]
		: [],
	hasDetailRows: true,
	hasRecordCount: true,
	historicalSnapshotDates: [],
	id: report.id,
	name: report.name,
	reportBooleanFilter: null,
	reportFilters: table.filters,
	reportFormat: report.groupBy ? 'SUMMARY' : 'TABULAR',
	reportType: { label: `${report.object}s`, type: `${report.object}List` },
	scope: 'organization',
	showGrandTotal: true,
	showSubtotals: true,
	sortBy: [],
});
