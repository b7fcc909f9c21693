import type { ReportFilter, ReportMetadata } from './result';

export interface FilterChange {
	filters: ReportFilter[];
	/** instead of the filters of the report, not besides them */
	replace: boolean;
	/** "1 AND (2 OR 3)", of the filters given here */
	logic?: string;
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getreportrundata.htm */
export interface DateFilter {
	column?: string;
	/** THIS_MONTH, LAST_N_DAYS:7 ...; CUSTOM with a beginning and an end */
	durationValue: string;
	/** "2026-05-31" */
	startDate?: string;
	endDate?: string;
}

/** The filters that a run is to have: with those that are saved in the report, and their logic. */
export function changedFilters(
	{ reportFilters: saved = [], reportBooleanFilter: savedLogic }: ReportMetadata,
	{ filters, replace, logic }: FilterChange,
): Pick<ReportMetadata, 'reportBooleanFilter' | 'reportFilters'> {
	if (replace || saved.length === 0)
		return { reportFilters: filters, reportBooleanFilter: logic ?? null };
	const all = [...saved, ...filters];
	if (!savedLogic && !logic) return { reportFilters: all, reportBooleanFilter: null };
	const before = savedLogic ?? numbers(1, saved.length);
	const added = logic
		? logic.replace(/\d+/g, (n) => String(Number(n) + saved.length))
		: numbers(saved.length + 1, all.length);
	const reportBooleanFilter = filters.length === 0 ? before : `(${before}) AND (${added})`;
	return { reportFilters: all, reportBooleanFilter };
}

const numbers = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, n) => from + n).join(' AND ');
