import { ownerElement } from '../acl.ts';
import type { Answer } from '../answer.ts';
import { bucketOf, integerArgument, invalidArgument, isoTime } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import type { S3Request } from '../request.ts';
import { uriEncode } from '../sigv4.ts';
import type { StoredObject } from '../store.ts';
import { element, resultDocument, type Xml } from '../xml.ts';
import { pageOf, type Page, type Source } from './paging.ts';

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

function objectsOf(call: Call): Source<StoredObject> {
	const { keys, objects } = bucketOf(call);
	return function* (holds) {
		for (const key of keys.from(holds)) {
			const object = objects.get(key);
			if (object) yield [key, object];
		}
	};
}

function contents(object: StoredObject, encode: (text: string) => string, withOwner: boolean): Xml {
	return element('Contents', [
		element('Key', encode(object.key)),
		element('LastModified', isoTime(object.lastModified)),
		element('ETag', `"${object.etag}"`),
		object.checksum !== undefined && element('ChecksumAlgorithm', object.checksum.algorithm),
		object.checksum !== undefined && element('ChecksumType', object.checksum.type),
		element('Size', object.size),
		withOwner && ownerElement(object.owner),
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
