/** The remainders of one byte with 0 to 7 bytes behind it: 8 tables of 256, one after the other. */
interface Tables {
	low: Int32Array;
	high: Int32Array;
}

const TABLES = 8;
const BYTES = 256;

/**
 * @param low lower half of the polynomial, bits reflected
 * @param high upper half; 0 of one that has 32 bits
 */
function tablesOf(low: number, high: number): Tables {
	const tables = { low: new Int32Array(TABLES * BYTES), high: new Int32Array(TABLES * BYTES) };
	for (let byte = 0; byte < BYTES; byte++) {
		let [l, h] = [byte, 0];
		for (let bit = 0; bit < 8; bit++) {
			const odd = l & 1;
			l = (l >>> 1) | (h << 31);
			h >>>= 1;
			if (odd) [l, h] = [l ^ low, h ^ high];
		}
		tables.low[byte] = l;
		tables.high[byte] = h;
	}
	for (let at = BYTES; at < TABLES * BYTES; at++) {
		const l = of(tables.low, at - BYTES);
		const h = of(tables.high, at - BYTES);
		tables.low[at] = ((l >>> 8) | (h << 24)) ^ of(tables.low, l & 255);
		tables.high[at] = (h >>> 8) ^ of(tables.high, l & 255);
	}
	return tables;
}

const of = (table: Int32Array, at: number) => table[at] ?? 0;

/**
 * A CRC of 32 or 64 bits that Node does not have, bits reflected and all bits turned over before and
 * after. Eight bytes at a time ("slicing by 8"), which is as fast as Node's MD5.
 */
class TableCrc {
	private low = -1;
	private high: number;

	constructor(
		private readonly tables: Tables,
		private readonly bits: 32 | 64,
	) {
		this.high = bits === 64 ? -1 : 0;
	}

	update(bytes: Buffer): void {
		const { low, high } = this.tables;
		const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
		let { low: l, high: h } = this;
		let at = 0;
		for (; at + 8 <= bytes.length; at += 8) {
			l ^= words.getInt32(at, true);
			h ^= words.getInt32(at + 4, true);
			const a = 1792 + (l & 255);
			const b = 1536 + ((l >>> 8) & 255);
			const c = 1280 + ((l >>> 16) & 255);
			const d = 1024 + (l >>> 24);
			const e = 768 + (h & 255);
			const f = 512 + ((h >>> 8) & 255);
			const g = 256 + ((h >>> 16) & 255);
			const i = h >>> 24;
			l =
				of(low, a) ^
				of(low, b) ^
				of(low, c) ^
				of(low, d) ^
				of(low, e) ^
				of(low, f) ^
				of(low, g) ^
				of(low, i);
			h =
				of(high, a) ^
				of(high, b) ^
				of(high, c) ^
				of(high, d) ^
				of(high, e) ^
				of(high, f) ^
				of(high, g) ^
				of(high, i);
		}
		for (; at < bytes.length; at++) {
			const first = (l ^ words.getUint8(at)) & 255;
			l = ((l >>> 8) | (h << 24)) ^ of(low, first);
			h = (h >>> 8) ^ of(high, first);
		}
		[this.low, this.high] = [l, h];
	}

	/** As S3 writes it: the most significant byte first. */
	digest(): Buffer {
		const sum = Buffer.alloc(8);
		sum.writeInt32BE(~this.high);
		sum.writeInt32BE(~this.low, 4);
		return this.bits === 32 ? sum.subarray(4) : sum;
	}
}

let castagnoli: Tables | undefined;
/** RFC 3720 section 12.1 */
export const crc32c = () => new TableCrc((castagnoli ??= tablesOf(0x82f63b78, 0)), 32);

let nvme: Tables | undefined;
/** NVM Command Set Specification 1.0a, section 5.2.1.3.4 */
export const crc64nvme = () => new TableCrc((nvme ??= tablesOf(0xac4bc9b5, 0x9a6c9329)), 64);
