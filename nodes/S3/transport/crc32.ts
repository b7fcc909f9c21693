// x^(2^n) modulo the polynomial of CRC-32, bits reflected: 0x80000000 is 1, 0x40000000 is x.
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
const POWERS: number[] = [0x40000000];
for (let n = 1; n < 32; n++) POWERS.push(product(POWERS[n - 1] ?? 0, POWERS[n - 1] ?? 0));

/** a(x) · b(x) modulo the polynomial. */
function product(a: number, b: number): number {
	let sum = 0;
	for (let mask = ONE; mask !== 0; mask >>>= 1) {
		if (a & mask) sum ^= b;
		b = b & 1 ? (b >>> 1) ^ POLYNOMIAL : b >>> 1;
	}
	return sum >>> 0;
}

/**
 * The CRC-32 of two pieces one after the other, from those of the pieces: crc32_combine of zlib
 * (https://github.com/madler/zlib/blob/master/crc32.c).
 * @param length of the second piece, in bytes
 */
export function combineCrc32(first: number, second: number, length: number): number {
	let shift = ONE;
	let power = 3; // in bits, 8 = 2^3
	for (let left = length; left > 0; left = Math.floor(left / 2)) {
		if (left % 2 === 1) shift = product(POWERS[power % 32] ?? 0, shift);
		power++;
	}
	return (product(shift, first) ^ second) >>> 0;
}
