import { invalidInput } from '../../../shared/resilience/failure';

// https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
const DATE_LITERALS: ReadonlySet<string> = new Set([
	...['YESTERDAY', 'TODAY', 'TOMORROW', 'LAST_90_DAYS', 'NEXT_90_DAYS'],
	...['WEEK', 'MONTH', 'QUARTER', 'YEAR', 'FISCAL_QUARTER', 'FISCAL_YEAR'].flatMap((span) =>
		['LAST', 'THIS', 'NEXT'].map((which) => `${which}_${span}`),
	),
]);

const COUNTED =
	/^(?:(?:LAST|NEXT)_N_(?:DAYS|WEEKS|MONTHS|QUARTERS|YEARS|FISCAL_QUARTERS|FISCAL_YEARS)|N_(?:DAYS|WEEKS|MONTHS|QUARTERS|YEARS|FISCAL_QUARTERS|FISCAL_YEARS)_AGO):\d{1,6}$/;

/** TODAY, LAST_N_DAYS:7: a range of time that the org computes. */
export function dateLiteral(what: string, text: string): string {
	const literal = text.trim().toUpperCase();
	if (DATE_LITERALS.has(literal) || COUNTED.test(literal)) return literal;
	throw invalidInput(
		`${what} is "${text}", which is no date literal of SOQL`,
		'Date literals are TODAY, LAST_MONTH, LAST_N_DAYS:7 and so on.',
	);
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)/;
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,3})?)?Z?$/;

/**
 * A day, for fields of the type "date". Of a date with time the day that is written in it: what it is
 * elsewhere does not count.
 */
export function dateOf(what: string, value: unknown): string {
	const text = isoOf(value);
	const [day = '', year, month, date] = DATE.exec(text) ?? [];
	const rest = text.slice(day.length);
	const known = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
	const exists = day !== '' && known.toISOString().startsWith(day);
	if (exists && (rest === '' || rest.startsWith('T'))) return day;
	throw invalidInput(`${what} is ${shown(value)}, which is no date`, 'Write it as 2026-05-31.');
}

/** A moment, for fields of the type "datetime": in UTC, to the millisecond. A day is its midnight. */
export function dateTimeOf(what: string, value: unknown): string {
	const text = isoOf(value);
	if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${dateOf(what, text)}T00:00:00.000Z`;
	const moment = new Date(text);
	if (ZONED.test(text) && !Number.isNaN(moment.getTime())) {
		dateOf(what, text);
		return moment.toISOString();
	}
	const hint = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)
		? `It has no time zone: write it as ${text.replace(' ', 'T')}Z, or with an offset such as +02:00.`
		: 'Write it as 2026-05-31T14:30:00Z.';
	throw invalidInput(`${what} is ${shown(value)}, which is no date with time`, hint);
}

/** A time of the day, for fields of the type "time"; Salesforce writes a Z behind it that means nothing. */
export function timeOf(what: string, value: unknown): string {
	const [, hours, minutes, seconds = '00', fraction = '.000'] = TIME.exec(String(value)) ?? [];
	if (hours && minutes) return `${hours}:${minutes}:${seconds}${fraction.padEnd(4, '0')}Z`;
	throw invalidInput(
		`${what} is ${shown(value)}, which is no time of the day`,
		'Write it as 14:30 or 14:30:00.',
	);
}

const isoOf = (value: unknown): string => {
	if (typeof value === 'string') return value.trim();
	const json: unknown = JSON.parse(JSON.stringify(value) ?? 'null');
	return typeof json === 'string' ? json : '';
};

const shown = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 100);
