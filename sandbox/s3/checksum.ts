import { createHash } from 'node:crypto';
import { crc32cDigest, crc32Digest, crc64nvmeDigest } from './crc.ts';

export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

/** The additional checksums the server can verify; further ones are refused. */
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** COMPOSITE: the checksum of the parts' checksums, written `value-N`. */
export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';

export interface Checksum {
	algorithm: ChecksumAlgorithm;
	/** Base64 as on the wire, with `-N` when it is composite. */
	value: string;
	type: ChecksumType;
}

export interface Digest {
	update(chunk: Buffer): unknown;
	digest(): Buffer;
}

const digests: Record<ChecksumAlgorithm | 'MD5', () => Digest> = {
	CRC32: crc32Digest,
	CRC32C: crc32cDigest,
	CRC64NVME: crc64nvmeDigest,
	SHA1: () => createHash('sha1'),
	SHA256: () => createHash('sha256'),
	MD5: () => createHash('md5'),
};

/** An incremental digest of the algorithm. */
export function digestOf(algorithm: ChecksumAlgorithm | 'MD5'): Digest {
	return digests[algorithm]();
}

/** The digest of a body that is already there. */
export function digestAll(algorithm: ChecksumAlgorithm | 'MD5', chunks: readonly Buffer[]): Buffer {
	const digest = digestOf(algorithm);
	for (const chunk of chunks) digest.update(chunk);
	return digest.digest();
}

/** "x-amz-checksum-crc32" and its like. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
	return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The algorithm a header or XML name stands for, in any case. */
export function algorithmNamed(name: string): ChecksumAlgorithm | undefined {
	return checksumAlgorithms.find((algorithm) => algorithm === name.toUpperCase());
}
