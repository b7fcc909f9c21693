import { Failure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import { decodeUrl } from './encode';
import { successBody } from './failure';
import { unquoted } from './objects';
import type { XmlElement } from './xml';
import { children, text } from './xml';

export interface ListedObject {
	type: 'object';
	bucket: string;
	key: string;
	size: number;
	etag: string;
	lastModified?: string;
	storageClass?: string;
}

/** What several keys begin with, up to the delimiter: a "folder". */
export interface ListedPrefix {
	type: 'prefix';
	bucket: string;
	key: string;
}

export interface Listing {
	prefix?: string;
	delimiter?: string;
	/** only keys after this one */
	startAfter?: string;
	/** objects and prefixes together; Infinity for all */
	limit: number;
}

const PAGE_SIZE = 1_000;

/**
 * All objects and common prefixes, page by page, in the server's order (bytes of the key).
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export async function* listObjects(
	s3: S3Client,
	bucket: string,
	{ prefix, delimiter, startAfter, limit }: Listing,
): AsyncGenerator<Array<ListedObject | ListedPrefix>> {
	let left = limit;
	let token: string | undefined;
	while (left > 0) {
		const page = await s3.call(
			{
				operation: 'ListObjectsV2',
				method: 'GET',
				bucket,
				query: [
					['list-type', 2],
					// Keys may hold characters that XML cannot carry.
					['encoding-type', 'url'],
					['max-keys', Math.min(PAGE_SIZE, left)],
					['prefix', prefix || undefined],
					['delimiter', delimiter || undefined],
					['start-after', startAfter || undefined],
					['continuation-token', token],
				],
			},
			(received) => readPage(successBody('ListBucketResult', received, s3.clock.now()), bucket),
		);
		const rows = page.rows.slice(0, left);
		left -= rows.length;
		yield rows;
		if (!page.truncated) return;
		if (left > 0 && (!page.next || page.next === token)) throw endless(bucket);
		token = page.next;
	}
}

function readPage(answer: XmlElement, bucket: string) {
	const decode = text(answer, 'EncodingType') === 'url' ? decodeUrl : (key: string) => key;
	const objects = children(answer, 'Contents').map((entry): ListedObject => {
		const storageClass = text(entry, 'StorageClass');
		return {
			type: 'object',
			bucket,
			key: decode(text(entry, 'Key') ?? ''),
			size: Number(text(entry, 'Size') ?? 0),
			etag: unquoted(text(entry, 'ETag')),
			lastModified: text(entry, 'LastModified'),
			...(storageClass && { storageClass }),
		};
	});
	const prefixes = children(answer, 'CommonPrefixes').map((entry): ListedPrefix => ({
		type: 'prefix',
		bucket,
		key: decode(text(entry, 'Prefix') ?? ''),
	}));
	return {
		rows: prefixes.length === 0 ? objects : [...objects, ...prefixes].sort(byKeyBytes),
		truncated: text(answer, 'IsTruncated') === 'true',
		next: text(answer, 'NextContinuationToken'),
	};
}

// The answer has objects and prefixes apart, each in order.
const byKeyBytes = (a: { key: string }, b: { key: string }) =>
	Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));

const endless = (bucket: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_NEXT_PAGE',
		message: `The server says that bucket "${bucket}" holds more, but not how to get it`,
		hint: 'The server does not know ListObjectsV2. Set a limit of up to 1,000, or list by prefixes.',
	});
