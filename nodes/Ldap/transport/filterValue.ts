import { invalidFilter } from './filter';
import { hexByte } from './hexByte';
import type { Place } from './place';
import { characterAt, excerptAt } from './place';

const [NUL, OPEN, CLOSE, STAR, BACKSLASH, BRACE] = Buffer.from('\0()*\\{');
// Of RFC 1960 and still taken by OpenLDAP: the character itself instead of its code.
const ESCAPED_BY_ITSELF: ReadonlySet<number | undefined> = new Set(Buffer.from('()*\\'));
const PLACEHOLDER = /^\{(\w{1,100})\}/;
const PLACEHOLDER_BYTES = 102;

/** A parser of filters at its place. */
export interface FilterReader extends Place {
	/** what stands for "{name}" in values; without it braces are ordinary characters */
	values?: ReadonlyMap<string, Buffer>;
	/** names of `values` that were met */
	used: Set<string>;
}

export function wrong(reader: FilterReader, what: string, hint?: string) {
	return invalidFilter(
		`The filter is wrong at character ${characterAt(reader)} (${excerptAt(reader)}): ${what}`,
		hint,
	);
}

/**
 * The bytes of an assertion value (RFC 4515 section 3), up to the ")" or the end, which is not read;
 * where it may have parts, up to the "*".
 */
export function readValue(reader: FilterReader, inParts = false): Buffer {
	const { bytes, values } = reader;
	const read: Buffer[] = [];
	let start = reader.at;
	const take = ([value, length]: Piece) => {
		read.push(bytes.subarray(start, reader.at), value);
		reader.at += length;
		start = reader.at;
	};
	while (reader.at < bytes.length) {
		const byte = bytes[reader.at];
		if (byte === CLOSE || (byte === STAR && inParts)) break;
		const piece =
			byte === BACKSLASH ? escape(reader) : byte === BRACE && values && filled(reader, values);
		if (piece) take(piece);
		else if (byte === STAR) throw wrong(reader, 'a * in this value is written \\2a');
		else if (byte === OPEN) throw wrong(reader, 'a ( in a value is written \\28');
		else if (byte === NUL) throw wrong(reader, 'a NUL character is written \\00');
		else reader.at++;
	}
	return Buffer.concat([...read, bytes.subarray(start, reader.at)]);
}

type Piece = [value: Buffer, length: number];

function escape(reader: FilterReader): Piece {
	const { bytes, at } = reader;
	const byte = hexByte(bytes, at + 1);
	if (byte !== undefined) return [Buffer.of(byte), 3];
	if (ESCAPED_BY_ITSELF.has(bytes[at + 1])) return [bytes.subarray(at + 1, at + 2), 2];
	throw wrong(
		reader,
		'after \\ stand two hexadecimal digits',
		'A backslash in a value is written \\5c.',
	);
}

function filled(reader: FilterReader, values: ReadonlyMap<string, Buffer>): Piece | undefined {
	const { bytes, at } = reader;
	const name = PLACEHOLDER.exec(bytes.toString('utf8', at, at + PLACEHOLDER_BYTES))?.[1];
	if (name === undefined) return undefined;
	const value = values.get(name);
	if (value) {
		reader.used.add(name);
		return [value, name.length + 2];
	}
	const names = [...values.keys()].map((known) => `{${known}}`).join(', ');
	throw wrong(
		reader,
		`there is no value called "${name}"`,
		`There are: ${names || 'none'}. A brace that is part of a value is written \\7b.`,
	);
}
