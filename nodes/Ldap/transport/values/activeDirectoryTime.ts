import { textOf, wordsOf } from './text';
import { momentOf, TIME_NAME } from './time';
import type { ValueType } from './valueType';

// Active Directory counts in units of 100 ns, from 1601 on.
// https://learn.microsoft.com/windows/win32/api/minwinbase/ns-minwinbase-filetime
const EPOCH_MS = 11_644_473_600_000;
const UNITS_PER_SECOND = 10_000_000n;
const NEVER = '9223372036854775807';
const FOR_EVER = '-9223372036854775808';

const isNever = (words: string | undefined): boolean => words?.toLowerCase() === 'never';

/**
 * A moment, to the millisecond. Null where there is none: an account that does not expire, is not
 * locked or was never used.
 */
export const fileTime: ValueType = {
	name: `${TIME_NAME}, or "never"`,
	showable: true,
	decode: (value) => {
		const digits = value.toString('latin1');
		if (digits === '0' || digits === NEVER) return null;
		if (!/^\d{1,19}$/.test(digits)) return textOf(value);
		return new Date(Number(digits.slice(0, -4)) - EPOCH_MS).toISOString();
	},
	encode: (value) => {
		const words = wordsOf(value);
		if (isNever(words)) return Buffer.from(NEVER);
		// 0 and -1 have a meaning of their own ("must be changed", "now"); a long number is the time itself.
		if (words === '0' || words === '-1') return Buffer.from(words);
		if (typeof value === 'string' && /^\d{12,19}$/.test(value)) return Buffer.from(value);
		const sinceEpoch = (momentOf(value) ?? -Infinity) + EPOCH_MS;
		return sinceEpoch > 0 ? Buffer.from(`${sinceEpoch}0000`) : undefined;
	},
};

/** How long something lasts, in seconds; kept as a negative number. Null: for ever. */
export const duration: ValueType = {
	name: 'a number of seconds, or "never"',
	showable: true,
	decode: (value) => {
		const digits = value.toString('latin1');
		if (digits === FOR_EVER) return null;
		if (!/^-?\d{1,19}$/.test(digits)) return textOf(value);
		return digits === '0' ? 0 : -Number(digits) / Number(UNITS_PER_SECOND);
	},
	encode: (value) => {
		const words = wordsOf(value);
		if (isNever(words)) return Buffer.from(FOR_EVER);
		const parts = /^(-?)(\d{1,11})(?:\.(\d{1,7}))?$/.exec(words ?? '');
		if (!parts) return undefined;
		const [, sign = '', seconds = '0', fraction = ''] = parts;
		const units = BigInt(seconds) * UNITS_PER_SECOND + BigInt(fraction.padEnd(7, '0'));
		return Buffer.from((sign === '-' ? units : -units).toString());
	},
};
