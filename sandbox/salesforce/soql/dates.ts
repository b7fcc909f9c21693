/** Days from `start` up to but not with `end`, as "2026-11-26". */
export interface Days {
	start: string;
	end: string;
}

const dayMs = 24 * 60 * 60 * 1000;

const format = (time: number): string => new Date(time).toISOString().slice(0, 10);

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';

/** Beginning of the n-th unit after the one that a moment is in. Weeks begin on Sunday. */
function begin(now: number, unit: Unit, n: number): number {
	const date = new Date(now);
	const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
	if (unit === 'YEAR') return Date.UTC(year + n, 0, 1);
	if (unit === 'QUARTER') return Date.UTC(year, (Math.floor(month / 3) + n) * 3, 1);
	if (unit === 'MONTH') return Date.UTC(year, month + n, 1);
	const today = Date.UTC(year, month, day);
	return unit === 'DAY' ? today + n * dayMs : today + (n * 7 - date.getUTCDay()) * dayMs;
}

const span = (now: number, unit: Unit, from: number, to: number): Days => ({
	start: format(begin(now, unit, from)),
	end: format(begin(now, unit, to)),
});

const fixed: Record<string, [Unit, number, number]> = {
	YESTERDAY: ['DAY', -1, 0],
	TODAY: ['DAY', 0, 1],
	TOMORROW: ['DAY', 1, 2],
	LAST_90_DAYS: ['DAY', -90, 1],
	NEXT_90_DAYS: ['DAY', 1, 91],
};

/**
 * The days of a date literal: TODAY, LAST_MONTH, LAST_N_DAYS:3, N_WEEKS_AGO:2 ... The fiscal year is
 * that of the calendar, the time zone UTC.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
 */
export function daysOf(literal: string, now: number): Days | undefined {
	const [name = '', count] = literal.toUpperCase().replace('FISCAL_', '').split(':');
	const known = fixed[name];
	if (known) return span(now, ...known);
	const one = /^(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR)$/.exec(name);
	if (one) {
		const n = { LAST: -1, THIS: 0, NEXT: 1 }[one[1] as 'LAST' | 'THIS' | 'NEXT'];
		return span(now, one[2] as Unit, n, n + 1);
	}
	const many = /^(LAST_N|NEXT_N|N)_(DAY|WEEK|MONTH|QUARTER|YEAR)S(_AGO)?$/.exec(name);
	if (!many) return undefined;
	const n = Number(count);
	const unit = many[2] as Unit;
	if (many[3]) return span(now, unit, -n, -n + 1);
	if (many[1] === 'NEXT_N') return span(now, unit, 1, n + 1);
	// The last n days include today; the last n weeks, months ... are whole ones before this one.
	return span(now, unit, -n, unit === 'DAY' ? 1 : 0);
}

type DateFunction = (date: Date) => number | string;

const dayInYear = (date: Date) =>
	Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs) + 1;
const quarter = (date: Date) => Math.floor(date.getUTCMonth() / 3) + 1;

/** Functions of dates, by name. */
export const dateFunctions: Record<string, DateFunction> = {
	CALENDAR_YEAR: (date) => date.getUTCFullYear(),
	CALENDAR_QUARTER: quarter,
	CALENDAR_MONTH: (date) => date.getUTCMonth() + 1,
	FISCAL_YEAR: (date) => date.getUTCFullYear(),
	FISCAL_QUARTER: quarter,
	FISCAL_MONTH: (date) => date.getUTCMonth() + 1,
	DAY_IN_MONTH: (date) => date.getUTCDate(),
	DAY_IN_WEEK: (date) => date.getUTCDay() + 1,
	DAY_IN_YEAR: dayInYear,
	DAY_ONLY: (date) => date.toISOString().slice(0, 10),
	HOUR_IN_DAY: (date) => date.getUTCHours(),
	WEEK_IN_MONTH: (date) => Math.ceil(date.getUTCDate() / 7),
	WEEK_IN_YEAR: (date) => Math.ceil(dayInYear(date) / 7),
};
