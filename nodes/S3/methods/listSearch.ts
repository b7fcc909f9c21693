import type { ListQuestion } from '../../shared/node/editorList';
import { listMethod } from '../../shared/node/editorList';
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

const objectsOf = async (s3: S3Client, bucket: string, { filter, after }: ListQuestion) => {
	const begins = { prefix: filter, startAfter: after, limit: PAGE + 1 };
	const keys = await gather(s3, bucket, begins, ({ key }) => [key], PAGE + 1);
	if (keys.length > 0 || !filter || after) return keys;
	// S3 finds by the beginning of the key only.
	const matching = ({ key }: { key: string }) => (isLike(key, filter) ? [key] : []);
	return await gather(s3, bucket, { limit: MOST_ROWS }, matching, PAGE);
};

const foldersOf = async (s3: S3Client, bucket: string, { filter, after }: ListQuestion) => {
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
		async (s3, question) => await objectsOf(s3, bucketIn(question, 'bucket'), question),
	),
	searchSourceObjects: listOf(
		'objects',
		'By Key',
		async (s3, question) => await objectsOf(s3, bucketIn(question, 'sourceBucket'), question),
	),
	searchPrefixes: listOf(
		'folders',
		'Prefix',
		async (s3, question) => await foldersOf(s3, bucketIn(question, 'bucket'), question),
	),
	searchSourcePrefixes: listOf(
		'folders',
		'Prefix',
		async (s3, question) => await foldersOf(s3, bucketIn(question, 'sourceBucket'), question),
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

/** @param otherwise the mode of the field that needs no list */
function listOf(
	what: string,
	otherwise: string,
	entries: (s3: S3Client, question: ListQuestion) => Promise<string[]>,
) {
	const words = { what, instead: `choose "${otherwise}" and type it in` };
	return listMethod(openEditorClient, words, async (s3: S3Client, question) => {
		const found = await entries(s3, question);
		const shown = found.slice(0, PAGE);
		return {
			results: shown.map((name) => ({ name, value: name })),
			...(found.length > PAGE && { paginationToken: shown.at(-1) }),
		};
	});
}

function bucketIn({ chosen }: ListQuestion, field: string): string {
	const bucket = chosen(field);
	if (typeof bucket === 'string') return bucket;
	throw invalidInput('Choose the bucket first: the list shows what is in it.');
}
