import { isUtf8 } from 'node:buffer';
import { Failure } from '../../shared/resilience/failure';
import { hexByte } from './hexByte';
import { isNameOrOid } from './names';
import type { Place } from './place';
import { characterAt, excerptAt } from './place';

/** One type and value of an RDN. */
export interface Ava {
	/** name or OID of the attribute */
	type: string;
	value: Buffer;
	/** `value` is the BER of the value, written "#04024869" (RFC 4514 section 2.4) */
	ber?: true;
}

/** A relative distinguished name; more than one value is written "ou=Sales+cn=J. Smith". */
export type Rdn = Ava[];

const [EQUALS, PLUS, COMMA, SEMICOLON, BACKSLASH, QUOTE, HASH] = Buffer.from('=+,;\\"#');
const SPACES: ReadonlySet<number | undefined> = new Set(Buffer.from(' \t\r\n'));
const SEPARATORS: ReadonlySet<number | undefined> = new Set([COMMA, SEMICOLON, PLUS]);
// https://www.rfc-editor.org/rfc/rfc4514 section 3: special / SPACE / SHARP / EQUALS
const ESCAPED_BY_ITSELF: ReadonlySet<number | undefined> = new Set(Buffer.from('"+,;<>\\ #='));
const ENDS_TYPE: ReadonlySet<number | undefined> = new Set([
	...Buffer.from('=+,;\\"<>'),
	undefined,
]);

export const invalidDn = (message: string, hint?: string) =>
	new Failure({ kind: 'invalid', phase: 'notSent', code: 'INVALID_DN', message, hint });

const wrong = (place: Place, what: string, hint?: string) =>
	invalidDn(
		`The DN is wrong at character ${characterAt(place)} (${excerptAt(place)}): ${what}`,
		hint,
	);

const next = ({ bytes, at }: Place) => bytes[at];

function skipSpaces(place: Place) {
	while (SPACES.has(next(place))) place.at++;
}

/**
 * The RDNs of a DN, that of the entry first. Takes RFC 4514 and the older forms of RFC 2253 and
 * RFC 1779: quoted values, ";" for ",", spaces around separators, "OID." before OIDs.
 * https://www.rfc-editor.org/rfc/rfc4514 section 3
 * @throws Failure of kind invalid that names the position and what is wrong there
 */
export function parseDn(text: string): Rdn[] {
	const place: Place = { bytes: Buffer.from(text), at: 0 };
	skipSpaces(place);
	if (next(place) === undefined) return [];
	let rdn: Rdn = [];
	const rdns: Rdn[] = [rdn];
	for (;;) {
		const type = readType(place);
		rdn.push({ type, ...readValue(place) });
		const separator = next(place);
		if (separator === undefined) return rdns;
		place.at++;
		if (separator !== PLUS) rdns.push((rdn = []));
	}
}

function readType(place: Place): string {
	skipSpaces(place);
	const { at: start, bytes } = place;
	while (!ENDS_TYPE.has(next(place))) place.at++;
	const type = bytes
		.toString('utf8', start, place.at)
		.trim()
		.replace(/^oid\./i, '');
	if (next(place) !== EQUALS) {
		throw wrong(
			{ bytes, at: start },
			'"attribute=value" must stand here',
			'Within a value, write \\, for a comma, \\+ for a plus sign and \\; for a semicolon.',
		);
	}
	if (!isNameOrOid(type)) {
		throw wrong({ bytes, at: start }, `"${type}" is not the name of an attribute`);
	}
	place.at++;
	return type;
}

function readValue(place: Place): { value: Buffer; ber?: true } {
	skipSpaces(place);
	const value =
		next(place) === HASH
			? readHex(place)
			: { value: next(place) === QUOTE ? readQuoted(place) : readText(place) };
	if (next(place) === undefined || SEPARATORS.has(next(place))) return value;
	throw wrong(place, 'a comma must stand here');
}

function readHex(place: Place): { value: Buffer; ber: true } {
	const { bytes, at: start } = place;
	const read: number[] = [];
	place.at++;
	for (let byte; (byte = hexByte(bytes, place.at)) !== undefined; place.at += 2) read.push(byte);
	const end = place.at;
	skipSpaces(place);
	const ended = next(place) === undefined || SEPARATORS.has(next(place));
	if (read.length === 0 || !ended) {
		throw wrong(
			{ bytes, at: read.length === 0 ? start : end },
			'after # stand pairs of hexadecimal digits',
			'A value that begins with # is written \\#.',
		);
	}
	return { value: Buffer.from(read), ber: true };
}

function readQuoted(place: Place): Buffer {
	const { bytes, at: start } = place;
	const read: number[] = [];
	place.at++;
	while (next(place) !== QUOTE) {
		if (next(place) === undefined) throw wrong({ bytes, at: start }, 'the second " is missing');
		read.push(readCharacter(place));
	}
	place.at++;
	skipSpaces(place);
	return Buffer.from(read);
}

/** Up to the separator, without the spaces before it that are not escaped. */
function readText(place: Place): Buffer {
	const read: number[] = [];
	let kept = 0;
	for (let byte; (byte = next(place)) !== undefined && !SEPARATORS.has(byte);) {
		if (byte === QUOTE) throw wrong(place, 'a " within a value is written \\"');
		read.push(readCharacter(place));
		if (!SPACES.has(byte)) kept = read.length;
	}
	return Buffer.from(read.slice(0, kept));
}

/** One byte, or the one that is escaped. */
function readCharacter(place: Place): number {
	const { bytes, at } = place;
	const [byte = 0, escaped = 0] = bytes.subarray(at, at + 2);
	if (byte === 0) throw wrong(place, 'a NUL character is written \\00');
	if (byte !== BACKSLASH) {
		place.at++;
		return byte;
	}
	const coded = hexByte(bytes, at + 1);
	if (coded === undefined && !ESCAPED_BY_ITSELF.has(escaped)) {
		throw wrong(
			place,
			'after \\ stands a special character or two hexadecimal digits',
			'A backslash in a value is written \\\\ or \\5c.',
		);
	}
	place.at += coded === undefined ? 2 : 3;
	return coded ?? escaped;
}

/** The text of RFC 4514 section 2. */
export const formatDn = (rdns: Rdn[]): string => rdns.map(formatRdn).join(',');

/** @throws Failure of kind invalid where a type is no name: it could change the DN */
export const formatRdn = (rdn: Rdn): string => rdn.map(formatAva).join('+');

function formatAva({ type, value, ber }: Ava): string {
	if (!isNameOrOid(type)) throw invalidDn(`"${type}" is not the name of an attribute`);
	return `${type}=${ber ? `#${value.toString('hex')}` : escaped(value)}`;
}

const hex = (one: string) => `\\${one.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** Text stays text; of a value that is none, every byte that is not printable ASCII is escaped. */
function escaped(value: Buffer): string {
	const isText = isUtf8(value);
	const text = isText ? value.toString() : value.toString('latin1');
	// eslint-disable-next-line no-control-regex -- control characters are unreadable in a message
	const special = isText ? /[\x00-\x1f\x7f]/g : /[\x00-\x1f\x7f-\xff]/g;
	return text.replace(/["+,;<>\\]|^[ #]| $/g, '\\$&').replace(special, hex);
}
