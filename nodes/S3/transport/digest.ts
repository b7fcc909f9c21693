import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c, crc64nvme } from './tableCrc';

export type DigestName = 'crc32' | 'crc32c' | 'crc64nvme' | 'md5' | 'sha1' | 'sha256';

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
	if (name === 'crc32c') return crc32c();
	if (name === 'crc64nvme') return crc64nvme();
	const running = createHash(name);
	return { update: (bytes) => void running.update(bytes), digest: () => running.digest() };
}

/** As S3 writes it: the most significant byte first. */
export function crc32Bytes(sum: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(sum);
	return bytes;
}
