// Longer ones are seldom the same, and looking for them costs more than making them.
const LONGEST = 64;

/**
 * Texts that come again and again, such as the names of attributes, departments and cities: made once, not
 * a hundred thousand times. One that comes seldom takes the place of another.
 */
export class Texts {
	private readonly places: Array<string | undefined>;

	/** @param size how many are kept; a power of two */
	constructor(private readonly size: number) {
		this.places = new Array<string | undefined>(size).fill(undefined);
	}

	/** The text that the bytes are in UTF-8. */
	at(bytes: Buffer, start: number, end: number): string {
		if (end - start > LONGEST) return bytes.toString('utf8', start, end);
		let hash = 0;
		for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
		const place = (hash ^ (hash >>> 16)) & (this.size - 1);
		const known = this.places[place];
		if (known !== undefined && isAscii(known, bytes, start, end)) return known;
		const text = bytes.toString('utf8', start, end);
		if (text === known) return known;
		this.places[place] = text;
		return text;
	}
}

/** Whether the bytes are this text, and nothing else than ASCII. */
function isAscii(text: string, bytes: Buffer, start: number, end: number): boolean {
	if (text.length !== end - start) return false;
	for (let n = 0; n < text.length; n++)
		if (text.charCodeAt(n) !== bytes[start + n] || text.charCodeAt(n) > 0x7f) return false;
	return true;
}
