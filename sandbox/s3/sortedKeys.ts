/** Order of keys in listings: by their UTF-8 bytes, which is the order of code points. */
export function compareKeys(a: string, b: string): number {
	const length = Math.min(a.length, b.length);
	for (let at = 0; at < length; at++) {
		const x = a.charCodeAt(at);
		const y = b.charCodeAt(at);
		if (x === y) continue;
		// Surrogates stand for code points above all others of UTF-16.
		const xHigh = x >= 0xd800 && x <= 0xdfff;
		const yHigh = y >= 0xd800 && y <= 0xdfff;
		return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
	}
	return a.length - b.length;
}

const blockLength = 512;

/** The first position from which on the condition holds for everything. */
function firstPosition(length: number, holds: (at: number) => boolean): number {
	let [low, high] = [0, length];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (holds(middle)) high = middle;
		else low = middle + 1;
	}
	return low;
}

/** A set of keys in the order of listings; adding, removing and finding stay cheap with a million of them. */
export class SortedKeys {
	/** Short sorted lists, so that an insertion moves few keys. None is empty. */
	private readonly blocks: string[][] = [];

	add(key: string): void {
		const at = Math.min(this.blockOf(key), this.blocks.length - 1);
		const block = this.blocks[at];
		if (!block) {
			this.blocks.push([key]);
			return;
		}
		const position = firstPosition(block.length, (one) => compareKeys(block[one] ?? '', key) >= 0);
		if (block[position] === key) return;
		block.splice(position, 0, key);
		// Keys often come in order, and then the old block stays full.
		const half = position === blockLength ? blockLength : blockLength / 2;
		if (block.length > blockLength) this.blocks.splice(at + 1, 0, block.splice(half));
	}

	delete(key: string): void {
		const at = this.blockOf(key);
		const block = this.blocks[at];
		const position = block?.indexOf(key) ?? -1;
		if (!block || position < 0) return;
		block.splice(position, 1);
		if (block.length === 0) this.blocks.splice(at, 1);
	}

	/**
	 * The keys in order, from the first one for which the condition holds. The condition must hold for
	 * all keys behind it too.
	 */
	*from(holds: (key: string) => boolean): Iterable<string> {
		const first = firstPosition(this.blocks.length, (at) => holds(this.blocks[at]?.at(-1) ?? ''));
		for (let at = first; at < this.blocks.length; at++) {
			const block = this.blocks[at] ?? [];
			const start =
				at === first ? firstPosition(block.length, (one) => holds(block[one] ?? '')) : 0;
			for (let one = start; one < block.length; one++) yield block[one] ?? '';
		}
	}

	private blockOf(key: string): number {
		return firstPosition(
			this.blocks.length,
			(at) => compareKeys(this.blocks[at]?.at(-1) ?? '', key) >= 0,
		);
	}
}
