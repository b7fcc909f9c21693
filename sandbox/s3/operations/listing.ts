import type { Answer } from '../answer.ts';
import { bucketOf, integerArgument, invalidArgument, isoTime } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import type { S3Request } from '../request.ts';
import { uriEncode } from '../sigv4.ts';
import { compareKeys, type StoredObject } from '../store.ts';
import { element, resultDocument, type Xml } from '../xml.ts';
import { owner } from './buckets.ts';

/**
 * Writes names as the client asked: with `encoding-type=url` percent-encoded the way Amazon does
 * it, where a space is "+" and "/" stays.
 * @throws S3Error InvalidArgument for another encoding
 */
export function nameEncoder(request: S3Request): (text: string) => string {
	const encoding = request.query.get('encoding-type');
	if (encoding === undefined || encoding === '') return (text) => text;
	if (encoding !== 'url') {
		throw invalidArgument(
			'encoding-type',
			encoding,
			'Invalid Encoding Method specified in Request',
		);
	}
	return (text) => uriEncode(Buffer.from(text).toString('latin1'), '/*').replaceAll('%20', '+');
}

export interface Page<Entry> {
	entries: Entry[];
	prefixes: string[];
	/** The last name on the page, when there is more. */
	next?: string;
}

/**
 * One page of names in order. Names that share `prefix` and have the delimiter behind it are rolled
 * up into one common prefix, which counts as one.
 * @param after the last name of the page before (a key, or a common prefix that is done with)
 */
export function pageOf<Entry>(
	names: Iterable<readonly [name: string, entry: Entry]>,
	options: { prefix: string; delimiter: string; after: string; max: number },
): Page<Entry> {
	const { prefix, delimiter, after, max } = options;
	const page: Page<Entry> = { entries: [], prefixes: [] };
	let last: string | undefined;
	for (const [name, entry] of names) {
		if (!name.startsWith(prefix)) continue;
		const at = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
		const rolled = at < 0 ? undefined : name.slice(0, at + delimiter.length);
		const shown = rolled ?? name;
		if (shown === after || (rolled !== undefined && rolled === last)) continue;
		if (after !== '' && compareKeys(name, after) <= 0) continue;
		if (page.entries.length + page.prefixes.length >= max) {
			if (last !== undefined) page.next = last;
			break;
		}
		if (rolled === undefined) page.entries.push(entry);
		else page.prefixes.push(rolled);
		last = shown;
	}
	return page;
}

function* objectsOf(call: Call): Iterable<readonly [string, StoredObject]> {
	const bucket = bucketOf(call);
	for (const key of call.store.keys(bucket)) {
		const object = bucket.objects.get(key);
		if (object) yield [key, object];
	}
}

function contents(object: StoredObject, encode: (text: string) => string, withOwner: boolean): Xml {
	return element('Contents', [
		element('Key', encode(object.key)),
		element('LastModified', isoTime(object.lastModified)),
		element('ETag', `"${object.etag}"`),
		object.checksum !== undefined && element('ChecksumAlgorithm', object.checksum.algorithm),
		object.checksum !== undefined && element('ChecksumType', object.checksum.type),
		element('Size', object.size),
		withOwner && owner(object.owner),
		element('StorageClass', object.metadata.storageClass),
	]);
}

interface Listing {
	request: S3Request;
	bucket: string;
	prefix: string;
	delimiter: string;
	max: number;
	encode: (text: string) => string;
}

function readListing(call: Call): Listing {
	const { request } = call;
	return {
		request,
		bucket: bucketOf(call).name,
		prefix: request.query.get('prefix') ?? '',
		delimiter: request.query.get('delimiter') ?? '',
		max: integerArgument(request, 'max-keys', { usual: 1000, min: 0, max: 1000 }),
		encode: nameEncoder(request),
	};
}

function listingAnswer(
	{ request, bucket, prefix, delimiter, max, encode }: Listing,
	page: Page<StoredObject>,
	withOwner: boolean,
	position: ReadonlyArray<Xml | false>,
): Answer {
	const body = resultDocument('ListBucketResult', [
		element('Name', bucket),
		element('Prefix', encode(prefix)),
		...position,
		element('MaxKeys', max),
		delimiter !== '' && element('Delimiter', encode(delimiter)),
		request.query.has('encoding-type') && element('EncodingType', 'url'),
		element('IsTruncated', page.next !== undefined),
		...page.entries.map((object) => contents(object, encode, withOwner)),
		...page.prefixes.map((one) => element('CommonPrefixes', [element('Prefix', encode(one))])),
	]);
	return { status: 200, body };
}

export const listObjects: Handler = (call) => {
	const listing = readListing(call);
	const marker = call.request.query.get('marker') ?? '';
	const page = pageOf(objectsOf(call), { ...listing, after: marker });
	return listingAnswer(listing, page, true, [
		element('Marker', listing.encode(marker)),
		// Without a delimiter the last key serves as the next marker, and S3 says nothing.
		page.next !== undefined &&
			listing.delimiter !== '' &&
			element('NextMarker', listing.encode(page.next)),
	]);
};

const tokenMark = 'after:';

function readToken(token: string): string {
	const text = Buffer.from(token, 'base64').toString();
	const genuine = text.startsWith(tokenMark) && Buffer.from(text).toString('base64') === token;
	if (genuine) return text.slice(tokenMark.length);
	throw invalidArgument(
		'continuation-token',
		token,
		'The continuation token provided is incorrect',
	);
}

export const listObjectsV2: Handler = (call) => {
	const listing = readListing(call);
	const { query } = call.request;
	const token = query.get('continuation-token');
	const startAfter = query.get('start-after');
	const after = token === undefined ? (startAfter ?? '') : readToken(token);
	const page = pageOf(objectsOf(call), { ...listing, after });
	return listingAnswer(listing, page, query.get('fetch-owner') === 'true', [
		element('KeyCount', page.entries.length + page.prefixes.length),
		token !== undefined && element('ContinuationToken', token),
		startAfter !== undefined && element('StartAfter', listing.encode(startAfter)),
		page.next !== undefined &&
			element('NextContinuationToken', Buffer.from(`${tokenMark}${page.next}`).toString('base64')),
	]);
};
