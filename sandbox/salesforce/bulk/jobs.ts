import { makeId, normalId } from '../ids.ts';
import { notFound } from '../errors.ts';
import type { Org } from '../org.ts';
import type { Call } from '../router.ts';
import { delimiters, lineEndings, type CsvForm } from './csv.ts';
import { IngestJob, runIngest } from './ingest.ts';
import { refuse, type Job } from './job.ts';
import { QueryJob, runQuery } from './query.ts';
import { usualBulkSettings, type BulkSettings } from './settings.ts';

const operations = ['insert', 'update', 'upsert', 'delete', 'hardDelete'];
const keptMs = 7 * 24 * 60 * 60 * 1000;

/** All jobs of an org. */
export class Jobs {
	readonly settings: BulkSettings = { ...usualBulkSettings };
	private readonly jobs = new Map<string, IngestJob | QueryJob>();
	private readonly org: Org;
	private count = 0;

	constructor(org: Org) {
		this.org = org;
	}

	/** All of one kind, newest first. Jobs are kept for seven days. */
	list(kind: Job['kind']): Job[] {
		const oldest = this.org.clock.now() - keptMs;
		for (const job of this.jobs.values()) if (job.createdAt < oldest) this.jobs.delete(job.id);
		return [...this.jobs.values()].filter((job) => job.kind === kind).reverse();
	}

	/** @throws ApiError NOT_FOUND */
	ingest(id: string): IngestJob {
		const job = this.jobs.get(normalId(id) ?? '');
		if (job instanceof IngestJob) return job;
		throw notFound();
	}

	/** @throws ApiError NOT_FOUND */
	query(id: string): QueryJob {
		const job = this.jobs.get(normalId(id) ?? '');
		if (job instanceof QueryJob) return job;
		throw notFound();
	}

	/** @throws ApiError for what no job can do */
	createIngest(given: Record<string, unknown>, call: Call): IngestJob {
		const operation = String(given.operation ?? '');
		if (!operations.includes(operation)) {
			throw refuse('INVALIDJOB', `InvalidJob : Operation ${operation} is not supported`);
		}
		const object = this.org.schema.get(String(given.object ?? ''));
		if (!object) {
			throw refuse('INVALIDJOB', `InvalidJob : Unable to find object: ${String(given.object)}`);
		}
		const key = given.externalIdFieldName;
		if (operation === 'upsert') {
			if (typeof key !== 'string' || key === '') {
				throw refuse('INVALIDJOB', 'InvalidJob : External ID was blank for upsert');
			}
			const field = this.org.schema.field(object.name, key);
			if (!field) {
				throw refuse('INVALIDJOB', `InvalidJob : Field name not found : ${key}`);
			}
			if (!field.externalId && !field.idLookup) {
				throw refuse(
					'INVALIDJOB',
					`InvalidJob : Field name provided, ${key} is not an External ID`,
				);
			}
		}
		const job = new IngestJob({
			...this.about(given, call),
			kind: 'ingest',
			operation,
			object: object.name,
			...(typeof key === 'string' && { externalIdFieldName: key }),
			...(typeof given.assignmentRuleId === 'string' && {
				assignmentRuleId: given.assignmentRuleId,
			}),
		});
		this.jobs.set(job.id, job);
		return job;
	}

	/** @throws ApiError for what cannot be queried in bulk */
	createQuery(given: Record<string, unknown>, call: Call): QueryJob {
		const operation = String(given.operation ?? '');
		if (operation !== 'query' && operation !== 'queryAll') {
			throw refuse('INVALIDJOB', `InvalidJob : Operation ${operation} is not supported`);
		}
		const job = new QueryJob(
			{ ...this.about(given, call), kind: 'query', operation },
			String(given.query ?? ''),
			this.org,
		);
		this.jobs.set(job.id, job);
		job.move('UploadComplete', this.org.clock.now());
		void runQuery(job, this.org, this.settings);
		return job;
	}

	/** The upload is complete: the job goes its way. */
	start(job: IngestJob): void {
		job.move('UploadComplete', this.org.clock.now());
		void runIngest(job, this.org, this.settings);
	}

	delete(job: Job): void {
		this.jobs.delete(job.id);
	}

	private about(given: Record<string, unknown>, { session, version }: Call) {
		return {
			id: makeId('750', ++this.count),
			userId: session.userId,
			createdAt: this.org.clock.now(),
			version,
			form: formOf(given),
		};
	}
}

/** @throws ApiError for a delimiter or line ending that does not exist */
function formOf({
	columnDelimiter = 'COMMA',
	lineEnding = 'LF',
	contentType,
}: Record<string, unknown>): CsvForm {
	if (contentType !== undefined && contentType !== 'CSV') {
		throw refuse('INVALIDJOB', `InvalidJob : Content type ${String(contentType)} is not supported`);
	}
	if (!isKey(delimiters, columnDelimiter)) {
		throw refuse(
			'INVALIDJOB',
			`InvalidJob : Column delimiter ${String(columnDelimiter)} is not supported`,
		);
	}
	if (!isKey(lineEndings, lineEnding)) {
		throw refuse('INVALIDJOB', `InvalidJob : Line ending ${String(lineEnding)} is not supported`);
	}
	return { lineEnding, columnDelimiter };
}

const isKey = <T extends object>(table: T, key: unknown): key is keyof T =>
	typeof key === 'string' && key in table;
