import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { isResourceLocatorValue, NodeApiError } from 'n8n-workflow';
import { redactor } from '../../shared/ground/redact';
import { headline } from '../../shared/node/nodeError';
import { toFailure } from '../../shared/resilience/failure';
import { listBuckets } from '../transport/buckets';
import type { S3Client } from '../transport/client';
import { invalidInput } from '../transport/failure';
import type { Listing } from '../transport/listing';
import { listObjects } from '../transport/listing';
import { openEditorClient } from './openClient';

/** One page of a list that somebody scrolls through. */
const PAGE = 100;
// To search a big bucket takes as long as to list it, and somebody is waiting.
const MOST_ROWS = 10_000;
const PATIENCE_MS = 5_000;

interface Question {
	filter: string;
	/** the last entry of the page before */
	after: string;
	/** the bucket that is chosen in this field */
	bucketIn(field: string): string;
}

const objectsOf = async (s3: S3Client, bucket: string, { filter, after }: Question) => {
	const begins = { prefix: filter, startAfter: after, limit: PAGE + 1 };
	const keys = await gather(s3, bucket, begins, ({ key }) => [key], PAGE + 1);
	if (keys.length > 0 || !filter || after) return keys;
	// S3 finds by the beginning of the key only.
	const matching = ({ key }: { key: string }) => (isLike(key, filter) ? [key] : []);
	return await gather(s3, bucket, { limit: MOST_ROWS }, matching, PAGE);
};

const foldersOf = async (s3: S3Client, bucket: string, { filter, after }: Question) => {
	const listing = { prefix: filter, delimiter: '/', startAfter: after, limit: MOST_ROWS };
	// A server may begin with the folder in which it is to go on.
	const folder = ({ type, key }: Row) => (type === 'prefix' && key !== after ? [key] : []);
	return await gather(s3, bucket, listing, folder, PAGE + 1);
};

/** The methods behind the lists of the editor. */
export const listSearch = {
	searchBuckets: listOf('buckets', 'By Name', async (s3, { filter, after }) => {
		const { buckets } = await listBuckets(s3);
		const names = buckets.map(({ name }) => name).filter((name) => isLike(name, filter));
		return names.sort().filter((name) => name > after);
	}),
	searchObjects: listOf(
		'objects',
		'By Key',
		async (s3, question) => await objectsOf(s3, question.bucketIn('bucket'), question),
	),
	searchSourceObjects: listOf(
		'objects',
		'By Key',
		async (s3, question) => await objectsOf(s3, question.bucketIn('sourceBucket'), question),
	),
	searchPrefixes: listOf(
		'folders',
		'By Prefix',
		async (s3, question) => await foldersOf(s3, question.bucketIn('bucket'), question),
	),
	searchSourcePrefixes: listOf(
		'folders',
		'By Prefix',
		async (s3, question) => await foldersOf(s3, question.bucketIn('sourceBucket'), question),
	),
};

type Row = { type: 'object' | 'prefix'; key: string };

async function gather(
	s3: S3Client,
	bucket: string,
	listing: Listing,
	entries: (row: Row) => string[],
	most: number,
): Promise<string[]> {
	const found: string[] = [];
	const startedAt = s3.clock.now();
	for await (const rows of listObjects(s3, bucket, listing)) {
		found.push(...rows.flatMap(entries));
		if (found.length >= most || s3.clock.now() - startedAt > PATIENCE_MS) break;
	}
	return found.slice(0, most);
}

const isLike = (name: string, filter: string) => name.toLowerCase().includes(filter.toLowerCase());

/**
 * @param what stands in the list
 * @param otherwise the mode of the field that needs no list
 */
function listOf(
	what: string,
	otherwise: string,
	entries: (s3: S3Client, question: Question) => Promise<string[]>,
) {
	return async function (
		this: ILoadOptionsFunctions,
		filter = '',
		paginationToken = '',
	): Promise<INodeListSearchResult> {
		let secrets: Array<string | undefined> = [];
		try {
			const connected = await openEditorClient(this);
			secrets = connected.secrets;
			const bucketIn = (field: string) => chosenBucket(this, field);
			const question = { filter, after: paginationToken, bucketIn };
			const found = await entries(connected.client, question);
			const shown = found.slice(0, PAGE);
			return {
				results: shown.map((name) => ({ name, value: name })),
				...(found.length > PAGE && { paginationToken: shown.at(-1) }),
			};
		} catch (error) {
			throw shownError(this, error, { what, otherwise, secrets });
		}
	};
}

function chosenBucket(context: ILoadOptionsFunctions, field: string): string {
	const value: unknown = context.getCurrentNodeParameter(field);
	const bucket = isResourceLocatorValue(value) ? value.value : value;
	// The editor hands over the expression where it cannot compute it.
	if (typeof bucket !== 'string' || bucket === '' || bucket.startsWith('='))
		throw invalidInput('Choose the bucket first: the list shows what is in it.');
	return bucket;
}

/**
 * The editor splits the message of an error at its hyphens and leaves sentences out, but shows the
 * description as it is. It takes one only from a NodeApiError.
 */
function shownError(
	context: ILoadOptionsFunctions,
	error: unknown,
	{
		what,
		otherwise,
		secrets,
	}: { what: string; otherwise: string; secrets: Array<string | undefined> },
): NodeApiError {
	// Nothing was to be done, so nothing can have been done in spite of the failure.
	const failure = toFailure(error).inPhase('rejected');
	const message = `The list of ${what} is not available`;
	const instead = `Without the list, choose "${otherwise}" and type it in.`;
	const words = [failure.code === 'INVALID_PARAMETER' ? failure.message : headline(failure)];
	const hint = failure.code === 'DEADLINE' ? 'Check that the server runs.' : failure.hint;
	const description = redactor(secrets).text([...words, hint, instead].filter(Boolean).join(' '));
	const { status } = failure;
	return new NodeApiError(
		context.getNode(),
		{ message, description },
		{ message, description, ...(status !== undefined && { httpCode: String(status) }) },
	);
}
