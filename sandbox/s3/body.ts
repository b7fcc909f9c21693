import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Identity } from './authentication.ts';
import { AwsChunkedDecoder } from './awsChunked.ts';
import {
	algorithmNamed,
	checksumAlgorithms,
	checksumHeader,
	digestOf,
	type ChecksumAlgorithm,
} from './checksum.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

export interface ReceivedBody {
	chunks: Buffer[];
	size: number;
	md5: Buffer;
	/** The additional checksum the client sent, verified. */
	checksum?: { algorithm: ChecksumAlgorithm; value: string };
	/** Whether the client protected the body with Content-MD5 or a checksum. */
	protected: boolean;
}

export interface Expectation {
	size: number;
	md5?: string;
	checksum?: { algorithm: ChecksumAlgorithm; value?: string };
}

export interface BodyLimit {
	/** Largest size in bytes, and the code of the error above it. */
	bytes: number;
	code: 'EntityTooLarge' | 'MaxMessageLengthExceeded';
	/** Whether the request must announce a length, even zero. */
	required: boolean;
	/** Whether `x-amz-checksum-*` is about the body; else it is about the object the request makes. */
	checksum: boolean;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decodeBase64(text: string, length: number): Buffer | undefined {
	if (!base64.test(text)) return undefined;
	const bytes = Buffer.from(text, 'base64');
	return bytes.length === length ? bytes : undefined;
}

/** The number of payload bytes the client announces. @throws S3Error when it does not */
function announcedSize(
	request: S3Request,
	payload: Identity['payload'],
	required: boolean,
): number {
	const chunked = payload.kind === 'chunked';
	const encoding = request.headers.get('transfer-encoding');
	if (encoding !== undefined && !chunked) {
		throw new S3Error('NotImplemented', { elements: { Header: 'Transfer-Encoding' } });
	}
	const length = request.headers.get(chunked ? 'x-amz-decoded-content-length' : 'content-length');
	if (length === undefined) {
		if (required) throw new S3Error('MissingContentLength');
		return 0;
	}
	if (!/^\d+$/.test(length)) throw new S3Error('MissingContentLength');
	return Number(length);
}

function expectedChecksum(request: S3Request, trailing: boolean): Expectation['checksum'] {
	const { headers } = request;
	const sent = checksumAlgorithms.filter((one) => headers.has(checksumHeader(one)));
	const trailer = trailing ? headers.get('x-amz-trailer') : undefined;
	const inTrailer = algorithmNamed(trailer?.replace(/^x-amz-checksum-/i, '') ?? '');
	if (trailer !== undefined && !inTrailer) {
		throw new S3Error('NotImplemented', { elements: { Header: `x-amz-trailer: ${trailer}` } });
	}
	if (sent.length + (inTrailer ? 1 : 0) > 1) {
		throw new S3Error('InvalidRequest', {
			message:
				'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
		});
	}
	if (inTrailer) return { algorithm: inTrailer };
	const [algorithm] = sent;
	if (algorithm) {
		const value = headers.get(checksumHeader(algorithm)) ?? '';
		if (!decodeBase64(value, digestOf(algorithm).digest().length)) throw badValue(algorithm);
		return { algorithm, value };
	}
	if (headers.has('x-amz-sdk-checksum-algorithm')) {
		throw new S3Error('InvalidRequest', {
			message:
				'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
		});
	}
	return undefined;
}

function badValue(algorithm: ChecksumAlgorithm): S3Error {
	return new S3Error('InvalidRequest', {
		message: `Value for ${checksumHeader(algorithm)} header is invalid.`,
	});
}

/**
 * What the headers promise about the body.
 * @throws S3Error before a byte of the body is read
 */
export function expectBody(
	request: S3Request,
	payload: Identity['payload'],
	limit: BodyLimit,
): Expectation {
	const size = announcedSize(request, payload, limit.required);
	if (size > limit.bytes) {
		throw new S3Error(limit.code, {
			elements: { ProposedSize: size, MaxSizeAllowed: limit.bytes },
		});
	}
	const md5 = request.headers.get('content-md5');
	if (md5 !== undefined && !decodeBase64(md5, 16)) throw new S3Error('InvalidDigest');
	const trailing = payload.kind === 'chunked' && payload.trailer;
	return { size, md5, checksum: limit.checksum ? expectedChecksum(request, trailing) : undefined };
}

/**
 * Receives a body, hashing it as it comes. Resolves only when all of it arrived and every promise of
 * the headers holds. After a failure the rest is read and dropped, so that the client gets the answer.
 * @param cut called with a function that ends the body early (the client closed its side)
 */
export async function receiveBody(
	message: IncomingMessage,
	expected: Expectation,
	{ payload, seed }: Identity,
	cut: (endEarly: () => void) => void,
): Promise<ReceivedBody> {
	const chunks: Buffer[] = [];
	let size = 0;
	const md5 = digestOf('MD5');
	const sha256 = payload.kind === 'hash' ? createHash('sha256') : undefined;
	const sum = expected.checksum && digestOf(expected.checksum.algorithm);
	const take = (piece: Buffer) => {
		size += piece.length;
		if (size > expected.size) throw new S3Error('IncompleteBody');
		chunks.push(piece);
		md5.update(piece);
		sha256?.update(piece);
		sum?.update(piece);
	};
	const decoder =
		payload.kind === 'chunked'
			? new AwsChunkedDecoder({
					seed: payload.signed ? seed : undefined,
					trailer: payload.trailer,
					onData: take,
				})
			: undefined;
	await new Promise<void>((resolve, reject) => {
		const fail = (error: unknown) => {
			message.off('data', onData);
			message.resume();
			reject(error instanceof Error ? error : new S3Error('InternalError'));
		};
		const onData = (piece: Buffer) => {
			try {
				if (decoder) decoder.push(piece);
				else take(piece);
			} catch (error) {
				fail(error);
			}
		};
		const endEarly = () => fail(new S3Error('IncompleteBody'));
		cut(endEarly);
		message.on('data', onData).once('end', resolve).once('error', endEarly).once('close', endEarly);
	});
	decoder?.finish();
	if (size !== expected.size) throw new S3Error('IncompleteBody');
	const digest = md5.digest();
	checkMd5(expected.md5, digest);
	if (payload.kind === 'hash') checkSha256(payload.sha256, sha256?.digest('hex') ?? '');
	const checksum = checkChecksum(expected.checksum, decoder?.trailers, sum?.digest());
	return { chunks, size, md5: digest, checksum, protected: Boolean(expected.md5 ?? checksum) };
}

function checkMd5(expected: string | undefined, digest: Buffer): void {
	if (expected === undefined || digest.toString('base64') === expected) return;
	throw new S3Error('BadDigest', {
		elements: { ExpectedDigest: expected, CalculatedDigest: digest.toString('base64') },
	});
}

function checkSha256(expected: string, actual: string): void {
	if (expected === actual) return;
	throw new S3Error('XAmzContentSHA256Mismatch', {
		elements: { ClientComputedContentSHA256: expected, S3ComputedContentSHA256: actual },
	});
}

function checkChecksum(
	expected: Expectation['checksum'],
	trailers: ReadonlyMap<string, string> | undefined,
	digest: Buffer | undefined,
): ReceivedBody['checksum'] {
	if (!expected || !digest) return undefined;
	const { algorithm } = expected;
	const value = expected.value ?? trailers?.get(checksumHeader(algorithm));
	if (value === undefined) throw new S3Error('MalformedTrailerError');
	if (!decodeBase64(value, digest.length)) throw badValue(algorithm);
	if (value !== digest.toString('base64')) {
		throw new S3Error('BadDigest', {
			message: `The ${algorithm} you specified did not match the calculated checksum.`,
		});
	}
	return { algorithm, value };
}
