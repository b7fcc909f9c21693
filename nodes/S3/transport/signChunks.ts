import { createHash } from 'node:crypto';
import { digestOf } from './digest';
import type { ChecksumName } from './integrity';
import { checksumHeader } from './integrity';
import type { Signature } from './sign';
import { ALGORITHM, EMPTY_PAYLOAD_HASH, signature } from './sign';

/** How a body proves what it is while it is sent, so that nobody has to read it twice. */
export interface Proof {
	/** every chunk carries a signature, which covers its bytes and the chunks before it */
	signed: boolean;
	/** sent after the last byte, as x-amz-checksum-* */
	checksum?: ChecksumName;
}

/** All but the last one: S3 takes no smaller ones than 8 KiB, and each one costs three writes. */
export const CHUNK_BYTES = 1024 * 1024;

const SIGNATURE_LENGTH = 64;
const ENCODED_LENGTH: Record<ChecksumName, number> = { crc32: 8, sha256: 44 };
const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

/** The payload hash of a body in chunks. */
export function chunkedPayload({ signed, checksum }: Proof): string {
	if (!signed) return 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
	return `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${checksum ? '-TRAILER' : ''}`;
}

/**
 * The headers that describe a body in chunks; they are signed with the others.
 * @param size of the content in bytes
 * @param encoding of the content, where it has one
 */
export function chunkedHeaders(
	size: number,
	proof: Proof,
	encoding?: string,
): Record<string, string> {
	return {
		'content-length': String(chunkedLength(size, proof)),
		'x-amz-decoded-content-length': String(size),
		...(proof.checksum && {
			// Ceph would keep it with the object, and needs it as little as Amazon does for signatures alone.
			'content-encoding': encoding ? `aws-chunked,${encoding}` : 'aws-chunked',
			'x-amz-trailer': checksumHeader(proof.checksum),
		}),
	};
}

function chunkedLength(size: number, { signed, checksum }: Proof): number {
	const framed = (bytes: number) =>
		bytes.toString(16).length +
		(signed ? ';chunk-signature='.length + SIGNATURE_LENGTH : 0) +
		'\r\n'.length;
	const last = size % CHUNK_BYTES;
	const full = (size - last) / CHUNK_BYTES;
	const line = (name: string, value: number) => `${name}:\r\n`.length + value;
	const trailer =
		(checksum ? line(checksumHeader(checksum), ENCODED_LENGTH[checksum]) : 0) +
		(checksum && signed ? line(TRAILER_SIGNATURE, SIGNATURE_LENGTH) : 0);
	return (
		full * (framed(CHUNK_BYTES) + CHUNK_BYTES + '\r\n'.length) +
		(last > 0 ? framed(last) + last + '\r\n'.length : 0) +
		framed(0) +
		trailer +
		'\r\n'.length
	);
}

/**
 * The body as it goes over the wire.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and -trailers.html
 * @param content in pieces of CHUNK_BYTES, but for the last one
 * @param seed the signature of the headers; none where nothing is signed
 */
export async function* inChunks(
	content: AsyncIterable<Buffer>,
	{ signed, checksum }: Proof,
	seed: Signature,
): AsyncGenerator<Buffer> {
	const sum = checksum && digestOf(checksum);
	let before = seed.signature;
	const sign = (kind: string, ...lines: string[]) => {
		const toSign = [`${ALGORITHM}-${kind}`, seed.date, seed.scope, before, ...lines].join('\n');
		return (before = signature(toSign, seed.date, seed.signer));
	};
	const head = (chunk: Buffer) => {
		const size = chunk.length.toString(16);
		if (!signed) return Buffer.from(`${size}\r\n`);
		const signedAs = sign('PAYLOAD', EMPTY_PAYLOAD_HASH, sha256(chunk));
		return Buffer.from(`${size};chunk-signature=${signedAs}\r\n`);
	};
	for await (const chunk of content) {
		sum?.update(chunk);
		yield head(chunk);
		yield chunk;
		yield END_OF_LINE;
	}
	yield head(Buffer.alloc(0));
	if (checksum && sum) {
		const line = `${checksumHeader(checksum)}:${sum.digest().toString('base64')}`;
		yield Buffer.from(`${line}\r\n`);
		if (signed) {
			const signedAs = sign('TRAILER', sha256(Buffer.from(`${line}\n`)));
			yield Buffer.from(`${TRAILER_SIGNATURE}:${signedAs}\r\n`);
		}
	}
	yield END_OF_LINE;
}

const END_OF_LINE = Buffer.from('\r\n');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
