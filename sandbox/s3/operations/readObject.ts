import type { Answer } from '../answer.ts';
import { checkReadable, restorationHeaders } from '../archive.ts';
import { checksumHeader } from '../checksum.ts';
import { checkRead } from '../conditions.ts';
import { sliceChunks } from '../content.ts';
import { checkKey, encryptionHeaders } from '../encryption.ts';
import { S3Error } from '../errors.ts';
import { metadataHeaders } from '../metadata.ts';
import { lockHeaders } from '../objectLock.ts';
import { bucketOf, integerArgument, invalidArgument } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import type { S3Request } from '../request.ts';
import type { StoredObject, StoredPart } from '../store.ts';
import { anonymous } from '../users.ts';
import { objectOf, versionHeaders } from '../versions.ts';

interface Span {
	start: number;
	/** Exclusive. */
	end: number;
	/** When the span is a part that has one of its own. */
	checksum?: StoredPart['checksum'];
}

/**
 * The span a Range header asks for. A header that is malformed or names several ranges is ignored
 * (RFC 9110 section 14.2).
 * @throws S3Error InvalidRange when nothing of it exists
 */
function rangeOf(request: S3Request, size: number): Span | undefined {
	const header = request.headers.get('range');
	const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
	const [, first = '', last = ''] = match ?? [];
	if (header === undefined || (first === '' && last === '')) return undefined;
	if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
	const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
	const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size);
	if (start < end) return { start, end };
	throw new S3Error('InvalidRange', {
		elements: { ActualObjectSize: size, RangeRequested: header },
		headers: { 'content-range': `bytes */${size}` },
	});
}

/** The span of one part of a multipart object; any other object is one part. */
function partOf(request: S3Request, object: StoredObject): Span | undefined {
	if (!request.query.has('partNumber')) return undefined;
	if (request.headers.has('range')) {
		throw new S3Error('InvalidRequest', {
			message: 'Cannot specify both Range header and partNumber query parameter',
		});
	}
	const partNumber = integerArgument(request, 'partNumber', { usual: 1, min: 1, max: 10_001 });
	const parts = object.parts ?? [object];
	const part = parts[partNumber - 1];
	if (!part) {
		throw new S3Error('InvalidPartNumber', {
			elements: { PartNumberRequested: partNumber, ActualPartCount: parts.length },
		});
	}
	const start = parts.slice(0, partNumber - 1).reduce((sum, { size }) => sum + size, 0);
	const checksum = object.parts?.[partNumber - 1]?.checksum;
	return { start, end: start + part.size, checksum };
}

const overridable = [
	'content-type',
	'content-language',
	'expires',
	'cache-control',
	'content-disposition',
	'content-encoding',
];

function overrides({ request, account }: Call): Record<string, string> {
	const headers: Record<string, string> = {};
	const asked = overridable.some((name) => request.query.has(`response-${name}`));
	if (asked && account === anonymous) {
		throw new S3Error('InvalidRequest', {
			message: 'Request specific response headers cannot be used for anonymous GET requests.',
		});
	}
	for (const name of overridable) {
		const value = request.query.get(`response-${name}`);
		// A control character would end the header; it must not get that far.
		if (value !== undefined && /[^\t\x20-\x7e]/.test(value)) {
			throw invalidArgument(`response-${name}`, value, 'Header value cannot be represented');
		}
		if (value !== undefined) headers[name] = value;
	}
	return headers;
}

function answer(call: Call): Answer {
	const { request, now } = call;
	const object = objectOf(call);
	const algorithm = request.headers.get('x-amz-server-side-encryption');
	if (algorithm !== undefined) {
		const message = 'x-amz-server-side-encryption header is not supported for this operation.';
		throw invalidArgument('x-amz-server-side-encryption', algorithm, message);
	}
	checkKey(request, object.encryption);
	const validators = {
		etag: `"${object.etag}"`,
		'last-modified': new Date(object.lastModified).toUTCString(),
	};
	if (checkRead(request, object) === 'notModified') return { status: 304, headers: validators };
	const part = partOf(request, object);
	const span = part ?? rangeOf(request, object.size);
	const { start, end } = span ?? { start: 0, end: object.size };
	const headers: Record<string, string> = {
		...validators,
		'accept-ranges': 'bytes',
		'content-length': String(end - start),
		...metadataHeaders(object.metadata),
		...encryptionHeaders(object.encryption),
		...lockHeaders(object.lock),
		...restorationHeaders(object, now),
		...versionHeaders(bucketOf(call), object),
		...overrides(call),
	};
	if (object.tags.size > 0) headers['x-amz-tagging-count'] = String(object.tags.size);
	const partial = span !== undefined && object.size > 0;
	if (partial) headers['content-range'] = `bytes ${start}-${end - 1}/${object.size}`;
	if (part && object.parts) headers['x-amz-mp-parts-count'] = String(object.parts.length);
	const mode = request.headers.get('x-amz-checksum-mode');
	const checksum = span ? span.checksum : object.checksum;
	if (mode?.toUpperCase() === 'ENABLED' && checksum && object.checksum) {
		headers[checksumHeader(checksum.algorithm)] = checksum.value;
		headers['x-amz-checksum-type'] = object.checksum.type;
	}
	return {
		status: partial ? 206 : 200,
		headers,
		body: sliceChunks(object.chunks, start, end),
	};
}

export const getObject: Handler = (call) => {
	checkReadable(objectOf(call), call.now);
	return answer(call);
};

export const headObject: Handler = (call) => ({ ...answer(call), body: undefined });
