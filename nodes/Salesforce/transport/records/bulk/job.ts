import type { Readable } from 'node:stream';
import { Failure, toFailure } from '../../../../shared/resilience/failure';
import type { SalesforceClient } from '../../client';
import { path } from '../../path';

/** https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_job_states.htm */
export type JobState =
	'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

const ENDED: ReadonlySet<string> = new Set<JobState>(['JobComplete', 'Failed', 'Aborted']);

export type IngestOperation = 'insert' | 'update' | 'upsert' | 'delete' | 'hardDelete';

/** What a job is to do. */
export interface NewJob {
	object: string;
	operation: IngestOperation;
	/** of an upsert */
	externalIdFieldName?: string;
	/** of leads and cases; without it no rule is applied */
	assignmentRuleId?: string;
	columnDelimiter?: ColumnDelimiter;
	lineEnding?: 'LF' | 'CRLF';
}

export const COLUMN_DELIMITERS = {
	BACKQUOTE: '`',
	CARET: '^',
	COMMA: ',',
	PIPE: '|',
	SEMICOLON: ';',
	TAB: '\t',
} as const;

export type ColumnDelimiter = keyof typeof COLUMN_DELIMITERS;

/** A job as Salesforce describes it; it says more, which is kept. */
export interface Job {
	id: string;
	state: JobState | string;
	object?: string;
	operation?: string;
	/** how many it has worked on, failed ones included */
	numberRecordsProcessed?: number;
	numberRecordsFailed?: number;
	/** why it has the state Failed */
	errorMessage?: string;
	columnDelimiter?: unknown;
	[more: string]: unknown;
}

export const hasEnded = ({ state }: Job): boolean => ENDED.has(state);

/** https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/create_job.htm */
export async function createJob(client: SalesforceClient, job: NewJob): Promise<Job> {
	const request = {
		operation: 'Create job',
		about: `${job.operation} of ${job.object}`,
		method: 'POST' as const,
		path: '/jobs/ingest',
		json: { contentType: 'CSV', columnDelimiter: 'COMMA', lineEnding: 'LF', ...job },
		// A job without data does nothing: one whose answer was lost stays empty, until Salesforce
		// removes it.
		repeatable: true,
	};
	return await client.call(request, ({ json }) => jobOf(json));
}

const UPLOAD_MS = 600_000;

/**
 * The data of a job, once and as a whole: a second upload would make the job useless, so it is not
 * sent again where the answer is lost.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/upload_job_data.htm
 */
export async function uploadData(
	client: SalesforceClient,
	{ id }: Job,
	body: () => Readable,
): Promise<void> {
	const request = {
		operation: 'Upload job data',
		about: `job "${id}"`,
		method: 'PUT' as const,
		path: path`/jobs/ingest/${id}/batches`,
		headers: { 'content-type': 'text/csv; charset=UTF-8' },
		body,
		repeatable: false,
		attemptTimeoutMs: UPLOAD_MS,
	};
	await client.call(request, () => undefined);
}

/**
 * From here on Salesforce works on the data.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/close_job.htm
 * @throws Failure `maybeDone` where nobody knows whether it does; else the job is still open
 */
export async function closeJob(client: SalesforceClient, { id }: Job): Promise<Job> {
	const request = { ...change(id, 'UploadComplete'), operation: 'Close job', repeatable: true };
	try {
		return await client.call(request, ({ json }) => jobOf(json));
	} catch (error) {
		// Where the first answer was lost, the second one may say that there is nothing to close.
		const job = await getJob(client, id).catch(() => undefined);
		if (job && job.state !== 'Open' && job.state !== 'Aborted') return job;
		throw job ? toFailure(error).inPhase('rejected') : error;
	}
}

export async function getJob(client: SalesforceClient, id: string): Promise<Job> {
	const request = { operation: 'Get job', about: `job "${id}"`, path: path`/jobs/ingest/${id}` };
	return await client.call(request, ({ json }) => jobOf(json));
}

/**
 * What it has done stays done.
 * @param signal instead of that of the run
 */
export async function abortJob(
	client: SalesforceClient,
	id: string,
	signal?: AbortSignal,
): Promise<Job> {
	const request = { ...change(id, 'Aborted'), operation: 'Abort job', repeatable: true, signal };
	return await client.call(request, ({ json }) => jobOf(json));
}

const change = (id: string, state: JobState) => ({
	about: `job "${id}"`,
	method: 'PATCH' as const,
	path: path`/jobs/ingest/${id}`,
	json: { state },
});

export function jobOf(json: unknown): Job {
	if (typeof json !== 'object' || json === null || !('id' in json) || !('state' in json))
		throw notAJob();
	return { ...json, id: String(json.id), state: String(json.state) };
}

const notAJob = () =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'UNREADABLE_ANSWER',
		message: 'The answer describes no job',
	});
