import { stampOf } from '../clock.ts';
import { refusal } from '../errors.ts';
import type { CsvForm } from './csv.ts';

export type JobState =
	'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

const terminal: readonly JobState[] = ['JobComplete', 'Failed', 'Aborted'];

/** What jobs of both kinds have in common. Times are milliseconds. */
export class Job {
	readonly form: CsvForm;
	state: JobState = 'Open';
	processed = 0;
	failed = 0;
	errorMessage?: string;
	modifiedAt: number;
	/** When processing began and ended, by the clock of this machine. */
	startedAt?: number;
	endedAt?: number;
	readonly id: string;
	readonly kind: 'ingest' | 'query';
	readonly operation: string;
	readonly object: string;
	readonly userId: string;
	readonly createdAt: number;
	readonly version: string;
	readonly externalIdFieldName?: string;
	readonly assignmentRuleId?: string;

	constructor(
		about: Pick<
			Job,
			| 'id'
			| 'kind'
			| 'operation'
			| 'object'
			| 'userId'
			| 'createdAt'
			| 'version'
			| 'form'
			| 'externalIdFieldName'
			| 'assignmentRuleId'
		>,
	) {
		this.id = about.id;
		this.kind = about.kind;
		this.operation = about.operation;
		this.object = about.object;
		this.userId = about.userId;
		this.createdAt = about.createdAt;
		this.modifiedAt = about.createdAt;
		this.version = about.version;
		this.form = about.form;
		this.externalIdFieldName = about.externalIdFieldName;
		this.assignmentRuleId = about.assignmentRuleId;
	}

	get ended(): boolean {
		return terminal.includes(this.state);
	}

	move(state: JobState, now: number): void {
		this.state = state;
		this.modifiedAt = now;
		if (state === 'InProgress') this.startedAt = performance.now();
		if (this.ended) this.endedAt = performance.now();
	}

	/**
	 * The job as the answer to its creation and to a change of its state shows it.
	 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/create_job.htm
	 */
	summary(): Record<string, unknown> {
		return {
			id: this.id,
			operation: this.operation,
			object: this.object,
			createdById: this.userId,
			createdDate: stampOf(this.createdAt),
			systemModstamp: stampOf(this.modifiedAt),
			state: this.state,
			concurrencyMode: 'Parallel',
			contentType: 'CSV',
			apiVersion: Number(this.version),
			...(this.externalIdFieldName && { externalIdFieldName: this.externalIdFieldName }),
			...(this.assignmentRuleId && { assignmentRuleId: this.assignmentRuleId }),
		};
	}

	/** Of a job that was just made. */
	created(): Record<string, unknown> {
		const contentUrl = `services/data/v${this.version}/jobs/ingest/${this.id}/batches`;
		return { ...this.summary(), ...(this.kind === 'ingest' && { contentUrl }), ...this.form };
	}

	/** https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/get_job_info.htm */
	info(): Record<string, unknown> {
		const time = Math.round(
			(this.endedAt ?? performance.now()) - (this.startedAt ?? performance.now()),
		);
		const ingest = this.kind === 'ingest';
		return {
			...this.summary(),
			...this.form,
			jobType: ingest ? 'V2Ingest' : 'V2Query',
			numberRecordsProcessed: this.processed,
			...(ingest && { numberRecordsFailed: this.failed }),
			retries: 0,
			totalProcessingTime: time,
			...(ingest && { apiActiveProcessingTime: time, apexProcessingTime: 0 }),
			...(!ingest && { isPkChunkingSupported: true }),
			...(this.errorMessage !== undefined && { errorMessage: this.errorMessage }),
		};
	}
}

/** A refusal with a code of the Bulk API, written as Bulk API 2.0 writes it. */
export const refuse = (code: string, message: string, status?: number) =>
	refusal(code, message, undefined, status);

/** @throws ApiError for a change that the state of the job does not allow */
export function checkChange(job: Job, to: string): void {
	if (to !== 'UploadComplete' && to !== 'Aborted') {
		throw refuse('INVALIDJOB', `Invalid state change to ${to}`);
	}
	const verb = to === 'Aborted' ? 'Aborting' : 'Closing';
	const state = { JobComplete: 'Completed', Failed: 'Failed', Aborted: 'Aborted' }[
		String(job.state)
	];
	if (state) throw refuse('INVALIDJOBSTATE', `${verb} already ${state} Job not allowed`);
	if (to === 'UploadComplete' && job.state !== 'Open') {
		throw refuse('INVALIDJOBSTATE', 'Closing already Closed Job not allowed');
	}
}

/** @throws ApiError 409 for a job that still takes data or is at work */
export function checkDelete(job: Job): void {
	if (job.ended || job.state === 'UploadComplete') return;
	throw refuse('INVALIDJOBSTATE', `Deleting a Job in state ${job.state} is not allowed`, 409);
}
