import { crc32 } from 'node:zlib';
import type { Digest } from './checksum.ts';

/** The remainders of all single bytes; the polynomial is written with its lowest power first. */
function table(polynomial: bigint): BigUint64Array {
	return BigUint64Array.from({ length: 256 }, (_, byte) => {
		let rest = BigInt(byte);
		for (let bit = 0; bit < 8; bit++) {
			rest = rest & 1n ? (rest >> 1n) ^ polynomial : rest >> 1n;
		}
		return rest;
	});
}

function halves(values: BigUint64Array): { high: Uint32Array; low: Uint32Array } {
	return {
		high: Uint32Array.from(values, (value) => Number(value >> 32n)),
		low: Uint32Array.from(values, (value) => Number(value & 0xffff_ffffn)),
	};
}

const castagnoli = halves(table(0x82f6_3b78n)).low;
const nvme = halves(table(0x9a6c_9329_ac4b_c9b5n));

function bytes(...words: number[]): Buffer {
	const buffer = Buffer.alloc(4 * words.length);
	words.forEach((word, at) => buffer.writeUInt32BE(word >>> 0, 4 * at));
	return buffer;
}

/** CRC-32 as in zip, which Node has. */
export function crc32Digest(): Digest {
	let sum = 0;
	return { update: (chunk) => (sum = crc32(chunk, sum)), digest: () => bytes(sum) };
}

/** CRC-32C (Castagnoli). */
export function crc32cDigest(): Digest {
	let sum = 0xffff_ffff;
	return {
		update(chunk) {
			let rest = sum;
			for (const byte of chunk) rest = (rest >>> 8) ^ (castagnoli[(rest ^ byte) & 0xff] ?? 0);
			sum = rest;
		},
		digest: () => bytes(~sum),
	};
}

/** CRC-64/NVME, in two halves, since numbers hold 32 bits in bitwise arithmetic. */
export function crc64nvmeDigest(): Digest {
	let [high, low] = [0xffff_ffff, 0xffff_ffff];
	return {
		update(chunk) {
			let [h, l] = [high, low];
			for (const byte of chunk) {
				const at = (l ^ byte) & 0xff;
				l = ((l >>> 8) | (h << 24)) ^ (nvme.low[at] ?? 0);
				h = (h >>> 8) ^ (nvme.high[at] ?? 0);
			}
			[high, low] = [h, l];
		},
		digest: () => bytes(~high, ~low),
	};
}
