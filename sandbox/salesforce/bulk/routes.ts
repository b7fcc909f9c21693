import { empty, json, type Answer } from '../answer.ts';
import { objectBody } from '../body.ts';
import { refusal } from '../errors.ts';
import { multipart } from '../rest/blobBody.ts';
import type { Call, Route } from '../router.ts';
import type { IngestJob } from './ingest.ts';
import { checkChange, checkDelete, refuse, type Job } from './job.ts';
import type { Jobs } from './jobs.ts';
import type { ResultKind } from './results.ts';

/** 150 MB when it is written in base64, as Salesforce keeps it. */
const uploadLimit = (150 * 1024 * 1024 * 3) / 4;
/** Characters of a job that brings its data along. */
const multipartLimit = 100_000;

/** Bulk API 2.0. https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0.htm */
export const bulkRoutes = (jobs: Jobs): Route[] => [
	{ method: 'POST', path: '/jobs/ingest', handle: (call) => createIngest(jobs, call) },
	{ method: 'GET', path: '/jobs/ingest', handle: () => list(jobs.list('ingest')) },
	{
		method: 'GET',
		path: '/jobs/ingest/:id',
		handle: ({ params }) => json(jobs.ingest(id(params)).info()),
	},
	{
		method: 'PUT',
		path: '/jobs/ingest/:id/batches',
		bodyLimit: uploadLimit,
		handle: ({ params, request }) => upload(jobs.ingest(id(params)), request),
	},
	{ method: 'PATCH', path: '/jobs/ingest/:id', handle: (call) => changeIngest(jobs, call) },
	{
		method: 'DELETE',
		path: '/jobs/ingest/:id',
		handle: ({ params }) => remove(jobs, jobs.ingest(id(params))),
	},
	...(['successfulResults', 'failedResults', 'unprocessedRecords'] as const).map((kind) => ({
		method: 'GET',
		path: `/jobs/ingest/:id/${kind}`,
		handle: ({ params }: Call) => results(jobs.ingest(id(params)), kind),
	})),
	{
		method: 'POST',
		path: '/jobs/query',
		handle: (call) => json(jobs.createQuery(objectBody(call.request), call).created()),
	},
	{ method: 'GET', path: '/jobs/query', handle: () => list(jobs.list('query')) },
	{
		method: 'GET',
		path: '/jobs/query/:id',
		handle: ({ params }) => json(jobs.query(id(params)).info()),
	},
	{
		method: 'GET',
		path: '/jobs/query/:id/results',
		handle: ({ params, request }) => jobs.query(id(params)).page(request.query, jobs.settings),
	},
	{
		method: 'GET',
		path: '/jobs/query/:id/resultPages',
		handle: ({ base, params }) => json(jobs.query(id(params)).pages(base, jobs.settings)),
	},
	{ method: 'PATCH', path: '/jobs/query/:id', handle: (call) => abortQuery(jobs, call) },
	{
		method: 'DELETE',
		path: '/jobs/query/:id',
		handle: ({ params }) => remove(jobs, jobs.query(id(params))),
	},
];

const id = ({ id: given = '' }: Record<string, string>) => given;

const list = (jobs: Job[]): Answer =>
	json({ done: true, records: jobs.map((job) => job.info()), nextRecordsUrl: null });

function createIngest(jobs: Jobs, call: Call): Answer {
	const { headers, body } = call.request;
	const type = headers['content-type'] ?? '';
	if (!/^multipart\/form-data/i.test(type)) {
		const job = jobs.createIngest(objectBody(call.request), call);
		job.lockedRows = call.request.lockedRows ?? 0;
		return json(job.created());
	}
	const parts = new Map(multipart(body, type).map((part) => [part.name, part.body]));
	const content = parts.get('content') ?? Buffer.alloc(0);
	if (content.toString().length > multipartLimit) {
		throw refuse(
			'CLIENTINPUTERROR',
			`The content of a multipart request may have ${multipartLimit} characters`,
		);
	}
	const request = { ...call.request, headers: {}, body: parts.get('job') ?? Buffer.alloc(0) };
	const job = jobs.createIngest(objectBody(request), call);
	job.data = content;
	job.uploaded = true;
	job.lockedRows = call.request.lockedRows ?? 0;
	jobs.start(job);
	return json(job.created());
}

function upload(job: IngestJob, { body, headers, lockedRows }: Call['request']): Answer {
	if (!/^text\/csv\b/i.test(headers['content-type'] ?? '')) {
		const type = headers['content-type'] ?? '';
		throw refusal(
			'UNSUPPORTED_MEDIA_TYPE',
			`Content-Type ${type} not supported for this operation`,
		);
	}
	if (job.state !== 'Open') {
		throw refuse('INVALIDJOBSTATE', `Uploading data to a Job in state ${job.state} is not allowed`);
	}
	if (job.uploaded) {
		throw refuse(
			'CLIENTINPUTERROR',
			`Found multiple contents for job: <${job.id}>, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job and make sure you only do 'PUT' once on a given Job.`,
		);
	}
	job.data = body;
	job.uploaded = true;
	job.lockedRows ||= lockedRows ?? 0;
	return { status: 201 };
}

function changeIngest(jobs: Jobs, call: Call): Answer {
	const job = jobs.ingest(id(call.params));
	const { state } = objectBody(call.request);
	checkChange(job, String(state));
	job.lockedRows ||= call.request.lockedRows ?? 0;
	if (state === 'Aborted') job.abort(call.org.clock.now());
	else jobs.start(job);
	return json(job.summary());
}

function abortQuery(jobs: Jobs, call: Call): Answer {
	const job = jobs.query(id(call.params));
	const { state } = objectBody(call.request);
	if (state !== 'Aborted') throw refuse('INVALIDJOB', `Invalid state change to ${String(state)}`);
	checkChange(job, 'Aborted');
	job.move('Aborted', call.org.clock.now());
	return json(job.summary());
}

function remove(jobs: Jobs, job: Job): Answer {
	checkDelete(job);
	jobs.delete(job);
	return empty();
}

function results(job: IngestJob, kind: ResultKind): Answer {
	if (!job.ended) {
		throw refuse('INVALIDJOBSTATE', `Results of a Job in state ${job.state} are not available`);
	}
	return job.results.csv(kind);
}
