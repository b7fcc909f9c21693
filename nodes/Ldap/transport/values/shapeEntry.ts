import type { Entry, EntryReader } from '../entry';
import { readerOf } from '../entry';
import type { Schema } from '../schema';
import { fileTypeOf } from './bytes';
import type { Meaning } from './flags';
import { meaningOf } from './flags';
import { Texts } from '../texts';
import { bytesOf, mayBeBroken, textOf } from './text';
import type { FileType, RowValue, ValueType } from './valueType';
import { valueTypeOf } from './valueTypes';

export interface ShapeOptions {
	/** typed: by the schema; raw: each value as text, or as bytes, in a list */
	values: 'typed' | 'raw';
	/** Where pictures, certificates and other bytes go: into the row, or into files beside it. */
	binary: 'base64' | 'files';
	/** Which attributes are shown; all where it is left out. */
	shows?(description: string): boolean;
}

// Enough for the departments, titles and cities of a company.
const TEXTS_OF_ATTRIBUTE = 256;

export type Row = { dn: string } & Record<string, RowValue | RowValue[] | string[]>;

/** A value that became a file. */
export interface ValueFile {
	/** name of the binary property, which stands in the row in place of the value */
	property: string;
	fileName: string;
	mimeType: string;
	content: Buffer;
}

export interface ShapedEntry {
	row: Row;
	files: ValueFile[];
}

/** Reads the value that is in these bytes from `start` up to `end`. */
type Decode = (bytes: Buffer, start: number, end: number) => RowValue;

/** What is done with an attribute, found once for all entries. */
interface Plan {
	hidden: boolean;
	column: string;
	/** Always a list, also of one value; else always one value. */
	many: boolean;
	decode: Decode;
	file?: FileType;
	meaning?: Meaning;
	/** values of the same column also come under another description */
	shared: boolean;
	/** the column that these values are only a part of */
	partOf?: string;
}

/**
 * Makes rows of entries: attributes under the names that the server uses, those of many values
 * always as lists. Types are looked up once per attribute, not per entry.
 */
export function entryShaper(schema: Schema, options: ShapeOptions): (entry: Entry) => ShapedEntry {
	const plans = new Map<string, Plan>();
	const planFor = (description: string): Plan => {
		const plan = planOf(description, schema, options);
		for (const other of plans.values())
			if (other.column === plan.column) plan.shared = other.shared = true;
		plans.set(description, plan);
		return plan;
	};
	return (entry) => {
		const row: Row = { dn: entry.dn };
		const files: ValueFile[] = [];
		const inParts: string[] = [];
		for (const reader = readerOf(entry); reader.next();) {
			const plan = plans.get(reader.type) ?? planFor(reader.type);
			const { column, meaning } = plan;
			if (plan.hidden) continue;
			const before = plan.shared ? row[column] : undefined;
			const decode = plan.file ? intoFiles(files, plan, plan.file, before) : plan.decode;
			const found = valuesIn(reader, decode, plan.many || before !== undefined);
			const value = before === undefined ? found : [before, found].flat();
			row[column] = value;
			if (meaning && typeof value === 'number') row[meaning.column] = meaning.of(value);
			if (plan.partOf !== undefined) inParts.push(plan.partOf);
		}
		// Active Directory gives an empty list as well, which would say that there is nothing.
		for (const column of inParts) if (isEmpty(row[column])) Reflect.deleteProperty(row, column);
		return { row, files };
	};
}

/** The same for one entry. */
export const shapeEntry = (entry: Entry, schema: Schema, options: ShapeOptions): ShapedEntry =>
	entryShaper(schema, options)(entry);

/** Where a server breaks its own schema, so that there are several of one, nothing of it is lost. */
function valuesIn(reader: EntryReader, decode: Decode, many: boolean) {
	if (!reader.nextValue()) return many ? [] : null;
	const first = decode(reader.bytes, reader.start, reader.end);
	if (!reader.nextValue()) return many ? [first] : first;
	const list = [first, decode(reader.bytes, reader.start, reader.end)];
	if (!reader.nextValue()) return list;
	do list.push(decode(reader.bytes, reader.start, reader.end));
	while (reader.nextValue());
	// A list that has grown has room for more, which the rows would keep.
	return list.slice();
}

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/**
 * ";binary" (RFC 4522) and a range of values up to the last say how values were sent, not what they
 * are; other options are part of the name. A range that ends before the last value keeps its name,
 * so that nobody takes it for the whole.
 */
function planOf(description: string, schema: Schema, options: ShapeOptions): Plan {
	const { values, binary, shows } = options;
	const hidden = shows?.(description) === false;
	const [name = '', ...tags] = description.split(';');
	const attribute = schema.attributeType(name);
	const type = valueTypeOf(name, attribute);
	if (values === 'raw') {
		const decode = decoderOf({ decode: type.binary ? bytesOf : textOf });
		return { hidden, column: description, many: true, decode, shared: false };
	}
	const column = [name, ...tags.filter((option) => !/^(binary|range=\d+-\*)$/i.test(option))];
	const isPart = column.some((option) => /^range=/i.test(option));
	return {
		hidden,
		column: column.join(';'),
		many: !attribute?.singleValue,
		decode: decoderOf(type),
		...(binary === 'files' && { file: type.file }),
		meaning: meaningOf(name),
		shared: false,
		...(isPart && { partOf: name }),
	};
}

/** Texts are read in place, and the same text of many entries is one string. */
function decoderOf({ decode }: Pick<ValueType, 'decode'>): Decode {
	if (decode !== textOf) return (bytes, start, end) => decode(bytes.subarray(start, end));
	const texts = new Texts(TEXTS_OF_ATTRIBUTE);
	return (bytes, start, end) => {
		const text = texts.at(bytes, start, end);
		return mayBeBroken(text) ? textOf(bytes.subarray(start, end)) : text;
	};
}

/** Keeps values as files; in the row is the name of each. */
function intoFiles(files: ValueFile[], { column, many }: Plan, file: FileType, before: unknown) {
	let index = Array.isArray(before) ? before.length : 0;
	return (bytes: Buffer, start: number, end: number): RowValue => {
		const content = bytes.subarray(start, end);
		const name = column.replaceAll(';', '_');
		const property = many || index > 0 ? `${name}_${index}` : name;
		index++;
		const { mimeType, extension } = fileTypeOf(content, file);
		files.push({ property, fileName: `${property}.${extension}`, mimeType, content });
		return property;
	};
}
