import type { Entry } from '../entry';
import type { Schema } from '../schema';
import { fileTypeOf } from './bytes';
import type { Meaning } from './flags';
import { meaningOf } from './flags';
import { bytesOf, textOf } from './text';
import type { FileType, RowValue } from './valueType';
import { valueTypeOf } from './valueTypes';

export interface ShapeOptions {
	/** typed: by the schema; raw: each value as text, or as bytes, in a list */
	values: 'typed' | 'raw';
	/** Where pictures, certificates and other bytes go: into the row, or into files beside it. */
	binary: 'base64' | 'files';
	/** Which attributes are shown; all where it is left out. */
	shows?(description: string): boolean;
}

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

/** What is done with an attribute, found once for all entries. */
interface Plan {
	hidden: boolean;
	column: string;
	/** Always a list, also of one value; else always one value. */
	many: boolean;
	decode: (value: Buffer) => RowValue;
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
	return ({ dn, attributes }) => {
		const row: Row = { dn };
		const files: ValueFile[] = [];
		const inParts: string[] = [];
		for (const { type, values } of attributes) {
			const plan = plans.get(type) ?? planFor(type);
			const { column, meaning } = plan;
			if (plan.hidden) continue;
			const before = plan.shared ? row[column] : undefined;
			const decode = plan.file ? intoFiles(files, plan, plan.file, before) : plan.decode;
			const [first] = values;
			// Where a server breaks its own schema, nothing of it is lost.
			if (plan.many || values.length > 1 || before !== undefined) {
				const list = values.map(decode);
				row[column] = before === undefined ? list : [before, list].flat();
			} else row[column] = first === undefined ? null : decode(first);
			const value = row[column];
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
		const decode = type.binary ? bytesOf : textOf;
		return { hidden, column: description, many: true, decode, shared: false };
	}
	const column = [name, ...tags.filter((option) => !/^(binary|range=\d+-\*)$/i.test(option))];
	const isPart = column.some((option) => /^range=/i.test(option));
	return {
		hidden,
		column: column.join(';'),
		many: !attribute?.singleValue,
		decode: remembering(type.decode),
		...(binary === 'files' && { file: type.file }),
		meaning: meaningOf(name),
		shared: false,
		...(isPart && { partOf: name }),
	};
}

/**
 * Many entries have the same country, company or title as the one before: then it is not decoded again,
 * and a hundred thousand rows do not have a hundred thousand copies of it.
 */
function remembering(decode: Plan['decode']): Plan['decode'] {
	let known: { bytes: Buffer; text: string } | undefined;
	return (bytes) => {
		if (known?.bytes.length === bytes.length && known.bytes.equals(bytes)) return known.text;
		const value = decode(bytes);
		if (typeof value === 'string') known = { bytes, text: value };
		return value;
	};
}

/** Keeps values as files; in the row is the name of each. */
function intoFiles(files: ValueFile[], { column, many }: Plan, file: FileType, before: unknown) {
	let index = Array.isArray(before) ? before.length : 0;
	return (content: Buffer): RowValue => {
		const name = column.replaceAll(';', '_');
		const property = many || index > 0 ? `${name}_${index}` : name;
		index++;
		const { mimeType, extension } = fileTypeOf(content, file);
		files.push({ property, fileName: `${property}.${extension}`, mimeType, content });
		return property;
	};
}
