import type { Cell, ColumnInfo, Grouping, ReportResult } from './result';

export type ReportRow = Record<string, unknown>;

export interface RowShape {
	/** what names the columns: what people read, or what the API knows */
	names: 'api' | 'labels';
	/** "automatic": numbers, dates and checkboxes as values, all else as people see it */
	values: 'automatic' | 'labels' | 'raw';
}

/** The rows of a report, each with the groups that it stands in. */
export function detailRows(result: ReportResult, shape: RowShape): ReportRow[] {
	const columns = columnsOf(result, shape);
	const groups = groupsOf(result, shape);
	return facts(result).flatMap(({ key, rows = [] }) =>
		rows.map(({ dataCells = [] }) => ({
			...groups(key),
			...Object.fromEntries(
				columns.map(({ name, info }, n) => [name, shown(dataCells[n], info, shape)]),
			),
		})),
	);
}

/** Names of the columns of such rows, groups first. */
export function detailColumns(result: ReportResult, shape: RowShape): string[] {
	const groups = [...groupNames(result, 'Down', shape), ...groupNames(result, 'Across', shape)];
	return [...groups, ...columnsOf(result, shape).map(({ name }) => name)];
}

/** The summaries of each innermost group; of a report without groups, those of all rows. */
export function groupRows(result: ReportResult, shape: RowShape): ReportRow[] {
	const { aggregates: names = [] } = result.reportMetadata;
	const infos = result.reportExtendedMetadata?.aggregateColumnInfo ?? {};
	const columns = named(names, infos, shape);
	const groups = groupsOf(result, shape);
	return facts(result)
		.filter(({ key }) => isInnermost(key, result))
		.map(({ key, aggregates = [] }) => ({
			...groups(key),
			...Object.fromEntries(
				columns.map(({ name, info }, n) => [name, shown(aggregates[n], info, shape)]),
			),
		}));
}

/** The facts in the order of the report: "0_10!1" comes behind "0_9!3". */
function facts({ factMap }: ReportResult) {
	const numbers = (key: string) =>
		key.match(/\d+|T/g)?.map((n) => (n === 'T' ? -1 : Number(n))) ?? [];
	return Object.entries(factMap)
		.map(([key, fact]) => ({ key, order: numbers(key), ...fact }))
		.sort((a, b) => {
			const at = a.order.findIndex((n, place) => n !== b.order[place]);
			return at < 0 ? a.order.length - b.order.length : (a.order[at] ?? 0) - (b.order[at] ?? -1);
		});
}

function isInnermost(key: string, { reportMetadata }: ReportResult): boolean {
	const { groupingsDown = [], groupingsAcross = [] } = reportMetadata;
	const [down = 'T', across = 'T'] = key.split('!');
	const depth = (part: string) => (part === 'T' ? 0 : part.split('_').length);
	return depth(down) === groupingsDown.length && depth(across) === groupingsAcross.length;
}

function groupsOf(result: ReportResult, shape: RowShape): (key: string) => ReportRow {
	const down = new Map<string, Cell[]>();
	const across = new Map<string, Cell[]>();
	collect(result.groupingsDown?.groupings, [], down);
	collect(result.groupingsAcross?.groupings, [], across);
	const downNames = groupNames(result, 'Down', shape);
	const acrossNames = groupNames(result, 'Across', shape);
	const cells = (names: string[], path: Cell[] = []): Array<[string, unknown]> =>
		path.map((cell, n) => [
			names[n] ?? `group${n + 1}`,
			shape.values === 'raw' ? cell.value : (cell.label ?? cell.value),
		]);
	return (key) => {
		const [downKey = 'T', acrossKey = 'T'] = key.split('!');
		return Object.fromEntries([
			...cells(downNames, down.get(downKey)),
			...cells(acrossNames, across.get(acrossKey)),
		]);
	};
}

function collect(groupings: Grouping[] = [], above: Cell[], into: Map<string, Cell[]>): void {
	for (const grouping of groupings) {
		const path = [...above, grouping];
		into.set(grouping.key, path);
		collect(grouping.groupings, path, into);
	}
}

function groupNames(
	{ reportMetadata, reportExtendedMetadata }: ReportResult,
	which: 'Across' | 'Down',
	shape: RowShape,
): string[] {
	const names = (reportMetadata[`groupings${which}`] ?? []).map(({ name }) => name);
	const infos = reportExtendedMetadata?.groupingColumnInfo ?? {};
	return named(names, infos, shape).map(({ name }) => name);
}

function columnsOf({ reportMetadata, reportExtendedMetadata }: ReportResult, shape: RowShape) {
	const { detailColumns: names = [] } = reportMetadata;
	return named(names, reportExtendedMetadata?.detailColumnInfo ?? {}, shape);
}

/** Two columns may have the same label: then they have the names of the API as well. */
function named(names: string[], infos: Record<string, ColumnInfo>, shape: RowShape) {
	const labels = names.map((name) => infos[name]?.label || name);
	return names.map((name, n) => {
		const label = labels[n] ?? name;
		const isTwice = labels.indexOf(label) !== labels.lastIndexOf(label);
		const readable = isTwice ? `${label} (${name})` : label;
		return { name: shape.names === 'api' ? name : readable, info: infos[name] };
	});
}

const AS_VALUES: ReadonlySet<string> = new Set([
	...['boolean', 'currency', 'date', 'datetime', 'double', 'int', 'percent', 'time'],
]);

function shown(
	cell: Cell | undefined,
	info: ColumnInfo | undefined,
	{ values }: RowShape,
): unknown {
	const { value = null, label } = cell ?? {};
	if (values === 'raw') return value;
	if (values === 'labels') return label ?? value;
	// Where there is nothing, people see a hyphen.
	if (value === null) return null;
	if (!AS_VALUES.has(info?.dataType ?? '')) return label ?? value;
	return typeof value === 'object' && 'amount' in value ? value.amount : value;
}
