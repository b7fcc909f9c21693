import { sleep } from '../../../../shared/ground/clock';
import { Failure } from '../../../../shared/resilience/failure';
import type { JsonAnswer, SalesforceClient } from '../../client';
import { path } from '../../path';

/**
 * A query job, as far as the node needs to know it.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_one_job.htm
 */
export interface QueryJob {
	id: string;
	/** UploadComplete, InProgress, JobComplete, Failed, Aborted */
	state: string;
	object: string;
	errorMessage: string;
	/** records read so far */
	count: number;
}

/** A job whose answer was lost reads once more than needed, and changes nothing. */
export async function startJob(
	client: SalesforceClient,
	query: string,
	includeDeleted = false,
): Promise<QueryJob> {
	return await client.call(
		{
			operation: 'Create query job',
			method: 'POST',
			path: '/jobs/query',
			json: {
				operation: includeDeleted ? 'queryAll' : 'query',
				query,
				contentType: 'CSV',
				columnDelimiter: 'COMMA',
				// As in files that we write ourselves.
				lineEnding: 'CRLF',
			},
			repeatable: true,
		},
		jobOf,
	);
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/**
 * Waits until the job has read all records.
 * @param patienceMs how long at most; the job goes on
 */
export async function finished(
	client: SalesforceClient,
	id: string,
	patienceMs: number,
): Promise<QueryJob> {
	const { clock, signal } = client;
	const until = clock.now() + patienceMs;
	for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
		const job = await client.call(
			{ operation: 'Get query job', about: `job "${id}"`, path: path`/jobs/query/${id}` },
			jobOf,
		);
		if (job.state === 'JobComplete') return job;
		if (job.state === 'Failed' || job.state === 'Aborted') throw ended(job);
		if (clock.now() + wait > until) throw tooSlow(job);
		await sleep(clock, wait, signal);
	}
}

const CLEANING_MS = 10_000;

/** Nobody wants the result any more: Salesforce need not go on, nor keep it for a week. */
export async function dropJob(client: SalesforceClient, id: string): Promise<void> {
	const about = `job "${id}"`;
	const to = path`/jobs/query/${id}`;
	const signal = AbortSignal.timeout(CLEANING_MS);
	const aborted = { operation: 'Abort query job', about, method: 'PATCH', path: to } as const;
	const deleted = { operation: 'Delete query job', about, method: 'DELETE', path: to } as const;
	const nothing = () => undefined;
	// It may have ended, or be gone: what is left of it Salesforce removes by itself.
	await client.call({ ...aborted, json: { state: 'Aborted' }, signal }, nothing).catch(nothing);
	await client.call({ ...deleted, signal }, nothing).catch(nothing);
}

function jobOf({ json }: JsonAnswer): QueryJob {
	const said: Partial<Record<string, unknown>> =
		typeof json === 'object' && json !== null ? { ...json } : {};
	const { id, state, object, errorMessage, numberRecordsProcessed } = said;
	if (typeof id !== 'string' || typeof state !== 'string') throw notAJob();
	return {
		id,
		state,
		object: typeof object === 'string' ? object : '',
		errorMessage: typeof errorMessage === 'string' ? errorMessage : '',
		count: Number(numberRecordsProcessed ?? 0),
	};
}

/** "InvalidBatch : ...": the code stands before the words. */
function ended({ id, state, errorMessage }: QueryJob): Failure {
	const [, code = state, words = errorMessage] = /^\s*(\w+)\s*:\s*(.*)$/s.exec(errorMessage) ?? [];
	return new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code,
		message: `The query job "${id}" has ended as ${state}${words ? `: ${words}` : ''}`,
		hint:
			state === 'Aborted'
				? 'Somebody has aborted it. Run the item again.'
				: 'Correct the query, or choose "REST" as method.',
	});
}

const tooSlow = ({ id, count }: QueryJob) =>
	new Failure({
		kind: 'timeout',
		phase: 'maybeDone',
		scope: 'item',
		code: 'JOB_NOT_FINISHED',
		message: `The query job "${id}" is not finished yet; it has read ${count} records`,
		hint: `It goes on. Run the item again with "${id}" as job ID to get its result.`,
	});

const notAJob = () =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'UNEXPECTED_ANSWER',
		message: 'The answer describes no query job',
	});
