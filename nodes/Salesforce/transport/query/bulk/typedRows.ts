import { Readable } from 'node:stream';
import { readCsv } from '../../../../shared/ground/csvReader';
import type { FieldOf } from '../conditions';
import type { Row } from '../records';
import type { ResultPage } from './results';

const READERS: Partial<Record<string, (text: string) => unknown>> = {
	boolean: (text) => text === 'true',
	currency: Number,
	double: Number,
	int: Number,
	long: Number,
	percent: Number,
};

const asIs = (text: string) => text;

/** The records of a page as a query by REST gives them: numbers, booleans, null; parents are objects. */
export async function* typedRows(page: ResultPage, fieldOf: FieldOf): AsyncGenerator<Row[]> {
	const columns = page.columns.map((name) => ({
		path: name.split('.'),
		read: READERS[fieldOf(name).type] ?? asIs,
	}));
	for await (const lines of readCsv(Readable.from([page.lines]))) {
		yield lines.map((cells) => {
			const row: Row = {};
			for (const [n, { path, read }] of columns.entries()) {
				const text = cells[n] ?? '';
				put(row, path, text === '' ? null : read(text));
			}
			return withoutMissing(row);
		});
	}
}

function put(row: Row, [name = '', ...below]: string[], value: unknown): void {
	if (below.length === 0) {
		row[name] = value;
		return;
	}
	const known = row[name];
	const parent: Row = isObject(known) ? known : {};
	row[name] = parent;
	put(parent, below, value);
}

/** A parent of which all fields are empty is missing, as far as a file can tell. */
function withoutMissing(row: Row): Row {
	for (const [name, value] of Object.entries(row)) {
		if (!isObject(value)) continue;
		const parent = withoutMissing(value);
		if (Object.values(parent).every((one) => one === null)) row[name] = null;
	}
	return row;
}

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null;
