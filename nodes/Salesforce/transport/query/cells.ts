import type { Column } from './selectList';
import type { Row } from './records';

/** How the cells of a row are read: the org spells names in its own way, whatever the query has. */
export function cellReader(columns: Column[]): (row: Row) => unknown[] {
	const paths = columns.map(({ path }) => [...path]);
	return (row) => paths.map((path) => cell(valueAt(row, path)));
}

/** @param path learns the spelling of the org */
function valueAt(row: Row, path: string[]): unknown {
	let value: unknown = row;
	for (const [n, name] of path.entries()) {
		if (typeof value !== 'object' || value === null) return undefined;
		const key = name in value ? name : (spelled(value, name) ?? name);
		path[n] = key;
		value = Reflect.get(value, key);
	}
	return value;
}

const spelled = (row: object, name: string) =>
	Object.keys(row).find((key) => key.toLowerCase() === name.toLowerCase());

const cell = (value: unknown): unknown =>
	typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

/** Further columns that the first rows have: those of FIELDS(ALL). */
export function moreColumns(columns: Column[], rows: Row[]): Column[] {
	const known = new Set(columns.map(({ path }) => (path[0] ?? '').toLowerCase()));
	const names = new Set(rows.flatMap((row) => Object.keys(row)));
	const found = [...names].filter((name) => !known.has(name.toLowerCase()));
	return [...found.map((name) => ({ name, path: [name] })), ...columns];
}
