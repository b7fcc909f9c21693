import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import type { StoredObject } from './store.ts';

function matches(list: string, etag: string): boolean {
	return list
		.split(',')
		.map((one) =>
			one
				.trim()
				.replace(/^W\//, '')
				.replace(/^"(.*)"$/, '$1'),
		)
		.some((one) => one === '*' || one === etag);
}

/** A date header in milliseconds; S3 ignores one that it cannot read. */
function time(request: S3Request, name: string): number | undefined {
	const value = Date.parse(request.headers.get(name) ?? '');
	return Number.isNaN(value) ? undefined : value;
}

function failed(condition: string): S3Error {
	return new S3Error('PreconditionFailed', { elements: { Condition: condition } });
}

/**
 * Conditions of GET and HEAD, and with the prefix `x-amz-copy-source-` those of a copy. An ETag
 * condition outranks the date condition of the same kind (RFC 9110 section 13.2.2).
 * @returns 'notModified' when a cached copy is still good
 * @throws S3Error PreconditionFailed
 */
export function checkRead(
	request: S3Request,
	object: StoredObject,
	prefix = '',
): 'read' | 'notModified' {
	const header = (name: string) => request.headers.get(`${prefix}${name}`);
	const ifMatch = header('if-match');
	const ifNoneMatch = header('if-none-match');
	const unmodifiedSince = time(request, `${prefix}if-unmodified-since`);
	const modifiedSince = time(request, `${prefix}if-modified-since`);
	if (ifMatch !== undefined) {
		if (!matches(ifMatch, object.etag)) throw failed(`${prefix}If-Match`);
	} else if (unmodifiedSince !== undefined && object.lastModified > unmodifiedSince) {
		throw failed(`${prefix}If-Unmodified-Since`);
	}
	if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag) ? 'notModified' : 'read';
	const unchanged = modifiedSince !== undefined && object.lastModified <= modifiedSince;
	return unchanged ? 'notModified' : 'read';
}

/**
 * Conditions of a write
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html): If-None-Match
 * takes only `*`, If-Match needs an existing object.
 * @throws S3Error PreconditionFailed, NoSuchKey, NotImplemented
 */
export function checkWrite(
	request: S3Request,
	key: string,
	existing: StoredObject | undefined,
): void {
	const ifNoneMatch = request.headers.get('if-none-match');
	const ifMatch = request.headers.get('if-match');
	if (ifNoneMatch !== undefined) {
		if (ifNoneMatch !== '*') {
			throw new S3Error('NotImplemented', { elements: { Header: 'If-None-Match' } });
		}
		if (existing) throw failed('If-None-Match');
	}
	if (ifMatch !== undefined) {
		if (!existing) throw new S3Error('NoSuchKey', { elements: { Key: key } });
		if (!matches(ifMatch, existing.etag)) throw failed('If-Match');
	}
}

/** The condition of a delete: If-Match holds for an absent object. @throws S3Error PreconditionFailed */
export function checkDelete(request: S3Request, existing: StoredObject | undefined): void {
	const ifMatch = request.headers.get('if-match');
	if (ifMatch === undefined || !existing) return;
	if (!matches(ifMatch, existing.etag)) throw failed('If-Match');
}
