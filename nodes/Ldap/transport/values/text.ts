import { isUtf8 } from 'node:buffer';
import type { RowValue, ValueType } from './valueType';
import { instantOf } from './valueType';

const REPLACEMENT = '\uFFFD';

/** The text of the bytes; bytes that are no UTF-8 stay bytes rather than become other text. */
export function textOf(value: Buffer): RowValue {
	const text = value.toString();
	return mayBeBroken(text) && !isUtf8(value) ? bytesOf(value) : text;
}

/** Whether it is what bytes become that are no UTF-8, or has that character itself. */
export const mayBeBroken = (text: string): boolean => text.includes(REPLACEMENT);

export const bytesOf = (value: Buffer) => ({ base64: value.toString('base64') });

/** A value as the text that it is written as, where it is one thing. */
export function wordsOf(value: unknown): string | undefined {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
		return String(value);
	const instant = instantOf(value);
	return instant === undefined ? undefined : new Date(instant).toISOString();
}

/** Text, names, addresses and all syntaxes that are text (RFC 4517). */
export const text: ValueType = {
	name: 'a text',
	decode: textOf,
	encode: (value) => {
		const words = wordsOf(value);
		// Half a character has no UTF-8, and would silently become another one.
		return words?.isWellFormed() ? Buffer.from(words) : undefined;
	},
};

/** RFC 4517 section 3.3.3 */
export const boolean: ValueType = {
	name: 'true or false',
	showable: true,
	decode: (value) => {
		const words = value.toString('latin1');
		if (words === 'TRUE') return true;
		return words === 'FALSE' ? false : textOf(value);
	},
	encode: (value) => {
		const word = wordsOf(value)?.toUpperCase() ?? '';
		return word === 'TRUE' || word === 'FALSE' ? Buffer.from(word) : undefined;
	},
};

const WHOLE = /^-?\d+$/;

/** RFC 4517 section 3.3.16. Beyond 2^53 a text, because JSON would round it. */
export const integer: ValueType = {
	name: 'a whole number',
	showable: true,
	decode: (value) => {
		const digits = value.toString('latin1');
		if (!WHOLE.test(digits)) return textOf(value);
		const number = Number(digits);
		return Number.isSafeInteger(number) ? number : digits;
	},
	encode: (value) => {
		const digits = typeof value === 'number' && !Number.isSafeInteger(value) ? '' : wordsOf(value);
		// Servers refuse zeros in front.
		return digits !== undefined && /^[+-]?\d+$/.test(digits)
			? Buffer.from(BigInt(digits.replace('+', '')).toString())
			: undefined;
	},
};

/**
 * The new password of an account of Active Directory: in quotes and UTF-16LE.
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-adts/6e803168-f140-4d23-b2d3-c3a8ab5917d2
 */
export const unicodePassword: ValueType = {
	name: 'a text',
	binary: true,
	decode: bytesOf,
	encode: (value) => {
		const words = wordsOf(value);
		return words === undefined ? undefined : Buffer.from(`"${words}"`, 'utf16le');
	},
};
