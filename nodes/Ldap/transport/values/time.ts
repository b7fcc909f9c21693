import { textOf } from './text';
import { instantOf, type ValueType } from './valueType';

const ISO_DAY = /^\d{4}-\d\d-\d\d$/;
const ISO_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?\s?(Z|[+-]\d\d(:?\d\d)?)$/i;

export const TIME_NAME = 'a time with its time zone, such as 2026-01-31T08:00:00Z';

/**
 * Milliseconds since 1970 of a Date, of n8n's DateTime, of an ISO 8601 text with a time zone, or of
 * a day, which begins at midnight UTC.
 * @returns undefined also for a time without a zone: it would mean another moment on each machine
 */
export function momentOf(value: unknown): number | undefined {
	if (typeof value !== 'string') return instantOf(value);
	const words = value.trim();
	if (!ISO_DAY.test(words) && !ISO_TIME.test(words)) return undefined;
	const moment = Date.parse(words.replace(' ', 'T').replace(',', '.'));
	return Number.isNaN(moment) ? undefined : moment;
}

// RFC 4517 section 3.3.13: minutes, seconds and a fraction of the last of them may be missing.
const GENERALIZED =
	/^(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,](\d+))?(Z|([+-])(\d\d)(\d\d)?)$/;
// RFC 4517 section 3.3.34
const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?()(Z|([+-])(\d\d)(\d\d)?)?$/;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function momentIn(parts: RegExpExecArray, year: number): number | undefined {
	const [, , month, day, hour, minute, second, fraction, , sign, zoneHour, zoneMinute] = parts;
	const whole = new Date(0);
	// Date.UTC would take the years 0 to 99 for those of the last century.
	whole.setUTCFullYear(year, Number(month) - 1, Number(day));
	const isDay = whole.getUTCMonth() === Number(month) - 1;
	// RFC 4517 has a second 60, for the leap seconds.
	const isTime = Number(hour) < 24 && Number(minute ?? 0) < 60 && Number(second ?? 0) <= 60;
	if (!isDay || !isTime) return undefined;
	const unit = second !== undefined ? 1000 : minute !== undefined ? MINUTE_MS : HOUR_MS;
	const offset = Number(zoneHour ?? 0) * HOUR_MS + Number(zoneMinute ?? 0) * MINUTE_MS;
	return (
		whole.getTime() +
		Number(hour) * HOUR_MS +
		Number(minute ?? 0) * MINUTE_MS +
		Number(second ?? 0) * 1000 +
		Math.floor(Number(`0.${fraction ?? 0}`) * unit) -
		(sign === '-' ? -offset : offset)
	);
}

// What servers send nearly always. Days that not every month has are left to the calendar.
const USUAL =
	/^(\d{4})(0[1-9]|1[0-2])(0[1-9]|1\d|2[0-8])([01]\d|2[0-3])([0-5]\d)([0-5]\d)(?:\.0)?Z$/;

function decodeGeneralized(value: Buffer) {
	const parts = USUAL.exec(value.toString('latin1'));
	if (!parts) return decodeTime(value, GENERALIZED, (year) => year);
	const [, year, month, day, hour, minute, second] = parts;
	return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}

function decodeTime(value: Buffer, form: RegExp, yearOf: (digits: number) => number) {
	const parts = form.exec(value.toString('latin1'));
	const moment = parts ? momentIn(parts, yearOf(Number(parts[1]))) : undefined;
	return moment === undefined ? textOf(value) : new Date(moment).toISOString();
}

const digitsOf = (moment: number): string => new Date(moment).toISOString().replace(/[-T:]/g, '');

/** Years of four digits are all that the syntaxes of times can write. */
const hasPlainYear = (moment: number): boolean => {
	const year = new Date(moment).getUTCFullYear();
	return year >= 0 && year <= 9999;
};

export const generalizedTime: ValueType = {
	name: TIME_NAME,
	showable: true,
	decode: decodeGeneralized,
	encode: (value) => {
		if (typeof value === 'string' && GENERALIZED.test(value)) return Buffer.from(value);
		const moment = momentOf(value);
		if (moment === undefined || !hasPlainYear(moment)) return undefined;
		// Whole seconds without a fraction: the form that all servers take.
		return Buffer.from(digitsOf(moment).replace('.000Z', 'Z'));
	},
};

// RFC 5280 section 4.1.2.5.1
const centuryOf = (year: number): number => (year < 50 ? 2000 : 1900) + year;

export const utcTime: ValueType = {
	name: `${TIME_NAME}, between 1950 and 2049`,
	showable: true,
	decode: (value) => decodeTime(value, UTC, centuryOf),
	encode: (value) => {
		if (typeof value === 'string' && UTC.test(value)) return Buffer.from(value);
		const moment = momentOf(value);
		if (moment === undefined) return undefined;
		const year = new Date(moment).getUTCFullYear();
		if (year < 1950 || year > 2049) return undefined;
		return Buffer.from(`${digitsOf(moment).slice(2, 14)}Z`);
	},
};
