import { Failure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import type { QueryOptions } from './ask';
import { askFirst } from './ask';
import { dropJob, finished, startJob } from './bulk/job';
import type { ResultPage } from './bulk/results';
import { resultPages } from './bulk/results';
import { pagesFrom, queryPages } from './pages';
import type { Row } from './records';

/** By which API the rows of a query come. */
export interface SourceOptions extends QueryOptions {
	/** "automatic": by Bulk API where there are more rows than `bulkAbove` */
	method: 'automatic' | 'bulk' | 'rest';
	bulkAbove: number;
	/** how long a job may take, in ms */
	patienceMs: number;
	/** a job that was begun before */
	jobId?: string;
}

export type Source =
	| { via: 'rest'; pages: AsyncGenerator<Row[]> }
	| { via: 'bulk'; jobId: string; object: string; pages: AsyncGenerator<ResultPage> };

/**
 * Where the rows come from: known before the first of them is handed on. What Bulk API cannot do
 * (children, summaries, compound fields, many an object) REST does.
 */
export async function sourceOf(
	client: SalesforceClient,
	soql: string,
	options: SourceOptions,
): Promise<Source> {
	const { method, bulkAbove, limit = Infinity, jobId } = options;
	if (jobId) return await fromJob(client, jobId, options);
	if (method === 'rest' || options.attributes)
		return { via: 'rest', pages: queryPages(client, soql, options) };
	if (method === 'bulk')
		return (
			(await byBulk(client, soql, options)) ?? {
				via: 'rest',
				pages: queryPages(client, soql, options),
			}
		);
	const first = await askFirst(client, soql, options);
	const isLarge = !first.done && Math.min(first.totalSize, limit) > bulkAbove;
	const bulk = isLarge ? await byBulk(client, soql, options) : undefined;
	return bulk ?? { via: 'rest', pages: pagesFrom(client, first, options) };
}

async function byBulk(
	client: SalesforceClient,
	soql: string,
	options: SourceOptions,
): Promise<Source | undefined> {
	let id: string | undefined;
	try {
		({ id } = await startJob(client, soql, options.includeDeleted));
		return await fromJob(client, id, options);
	} catch (error) {
		if (!(error instanceof Failure) || !isRefused(error)) throw error;
		return undefined;
	}
}

async function fromJob(
	client: SalesforceClient,
	id: string,
	{ patienceMs, limit }: SourceOptions,
): Promise<Source> {
	try {
		const { object } = await finished(client, id, patienceMs);
		return { via: 'bulk', jobId: id, object, pages: keptPages(client, id, limit) };
	} catch (error) {
		throw await leaving(client, id, error);
	}
}

async function* keptPages(
	client: SalesforceClient,
	id: string,
	limit: number | undefined,
): AsyncGenerator<ResultPage> {
	try {
		yield* resultPages(client, id, limit);
	} catch (error) {
		throw await leaving(client, id, error);
	}
}

/** The job stays where something broke, and goes where somebody has stopped the execution. */
async function leaving(client: SalesforceClient, id: string, error: unknown): Promise<unknown> {
	if (client.signal.aborted) await dropJob(client, id);
	if (!(error instanceof Failure) || error.kind === 'invalid') return error;
	const more = `The result is kept for seven days: run the item again with "${id}" as job ID.`;
	return error.code === 'JOB_NOT_FINISHED'
		? error
		: error.withHint(`${error.hint ?? ''} ${more}`.trim());
}

// Salesforce does not list what its Bulk API refuses, and words it in many ways.
const NOT_BY_BULK: ReadonlySet<string> = new Set([
	'FUNCTIONALITY_NOT_ENABLED',
	'API_DISABLED_FOR_ORG',
	'FeatureNotEnabled',
	'InvalidBatch',
	'InvalidEntity',
	'INVALIDENTITY',
]);

/** The query may well be right: REST will tell. */
const isRefused = ({ status, code, phase }: Failure) =>
	phase === 'rejected' && (status === 400 || NOT_BY_BULK.has(code));
