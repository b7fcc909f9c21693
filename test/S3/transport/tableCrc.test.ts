import { randomBytes } from 'node:crypto';
import { crc32c, crc64nvme } from '../../../nodes/S3/transport/tableCrc';
import { digestAll } from '../../../sandbox/s3/checksum.ts';

const hex = (crc: typeof crc32c, ...chunks: Buffer[]) => {
	const sum = crc();
	for (const chunk of chunks) sum.update(chunk);
	return sum.digest().toString('hex');
};
const counting = (length: number) => Buffer.from(Array.from({ length }, (_, n) => n % 256));

// RFC 3720 section B.4 writes the bytes of the sum in the other order.
test.each([
	['123456789', Buffer.from('123456789'), 'e3069283'],
	['32 bytes of zeroes', Buffer.alloc(32), '8a9136aa'],
	['32 bytes of ones', Buffer.alloc(32, 0xff), '62a8ab43'],
	['32 bytes of incrementing 00..1f', counting(32), '46dd794e'],
	['32 bytes of decrementing 1f..00', counting(32).reverse(), '113fdb5c'],
])('CRC32C of %s', (_label, bytes, expected) => {
	expect(hex(crc32c, bytes)).toBe(expected);
});

// NVM Command Set Specification 1.0a section 5.2.1.3.5; the first one from
// https://reveng.sourceforge.io/crc-catalogue/17plus.htm
test.each([
	['123456789', Buffer.from('123456789'), 'ae8b14860a799888'],
	['4 KiB of zeroes', Buffer.alloc(4096), '6482d367eb22b64e'],
	['4 KiB of ones', Buffer.alloc(4096, 0xff), 'c0ddba7302eca3ac'],
	['4 KiB of repeated 00..ff', counting(4096), '3e729f5f6750449c'],
	['4 KiB of repeated ff..00', counting(4096).reverse(), '9a2df64b8e9e517e'],
])('CRC64NVME of %s', (_label, bytes, expected) => {
	expect(hex(crc64nvme, bytes)).toBe(expected);
});

test.each([
	['CRC32C', crc32c],
	['CRC64NVME', crc64nvme],
] as const)('%s of pieces of any length, anywhere in a buffer', (name, crc) => {
	const bytes = randomBytes(1_000);
	for (let first = 0; first < 20; first++) {
		const pieces = [bytes.subarray(0, first), bytes.subarray(first, 500), bytes.subarray(500)];
		expect(hex(crc, ...pieces)).toBe(digestAll(name, [bytes]).toString('hex'));
	}
	expect(hex(crc)).toBe('00'.repeat(name === 'CRC32C' ? 4 : 8));
});
