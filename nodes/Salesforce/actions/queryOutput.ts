import { Readable } from 'node:stream';
import { csvLine } from '../../shared/ground/csv';
import type { Item } from '../../shared/node/defineOperation';
import { WithFiles } from '../../shared/node/defineOperation';
import type { FileSummary, RowsOutput } from '../../shared/node/rowsOutput';
import { ROW_FILES } from '../../shared/node/rowsOutput';
import { cellReader, moreColumns } from '../transport/query/cells';
import type { Part } from '../transport/query/parts';
import type { Row } from '../transport/query/records';
import type { SelectList } from '../transport/query/selectList';

/** What is said in place of the rows where they are in a file. */
interface QueryFile extends FileSummary {
	method: 'bulk' | 'rest';
	/** of the job that read them */
	jobId?: string;
}

/**
 * The rows of a query: as items, with children as lists and parents as objects; or in a file that is
 * written while they come.
 * @param list what the query says of its columns; undefined where it cannot be read
 */
export async function delivered(
	parts: AsyncGenerator<Part>,
	list: SelectList | undefined,
	{ output, binaryPropertyName = 'data' }: RowsOutput,
	item: Item,
): Promise<Array<Row | WithFiles<QueryFile>>> {
	if (output === 'items') return await items(parts);
	const said: QueryFile = { count: 0, fileName: `records.${output}`, method: 'rest' };
	const watched = told(parts, said);
	const content = output === 'csv' ? csv(watched, list) : ndjson(watched);
	const saved = await item.save(Readable.from(content, { objectMode: false }), {
		fileName: said.fileName,
		mimeType: ROW_FILES[output].mimeType,
	});
	return [new WithFiles(said, { [binaryPropertyName]: saved })];
}

async function items(parts: AsyncGenerator<Part>): Promise<Row[]> {
	const rows: Row[] = [];
	for await (const part of parts) {
		if (part.via === 'rest') for (const row of part.rows) rows.push(row);
		else for await (const some of part.rows()) for (const row of some) rows.push(row);
	}
	return rows;
}

async function* told(parts: AsyncGenerator<Part>, said: QueryFile): AsyncGenerator<Part> {
	for await (const part of parts) {
		said.method = part.via;
		if (part.via === 'bulk') said.jobId = part.jobId;
		said.count += part.via === 'rest' ? part.rows.length : part.page.count;
		yield part;
	}
}

async function* ndjson(parts: AsyncGenerator<Part>): AsyncGenerator<Buffer> {
	const { line } = ROW_FILES.ndjson;
	for await (const part of parts) {
		if (part.via === 'rest') yield Buffer.from(part.rows.map(line).join(''));
		else for await (const rows of part.rows()) yield Buffer.from(rows.map(line).join(''));
	}
}

async function* csv(
	parts: AsyncGenerator<Part>,
	list: SelectList | undefined,
): AsyncGenerator<Buffer> {
	let cells: ReturnType<typeof cellReader> | undefined;
	let hasHeader = false;
	for await (const part of parts) {
		if (part.via === 'bulk') {
			const { columns } = part.page;
			if (!hasHeader && columns.length > 0) yield Buffer.from(csvLine(columns));
			hasHeader ||= columns.length > 0;
			yield part.page.lines;
			continue;
		}
		if (!cells) {
			const columns = columnsOf(list, part.rows);
			cells = cellReader(columns);
			if (!hasHeader) yield Buffer.from(csvLine(columns.map(({ name }) => name)));
			hasHeader = true;
		}
		const read = cells;
		yield Buffer.from(part.rows.map((row) => csvLine(read(row))).join(''));
	}
	const columns = list?.columns ?? [];
	if (!hasHeader && columns.length > 0) yield Buffer.from(csvLine(columns.map(({ name }) => name)));
}

const columnsOf = (list: SelectList | undefined, rows: Row[]) =>
	list && !list.open ? list.columns : moreColumns(list?.columns ?? [], rows);
