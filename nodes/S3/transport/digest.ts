import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What Node computes natively. */
export type DigestName = 'crc32' | 'md5' | 'sha1' | 'sha256';

/** Of bytes that come one after the other. */
export interface Digest {
	update(bytes: Buffer): void;
	digest(): Buffer;
}

export function digestOf(name: DigestName): Digest {
	if (name === 'crc32') {
		let sum = 0;
		return { update: (bytes) => void (sum = crc32(bytes, sum)), digest: () => crc32Bytes(sum) };
	}
	const running = createHash(name);
	return { update: (bytes) => void running.update(bytes), digest: () => running.digest() };
}

/** As S3 writes it: the most significant byte first. */
export function crc32Bytes(sum: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(sum);
	return bytes;
}
