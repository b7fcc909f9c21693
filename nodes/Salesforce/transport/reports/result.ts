import { Failure } from '../../../shared/resilience/failure';

// What a run of a report answers, as far as the node reads it.
// https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getreportrundata.htm

/** A value: as it is kept, and as the user of the credential sees it. */
export interface Cell {
	value?: unknown;
	label?: string;
}

export interface ReportFilter {
	column: string;
	operator: string;
	value: string;
}

export interface ReportMetadata {
	detailColumns?: string[];
	aggregates?: string[];
	groupingsDown?: Array<{ name: string }>;
	groupingsAcross?: Array<{ name: string }>;
	reportFilters?: ReportFilter[];
	/** "(1 OR 2) AND 3" */
	reportBooleanFilter?: string | null;
}

export interface Grouping extends Cell {
	key: string;
	groupings?: Grouping[];
}

export interface ColumnInfo {
	label?: string;
	dataType?: string;
}

export interface ReportResult {
	/** false: there are more rows than the API gives */
	allData?: boolean;
	/** of an asynchronous run: New, Running, Success, Error */
	attributes?: { status?: string };
	factMap: Record<string, { rows?: Array<{ dataCells?: Cell[] }>; aggregates?: Cell[] }>;
	groupingsDown?: { groupings?: Grouping[] };
	groupingsAcross?: { groupings?: Grouping[] };
	reportMetadata: ReportMetadata;
	reportExtendedMetadata?: {
		detailColumnInfo?: Record<string, ColumnInfo>;
		aggregateColumnInfo?: Record<string, ColumnInfo>;
		groupingColumnInfo?: Record<string, ColumnInfo>;
	};
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isResult = (json: unknown): json is ReportResult =>
	isObject(json) && isObject(json.factMap) && isObject(json.reportMetadata);

export function resultOf(json: unknown): ReportResult {
	if (isResult(json)) return json;
	throw unexpected('The answer to the run of a report has no facts');
}

export function metadataOf(json: unknown): ReportMetadata {
	if (isObject(json) && isObject(json.reportMetadata)) return json.reportMetadata;
	throw unexpected('The description of the report has no metadata');
}

/** A run that goes on in the background. */
export function instanceOf(json: unknown): string {
	if (isObject(json) && typeof json.id === 'string') return json.id;
	throw unexpected('The answer to the start of a report has no ID');
}

/** Of a run in the background; it has no facts before it is done. */
export function statusOf(json: unknown): string {
	const attributes = isObject(json) ? json.attributes : undefined;
	return isObject(attributes) && typeof attributes.status === 'string' ? attributes.status : '';
}

const unexpected = (message: string) =>
	new Failure({ kind: 'invalid', phase: 'rejected', code: 'UNEXPECTED_ANSWER', message });
