import { sleep } from '../../../shared/ground/clock';
import { Failure } from '../../../shared/resilience/failure';
import type { Body } from '../../../shared/transport/body';
import type { SalesforceClient, SalesforceRequest } from '../client';
import { noWebPage } from '../noWebPage';
import { path, withQuery } from '../path';
import type { DateFilter, FilterChange } from './filters';
import { changedFilters } from './filters';
import type { ReportMetadata, ReportResult } from './result';
import { instanceOf, metadataOf, resultOf, statusOf } from './result';

export interface ReportRun {
	reportId: string;
	/** rows beside the summary */
	details: boolean;
	filters?: FilterChange;
	dates?: DateFilter;
}

// Salesforce itself gives a report ten minutes.
const RUN_MS = 600_000;

/** The result of a report that Salesforce works out while we wait. */
export async function runReport(client: SalesforceClient, run: ReportRun): Promise<ReportResult> {
	const request = await runRequest(client, run, path`/analytics/reports/${run.reportId}`);
	return await client.call(request, ({ json }) => resultOf(json));
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** The same in the background, for reports that take long. Salesforce keeps the result for a day. */
export async function runReportLater(
	client: SalesforceClient,
	run: ReportRun,
	patienceMs: number,
): Promise<ReportResult> {
	const { reportId } = run;
	const to = path`/analytics/reports/${reportId}/instances`;
	const request = { ...(await runRequest(client, run, to)), method: 'POST' as const };
	const id = await client.call(request, ({ json }) => instanceOf(json));
	const { clock, signal } = client;
	const until = clock.now() + patienceMs;
	const asked = {
		operation: 'Get report results',
		about: `run "${id}"`,
		path: path`/analytics/reports/${reportId}/instances/${id}`,
	};
	for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
		const answer = await client.call(asked, ({ json }) => {
			const status = statusOf(json);
			return status === 'Success' ? resultOf(json) : status;
		});
		if (typeof answer !== 'string') return answer;
		if (answer === 'Error') throw failed(reportId, id);
		if (clock.now() + wait > until) throw tooSlow(reportId, id);
		await sleep(clock, wait, signal);
	}
}

const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/**
 * The report as Salesforce formats it for Excel, with all rows.
 * https://developer.salesforce.com/docs/analytics/salesforce-analytics-rest-api/guide/sforce-analytics-rest-api-download-excel.html
 */
export async function exportExcel<T>(
	client: SalesforceClient,
	run: ReportRun,
	save: (file: { body: Body; mimeType: string }) => Promise<T>,
): Promise<T> {
	const to = path`/analytics/reports/${run.reportId}`;
	const request = await runRequest(client, run, to);
	const asked = { ...request, operation: 'Export report', headers: { accept: EXCEL } };
	return await client.receive(asked, async (answer) => {
		const { body } = await noWebPage(client, answer);
		return await save({ body, mimeType: EXCEL });
	});
}

async function runRequest(
	client: SalesforceClient,
	{ reportId, details, filters, dates }: ReportRun,
	to: string,
): Promise<SalesforceRequest> {
	const metadata = await changes(client, reportId, filters, dates);
	return {
		operation: 'Run report',
		about: `report "${reportId}"`,
		path: withQuery(to, { includeDetails: details }),
		...(metadata && { method: 'POST', json: { reportMetadata: metadata } }),
		// A report reads only.
		repeatable: true,
		attemptTimeoutMs: RUN_MS,
	};
}

/** What is different from the report as it is saved. Filters replace those of the report as a whole. */
async function changes(
	client: SalesforceClient,
	reportId: string,
	filters: FilterChange | undefined,
	dates: DateFilter | undefined,
): Promise<object | undefined> {
	if (!filters && !dates) return undefined;
	const saved = filters && !filters.replace ? await describeReport(client, reportId) : {};
	return {
		...(filters && changedFilters(saved, filters)),
		...(dates && { standardDateFilter: dates }),
	};
}

async function describeReport(client: SalesforceClient, id: string): Promise<ReportMetadata> {
	return await client.call(
		{
			operation: 'Describe report',
			about: `report "${id}"`,
			path: path`/analytics/reports/${id}/describe`,
		},
		({ json }) => metadataOf(json),
	);
}

const failed = (reportId: string, id: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'REPORT_FAILED',
		message: `Salesforce could not run the report "${reportId}" (run "${id}")`,
		hint: 'Open the report in Salesforce to see why.',
	});

const tooSlow = (reportId: string, id: string) =>
	new Failure({
		kind: 'timeout',
		phase: 'maybeDone',
		scope: 'item',
		code: 'REPORT_NOT_FINISHED',
		message: `The report "${reportId}" is not finished yet (run "${id}")`,
		hint: 'Wait longer, or give the report more filters.',
	});
