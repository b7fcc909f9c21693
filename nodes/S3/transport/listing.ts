import type { S3Client } from './client';
import { readError, s3Failure, successBody } from './failure';
import type { ListedPrefix, Owner } from './listPage';
import {
	checkPrefix,
	contentOf,
	inOrder,
	keyDecoder,
	keyOrder,
	noNextPage,
	ownerOf,
	PAGE_SIZE,
	prefixesOf,
} from './listPage';
import type { XmlElement } from './xml';
import { children, text } from './xml';

export type { ListedPrefix } from './listPage';

export interface ListedObject extends Owner {
	type: 'object';
	bucket: string;
	key: string;
	size: number;
	etag: string;
	lastModified?: string;
	storageClass?: string;
}

export interface Listing {
	prefix?: string;
	delimiter?: string;
	/** only keys after this one, in the order of their bytes */
	startAfter?: string;
	/** with the owners of the objects */
	owner?: boolean;
	/** objects and prefixes together; Infinity for all */
	limit: number;
}

type Row = ListedObject | ListedPrefix;

/** How the next page is asked for. */
interface Position {
	/** of ListObjects */
	version: 1 | 2;
	/** of version 2: what the server gave for it */
	token?: string;
	/** of version 1: the last name of the page before */
	marker?: string;
}

interface Page {
	rows: Row[];
	truncated: boolean;
	token?: string;
	marker?: string;
}

// A page may be empty although more follow, where the server skips what is deleted.
const MOST_EMPTY_PAGES = 1_000;

/** Servers that turned out to know only the first version of ListObjects. */
const onlyVersion1 = new WeakSet<S3Client>();

/**
 * All objects and common prefixes, page by page, in the server's order (bytes of the key). With
 * ListObjectsV2, or ListObjects where the server knows nothing else.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
 */
export async function* listObjects(
	s3: S3Client,
	bucket: string,
	wanted: Listing,
): AsyncGenerator<Row[]> {
	const startAfter = startIn(wanted);
	const listing = { ...wanted, startAfter };
	const oldServer = s3.quirks.listVersion === 1 || onlyVersion1.has(s3);
	let position: Position = {
		version: oldServer ? 1 : 2,
		marker: oldServer ? startAfter : undefined,
	};
	let left = listing.limit;
	let before: Row[] = [];
	for (let empty = 0; left > 0;) {
		// One more, for the folder that some servers repeat.
		const most = Math.min(PAGE_SIZE, position.marker === undefined ? left : left + 1);
		const page = await pageAt(s3, bucket, listing, position, most);
		if (page === undefined) {
			onlyVersion1.add(s3);
			position = { version: 1, marker: startAfter };
			continue;
		}
		checkPrefix(page.rows, bucket, listing.prefix);
		if (isSame(page.rows[0], before[0])) throw noNextPage(bucket);
		const last = position.version === 1 ? before.at(-1)?.key : undefined;
		const rows = page.rows.filter((row) => isAfter(row, startAfter, last)).slice(0, left);
		left -= rows.length;
		yield rows;
		if (!page.truncated || left <= 0) return;
		empty = rows.length > 0 ? 0 : empty + 1;
		const next = positionAfter(position, page, startAfter);
		if (!next || empty > MOST_EMPTY_PAGES) throw noNextPage(bucket);
		if (next.version === 1) onlyVersion1.add(s3);
		position = next;
		if (page.rows.length > 0) before = page.rows;
	}
}

/** All objects, one after the other, in the order of the bytes of their keys. */
export async function* eachObject(
	s3: S3Client,
	bucket: string,
	listing: Omit<Listing, 'delimiter' | 'limit'> = {},
): AsyncGenerator<ListedObject> {
	for await (const page of listObjects(s3, bucket, { ...listing, limit: Infinity })) {
		for (const row of page) if (row.type === 'object') yield row;
	}
}

/**
 * One that comes before all that begins with the prefix says nothing, but there are servers that list
 * nothing then: MinIO until autumn 2023, https://github.com/minio/minio/pull/18099
 */
function startIn({ startAfter, prefix }: Listing): string | undefined {
	return startAfter && !(prefix && keyOrder(startAfter, prefix) < 0) ? startAfter : undefined;
}

/** Some servers do not know `start-after`, or repeat the folder that the marker stands for. */
function isAfter(row: Row, startAfter: string | undefined, last: string | undefined): boolean {
	if (row.key === last) return false;
	if (startAfter === undefined || keyOrder(row.key, startAfter) > 0) return true;
	return row.type === 'prefix' && startAfter.startsWith(row.key);
}

function positionAfter(
	{ token, marker }: Position,
	page: Page,
	startAfter = '',
): Position | undefined {
	if (page.token) return page.token === token ? undefined : { version: 2, token: page.token };
	// Without a delimiter many servers give no NextMarker: the last key serves.
	const next = page.marker ?? page.rows.at(-1)?.key;
	if (next === undefined || next === marker) return undefined;
	return { version: 1, marker: keyOrder(next, startAfter) > 0 ? next : startAfter };
}

const isSame = (a: Row | undefined, b: Row | undefined) =>
	a !== undefined && a.key === b?.key && a.type === b.type;

async function pageAt(
	s3: S3Client,
	bucket: string,
	{ prefix, delimiter, startAfter, owner }: Listing,
	{ version, token, marker }: Position,
	max: number,
): Promise<Page | undefined> {
	const place: Array<[string, string | number | undefined]> =
		version === 1
			? [['marker', marker || undefined]]
			: [
					['list-type', 2],
					['continuation-token', token],
					['start-after', token === undefined ? startAfter || undefined : undefined],
					['fetch-owner', owner ? 'true' : undefined],
				];
	const request = {
		operation: version === 1 ? 'ListObjects' : 'ListObjectsV2',
		method: 'GET' as const,
		bucket,
		query: [
			...place,
			// Keys may hold characters that XML cannot carry.
			['encoding-type', 'url'] as const,
			['max-keys', max] as const,
			['prefix', prefix || undefined] as const,
			['delimiter', delimiter || undefined] as const,
		],
		accept: version === 1 ? [] : [501],
	};
	return await s3.call(request, ({ status, headers, body }) => {
		if (status !== 501) {
			const answer = successBody('ListBucketResult', { headers, body }, s3.clock.now());
			return readPage(answer, bucket, owner ?? false);
		}
		const error = readError(status, headers, body, s3.redact);
		if (token === undefined) return undefined;
		throw s3Failure(status, headers, error, s3.clock.now());
	});
}

function readPage(answer: XmlElement, bucket: string, owner: boolean): Page {
	const decode = keyDecoder(answer);
	const objects = children(answer, 'Contents').map((entry): ListedObject => ({
		type: 'object',
		bucket,
		key: decode(text(entry, 'Key') ?? ''),
		...contentOf(entry),
		...ownerOf(entry, owner),
	}));
	const marker = text(answer, 'NextMarker');
	return {
		rows: inOrder(objects, prefixesOf(answer, bucket, decode)),
		truncated: text(answer, 'IsTruncated') === 'true',
		token: text(answer, 'NextContinuationToken') || undefined,
		marker: marker ? decode(marker) : undefined,
	};
}
