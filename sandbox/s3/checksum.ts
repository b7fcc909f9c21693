import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const checksumAlgorithms = ['CRC32', 'SHA1', 'SHA256'] as const;

/** The additional checksums the server can verify; S3 has further ones, which it refuses. */
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

/** An incremental digest of the algorithm. */
export function digestOf(algorithm: ChecksumAlgorithm | 'MD5'): Digest {
	if (algorithm !== 'CRC32') return createHash(algorithm.toLowerCase());
	let sum = 0;
	return {
		update: (chunk) => (sum = crc32(chunk, sum)),
		digest: () => {
			const bytes = Buffer.alloc(4);
			bytes.writeUInt32BE(sum);
			return bytes;
		},
	};
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
