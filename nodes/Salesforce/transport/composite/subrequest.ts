import type { SalesforceClient } from '../client';
import { refusal, salesforceFailure } from '../failure';
import type { Failure } from '../../../shared/resilience/failure';

export const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const;

/**
 * One request inside of another.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite_subrequest.htm
 */
export interface Subrequest {
	method: (typeof METHODS)[number];
	/** below the root of the API version, or from "/services/" on; it may hold references */
	url: string;
	referenceId: string;
	body?: unknown;
	httpHeaders?: Record<string, string>;
}

export interface Subresponse {
	referenceId: string;
	httpStatusCode: number;
	body: unknown;
	httpHeaders?: Record<string, string>;
}

/** Sent a second time it does no harm. */
export const areReads = (requests: Array<{ method: string }>): boolean =>
	requests.every(({ method }) => method === 'GET');

/**
 * The address as Composite wants it: with the version, and without white space, which in a query of
 * SOQL is part of what people write.
 */
export function addressOf(url: string, version: string): string {
	const bare = url.trim().replace(/\s/g, '%20');
	if (bare.startsWith('/services/')) return bare;
	return `/services/data/v${version}/${bare.replace(/^\//, '').replace(/^v\d+\.\d+\//, '')}`;
}

// What was not done because something else failed.
const HALTED = new Set([
	'PROCESSING_HALTED',
	'BATCH_PROCESSING_HALTED',
	'ALL_OR_NONE_OPERATION_ROLLED_BACK',
]);

/** Salesforce did not do it, or undid it, because of another request. */
export const isHalted = ({ body }: Pick<Subresponse, 'body'>): boolean =>
	errorsOf(body).some(({ errorCode = '' }) => HALTED.has(errorCode));

/** Whether it did what it was to do: the answer of sObject Collections is a success in any case. */
export const isSuccess = ({ httpStatusCode, body }: Subresponse): boolean =>
	httpStatusCode < 400 && httpStatusCode !== 300 && !failedRow(body);

/** Why it did not. */
export function failureOf(
	{ httpStatusCode, httpHeaders = {}, body }: Subresponse,
	{ clock, redact }: SalesforceClient,
): Failure {
	const row = failedRow(body);
	if (row) {
		const failure = refusal(row.errors, 'No reason was given');
		return failure.saying(redact.text(failure.message));
	}
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(httpHeaders)) headers[name.toLowerCase()] = value;
	const text = redact.text(JSON.stringify(body ?? null));
	return salesforceFailure(httpStatusCode, headers, text, clock.now());
}

interface FailedRow {
	success: false;
	errors?: unknown;
}

/** The first row that was not written, in the answer of sObject Collections. */
const failedRow = (body: unknown): FailedRow | undefined =>
	Array.isArray(body) ? body.find(isFailedRow) : undefined;

const isFailedRow = (row: unknown): row is FailedRow =>
	typeof row === 'object' && row !== null && 'success' in row && row.success === false;

function errorsOf(body: unknown): Array<{ errorCode?: string }> {
	const errors: unknown[] = Array.isArray(body) ? body : [];
	return errors.filter((error) => typeof error === 'object' && error !== null);
}
