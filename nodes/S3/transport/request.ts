import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Clock } from '../../shared/ground/clock';
import type { QueryPair } from './encode';
import { encodeQuery } from './encode';
import type { Credentials } from './sign';
import { EMPTY_PAYLOAD_HASH, signedHeaders, UNSIGNED_PAYLOAD } from './sign';
import type { Proof } from './signChunks';
import { chunkedHeaders, chunkedPayload, inChunks } from './signChunks';
import type { Place, Whereabouts } from './whereabouts';

/** One request in the words of S3. */
export interface S3Request {
	/** the name in the API reference ("PutObject") */
	operation: string;
	method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
	bucket?: string;
	key?: string;
	/** where the bucket is to be, of a request that makes it */
	region?: string;
	query?: QueryPair[];
	/** lower-case names */
	headers?: Record<string, string>;
	body?: Buffer;
	/** in place of the body: read anew for each attempt, and never held in memory */
	content?: StreamedContent;
	/** of the body, for the signature: SHA-256 in hex, or `UNSIGNED_PAYLOAD`; computed if left out */
	payloadHash?: string;
	/** sending it twice has the effect of sending it once; default true, as for most of S3 */
	repeatable?: boolean;
	/** statuses besides 2xx that are answers, not failures */
	accept?: number[];
	/** gives up one attempt after so long, in ms; 0: as long as bytes move */
	attemptTimeoutMs?: number;
	/** instead of the signal of the run: for cleaning up after it was cancelled */
	signal?: AbortSignal;
}

/** A body that is sent while it is read. */
export interface StreamedContent {
	/** in bytes */
	size: number;
	/** none: nothing proves it */
	proof?: Proof;
	/** in pieces of CHUNK_BYTES, but for the last one */
	open(): AsyncIterable<Buffer>;
}

/** What all requests of a client have in common. */
interface Common {
	where: Whereabouts;
	clock: Clock;
	requesterPays?: boolean;
}

/**
 * A request as it goes over the wire.
 * @param keys none: unsigned
 * @throws TypeError for names and headers that cannot be sent
 */
export function signedRequest(
	request: S3Request,
	{ where, clock, requesterPays }: Common,
	{ region, skewMs }: Place,
	keys: Credentials | undefined,
) {
	const { method, bucket, key, query = [], content } = request;
	const { origin, host, path } = where.address(region)(bucket, key);
	const proof = keys && content?.proof;
	const headers = {
		...request.headers,
		...(requesterPays && { 'x-amz-request-payer': 'requester' }),
		...(content && lengthHeaders(content.size, proof, request.headers)),
	};
	const encoded = encodeQuery(query);
	const signed =
		keys &&
		signedHeaders({
			method,
			path,
			query: encoded,
			headers: { ...headers, host },
			payloadHash: payloadHash(request, proof),
			credentials: keys,
			region,
			service: 's3',
			at: clock.now() + skewMs,
		});
	const pieces = content?.open();
	const chunks = pieces && proof && signed ? inChunks(pieces, proof, signed) : pieces;
	return {
		method,
		origin,
		path: encoded ? `${path}?${encoded}` : path,
		headers: { ...headers, ...signed?.headers },
		body: chunks ? Readable.from(chunks, { objectMode: false, highWaterMark: 1 }) : request.body,
	};
}

function lengthHeaders(
	size: number,
	proof: Proof | undefined,
	headers: S3Request['headers'] = {},
): Record<string, string> {
	if (!proof) return { 'content-length': String(size) };
	return chunkedHeaders(size, proof, headers['content-encoding']);
}

// A signed Content-MD5 binds the body already; hashing it once more would cost as much again.
function payloadHash(request: S3Request, proof: Proof | undefined): string {
	const { body, content, headers = {} } = request;
	if (request.payloadHash !== undefined) return request.payloadHash;
	if (content) return proof ? chunkedPayload(proof) : UNSIGNED_PAYLOAD;
	if (!body || body.length === 0) return EMPTY_PAYLOAD_HASH;
	if (headers['content-md5']) return UNSIGNED_PAYLOAD;
	return createHash('sha256').update(body).digest('hex');
}
