import { Readable } from 'node:stream';
import type { Item } from '../../shared/node/defineOperation';
import { WithFiles } from '../../shared/node/defineOperation';
import { ROW_FILES } from '../../shared/node/rowsOutput';
import { invalidInput } from '../../shared/resilience/failure';
import type { Entry } from '../transport/entry';
import { ldifWriter } from '../transport/ldif';
import type { Schema } from '../transport/schema';
import type { Entries, SearchEnd } from '../transport/search';
import { entryShaper } from '../transport/values/shapeEntry';
import type { ShapeOptions } from './shaped';
import { shaping, shownAs } from './shaped';

// How a search hands over what it finds: as items, or in one file that is written while the entries
// come in, so that memory does not grow with them.

const PAGE_SIZE = 1_000;
type Output = 'csv' | 'items' | 'ldif' | 'ndjson' | 'pages';

export interface Found {
	entries: Entries;
	schema: Schema;
	/** attributes that were asked for: the columns of a CSV file */
	attributes: string[];
	/** the limit of the user: what is beyond it is not missed */
	limit: number;
	/** passwords and keys as well, though nobody asked for them by name */
	passwords?: boolean;
}

export interface OutputInput {
	output: Output;
	binaryPropertyName?: string;
	options: ShapeOptions & { pageSize?: number; referrals?: boolean; valueSeparator?: string };
}

/**
 * What was found, in the way the user chose. Where the server gave up early, that is said in `truncated`;
 * what other servers hold and nobody has asked, beside a file in `referrals`, else where it is wanted in items of
 * their own.
 */
export async function delivered(found: Found, input: OutputInput, item: Item): Promise<object[]> {
	const { output } = input;
	if (output === 'items') return await asItems(found, input, item);
	if (output === 'pages') return await asPages(found, input);
	return [await asFile(found, input, FILES[output], item)];
}

async function asItems(found: Found, { options }: OutputInput, item: Item): Promise<object[]> {
	const { entries, schema, attributes, limit } = found;
	const shape = rowShaper(found, options);
	const withFiles = options.binaryValues === 'files' && shaping(schema, attributes, options, item);
	const rows: object[] = [];
	const end = await each(entries, async (page) => {
		if (withFiles) for (const entry of page) rows.push(await withFiles(entry));
		else for (const entry of page) rows.push(shape(entry).row);
	});
	const said = truncation(end, rows.length, limit);
	if (said) for (const row of rows) Object.assign(row instanceof WithFiles ? row.row : row, said);
	for (const referral of referralsIn(end, options)) rows.push(referral);
	return rows;
}

async function asPages(found: Found, { options }: OutputInput) {
	const shape = rowShaper(found, options);
	const most = (options.pageSize ?? PAGE_SIZE) || Infinity;
	const pages: object[][] = [];
	let count = 0;
	const end = await each(found.entries, async (group) => {
		for (const entry of group) {
			// Groups are as the network has it.
			if (count++ % most === 0) pages.push([]);
			pages.at(-1)?.push(shape(entry).row);
		}
	});
	const said = truncation(end, count, found.limit);
	return [
		...pages.map((rows, n) => ({ page: n + 1, count: rows.length, entries: rows, ...said })),
		...referralsIn(end, options),
	];
}

const referralsIn = ({ referrals }: SearchEnd, { referrals: wanted }: OutputInput['options']) =>
	wanted ? referrals.map((referral) => ({ referral })) : [];

interface FileKind {
	extension: string;
	mimeType: string;
	/** @returns the first line, and how the lines of an entry are made */
	writer(
		found: Found,
		options: OutputInput['options'],
	): { head: string; lines(entry: Entry): string };
}

const FILES: Record<'csv' | 'ldif' | 'ndjson', FileKind> = {
	csv: {
		extension: 'csv',
		mimeType: ROW_FILES.csv.mimeType,
		writer: (found, { raw, valueSeparator = '|' }) => {
			const { attributes } = found;
			if (attributes.length === 0)
				throw invalidInput(
					'A CSV file needs "Attribute Names or IDs"',
					'Choose the attributes that are to be its columns.',
				);
			const open = attributes.find((name) => name === '*' || name === '+');
			if (open) throw invalidInput(`A CSV file cannot have "${open}" as a column`);
			const columns = ['dn', ...attributes];
			const keyOf = attributeKeys(found.schema);
			const { head, line } = ROW_FILES.csv;
			const shape = rowShaper(found, { raw });
			return {
				head: head(columns),
				lines: (entry) =>
					line(inColumns(shape(entry).row, columns, valueSeparator, keyOf), columns),
			};
		},
	},
	ldif: {
		extension: 'ldif',
		mimeType: 'text/ldif',
		// RFC 2849: the version comes first.
		writer: ({ attributes, passwords }) => {
			const lines = ldifWriter(passwords ? undefined : shownAs(attributes, {}).shows);
			return { head: 'version: 1\n\n', lines };
		},
	},
	ndjson: {
		extension: 'ndjson',
		mimeType: ROW_FILES.ndjson.mimeType,
		writer: (found, { raw }) => {
			const shape = rowShaper(found, { raw });
			return { head: '', lines: (entry) => `${JSON.stringify(shape(entry).row)}\n` };
		},
	},
};

async function asFile(
	found: Found,
	{ binaryPropertyName = 'data', options }: OutputInput,
	{ extension, mimeType, writer }: FileKind,
	item: Item,
) {
	const { head, lines } = writer(found, options);
	let count = 0;
	let said: object | undefined;
	async function* content() {
		yield Buffer.from(head);
		const end = yield* mapped(found.entries, (page) => {
			count += page.length;
			return Buffer.from(page.map(lines).join(''));
		});
		const { referrals } = end;
		said = { ...truncation(end, count, found.limit), ...(referrals.length > 0 && { referrals }) };
	}
	const fileName = `entries.${extension}`;
	const body = Readable.from(content(), { objectMode: false });
	const saved = await item.save(body, { fileName, mimeType });
	return new WithFiles({ count, fileName, ...said }, { [binaryPropertyName]: saved });
}

async function* mapped<T>(
	entries: Entries,
	map: (page: Entry[]) => T,
): AsyncGenerator<T, SearchEnd, undefined> {
	for (;;) {
		const next = await entries.next();
		if (next.done) return next.value;
		yield map(next.value);
	}
}

async function each(entries: Entries, take: (page: Entry[]) => Promise<void>): Promise<SearchEnd> {
	for (;;) {
		const next = await entries.next();
		if (next.done) return next.value;
		await take(next.value);
	}
}

const rowShaper = ({ schema, attributes }: Found, { raw }: ShapeOptions) =>
	entryShaper(schema, shownAs(attributes, { raw }));

const truncation = ({ truncated }: SearchEnd, count: number, limit: number) =>
	truncated && count < limit ? { truncated } : undefined;

/** The server spells the names of attributes in its own way; the columns have those of the user. */
function inColumns(
	row: object,
	columns: string[],
	separator: string,
	keyOf: (name: string) => string,
): object {
	const values = new Map(Object.entries(row).map(([name, value]) => [keyOf(name), value]));
	return Object.fromEntries(
		columns.map((column) => [column, inCell(values.get(keyOf(column)), separator)]),
	);
}

/** The same for all names of an attribute, and whether or not values were sent with ";binary". */
function attributeKeys(schema: Schema): (description: string) => string {
	const known = new Map<string, string>();
	const keyOf = (description: string) => {
		const [name = '', ...options] = description.split(';');
		const kept = options.filter((option) => option.toLowerCase() !== 'binary');
		return [schema.attributeType(name)?.names[0] ?? name, ...kept].join(';').toLowerCase();
	};
	return (description) => {
		const key = known.get(description) ?? keyOf(description);
		known.set(description, key);
		return key;
	};
}

function inCell(value: unknown, separator: string): unknown {
	if (Array.isArray(value)) return value.map((one) => inCell(one, separator)).join(separator);
	return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
