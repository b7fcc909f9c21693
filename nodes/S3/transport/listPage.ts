import { Failure } from '../../shared/resilience/failure';
import { decodeUrl } from './encode';
import { unquoted } from './objectInfo';
import type { XmlElement } from './xml';
import { children, text } from './xml';

// What the answers of all listings have in common: of objects, versions and multipart uploads.

/** The most that one page of any listing holds. */
export const PAGE_SIZE = 1_000;

/** What several keys begin with, up to the delimiter: a "folder". */
export interface ListedPrefix {
	type: 'prefix';
	bucket: string;
	key: string;
}

/** How the keys, prefixes and markers of this answer are to be read. */
export function keyDecoder(answer: XmlElement): (key: string) => string {
	// Servers that do not know encoding-type leave the element out, and send the keys as they are.
	if (text(answer, 'EncodingType') !== 'url') return (key) => key;
	return (key) => {
		try {
			return decodeUrl(key);
		} catch (cause) {
			throw unreadableKey((cause as Error).message, cause);
		}
	};
}

/** The common prefixes of a page. */
export const prefixesOf = (
	answer: XmlElement,
	bucket: string,
	decode: (key: string) => string,
): ListedPrefix[] =>
	children(answer, 'CommonPrefixes').map((entry) => ({
		type: 'prefix',
		bucket,
		key: decode(text(entry, 'Prefix') ?? ''),
	}));

/** What an object and a version of one have in common. */
export function contentOf(entry: XmlElement) {
	const storageClass = text(entry, 'StorageClass');
	return {
		size: Number(text(entry, 'Size') ?? 0),
		etag: unquoted(text(entry, 'ETag')),
		lastModified: text(entry, 'LastModified'),
		...(storageClass && { storageClass }),
	};
}

export interface Owner {
	ownerId?: string;
	ownerName?: string;
}

export function ownerOf(entry: XmlElement, wanted = true): Owner {
	const ownerId = wanted && text(entry, 'Owner', 'ID');
	const ownerName = wanted && text(entry, 'Owner', 'DisplayName');
	return { ...(ownerId && { ownerId }), ...(ownerName && { ownerName }) };
}

const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff;

/**
 * The order of listings: that of the UTF-8 bytes of the keys.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html
 */
export function keyOrder(a: string, b: string): number {
	const length = Math.min(a.length, b.length);
	for (let at = 0; at < length; at++) {
		const x = a.charCodeAt(at);
		const y = b.charCodeAt(at);
		if (x === y) continue;
		// Surrogates stand for the characters above all others of UTF-16.
		if (isSurrogate(x) !== isSurrogate(y)) return isSurrogate(x) ? 1 : -1;
		return x - y;
	}
	return a.length - b.length;
}

/** Directory buckets of S3 Express, for one, list in no order. */
export const isSorted = (rows: Array<{ key: string }>): boolean =>
	rows.every(({ key }, n) => n === 0 || keyOrder(rows[n - 1]?.key ?? '', key) <= 0);

/** The answer has objects and prefixes apart, each in order. */
export function inOrder<Row extends { key: string }>(
	rows: Row[],
	prefixes: ListedPrefix[],
): Array<Row | ListedPrefix> {
	if (prefixes.length === 0) return rows;
	return [...rows, ...prefixes].sort((a, b) => keyOrder(a.key, b.key));
}

/** The listing would never end, or end too early. */
export const noNextPage = (bucket: string): Failure =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_NEXT_PAGE',
		message: `The server says that bucket "${bucket}" holds more, but not how to get it`,
		hint: 'Set a limit of up to 1,000, or list by prefixes.',
	});

/**
 * A server, or a cache before it, that overlooks the prefix would have objects deleted that nobody
 * meant.
 */
export function checkPrefix(rows: Array<{ key: string }>, bucket: string, prefix = ''): void {
	const other = prefix && rows.find(({ key }) => !key.startsWith(prefix));
	if (!other) return;
	throw new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'PREFIX_IGNORED',
		message: `The server lists "${other.key}" of bucket "${bucket}", although it was asked for what begins with "${prefix}"`,
		hint: 'Is this really the address of the S3 server? A cache before it may give the answer to another question.',
	});
}

const unreadableKey = (message: string, cause: unknown) =>
	new Failure({ kind: 'invalid', phase: 'rejected', code: 'UNREADABLE_KEY', message, cause });
