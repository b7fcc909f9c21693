import type { SalesforceClient } from '../../client';
import { withQuery } from '../../path';
import type { Job } from './job';
import { jobOf } from './job';

/**
 * The ingest jobs of the org, in no order, in pages of up to 1,000.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_all_jobs.htm
 */
export async function* listJobs(client: SalesforceClient): AsyncGenerator<Job[]> {
	let to: string | undefined = withQuery('/jobs/ingest', { jobType: 'V2Ingest' });
	while (to !== undefined) {
		const request = { operation: 'List jobs', path: to };
		const page: { jobs: Job[]; next?: string } = await client.call(request, ({ json }) =>
			pageOf(json),
		);
		yield page.jobs;
		to = page.next === to ? undefined : page.next;
	}
}

function pageOf(json: unknown): { jobs: Job[]; next?: string } {
	const { done, records, nextRecordsUrl }: Partial<Record<string, unknown>> =
		typeof json === 'object' && json !== null ? { ...json } : {};
	const jobs = Array.isArray(records) ? records.map(jobOf) : [];
	const goesOn = done === false && typeof nextRecordsUrl === 'string' && nextRecordsUrl !== '';
	return goesOn ? { jobs, next: nextRecordsUrl } : { jobs };
}
