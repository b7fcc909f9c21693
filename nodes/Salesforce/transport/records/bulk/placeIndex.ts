import { createHash } from 'node:crypto';

const FIRST_SLOTS = 1_024;
const MOST_LOAD = 0.7;
const NONE = -1;

/**
 * Finds places by texts, of which only 64 bits of their SHA-1 are kept: a Map would take ten times the
 * memory. Places with the same text are given one after the other, in their order.
 */
export class PlaceIndex {
	private slots = FIRST_SLOTS;
	private high = new Uint32Array(FIRST_SLOTS);
	private low = new Uint32Array(FIRST_SLOTS);
	/** of each slot: the first entry with this text, the last one, and the next one to be given */
	private first = new Int32Array(FIRST_SLOTS).fill(NONE);
	private last = new Int32Array(FIRST_SLOTS);
	private given = new Int32Array(FIRST_SLOTS);
	private used = 0;
	private entries = 0;
	private place = new Int32Array(FIRST_SLOTS);
	private after = new Int32Array(FIRST_SLOTS);

	add(key: Buffer, place: number): void {
		if (this.used >= this.slots * MOST_LOAD) this.grow();
		if (this.entries === this.place.length) {
			this.place = enlarged(this.place);
			this.after = enlarged(this.after);
		}
		const entry = this.entries++;
		this.place[entry] = place;
		this.after[entry] = NONE;
		const slot = this.slotOf(key.readUInt32LE(0), key.readUInt32LE(4));
		if (this.first[slot] === NONE) {
			this.used++;
			this.high[slot] = key.readUInt32LE(0);
			this.low[slot] = key.readUInt32LE(4);
			this.first[slot] = entry;
			this.given[slot] = entry;
		} else this.after[this.last[slot] ?? 0] = entry;
		this.last[slot] = entry;
	}

	/** Another look through the places, which changes nothing until it is kept. */
	look(): Look {
		const given = this.given.slice();
		return {
			next: (key) => {
				const slot = this.slotOf(key.readUInt32LE(0), key.readUInt32LE(4));
				const entry = this.first[slot] === NONE ? NONE : (given[slot] ?? NONE);
				if (entry === NONE) return undefined;
				given[slot] = this.after[entry] ?? NONE;
				return this.place[entry];
			},
			keep: () => {
				this.given = given;
			},
		};
	}

	private slotOf(high: number, low: number): number {
		let slot = low & (this.slots - 1);
		while (this.first[slot] !== NONE && (this.high[slot] !== high || this.low[slot] !== low))
			slot = (slot + 1) & (this.slots - 1);
		return slot;
	}

	/** Nothing was given yet: places are looked for when all are there. */
	private grow(): void {
		const { slots, high, low, first, last } = this;
		this.slots = slots * 2;
		this.high = new Uint32Array(this.slots);
		this.low = new Uint32Array(this.slots);
		this.first = new Int32Array(this.slots).fill(NONE);
		this.last = new Int32Array(this.slots);
		this.given = new Int32Array(this.slots);
		for (let old = 0; old < slots; old++) {
			if (first[old] === NONE) continue;
			const slot = this.slotOf(high[old] ?? 0, low[old] ?? 0);
			this.high[slot] = high[old] ?? 0;
			this.low[slot] = low[old] ?? 0;
			this.first[slot] = first[old] ?? NONE;
			this.given[slot] = first[old] ?? NONE;
			this.last[slot] = last[old] ?? 0;
		}
	}
}

export interface Look {
	/** the next place with this text, or undefined */
	next(key: Buffer): number | undefined;
	/** What it gave is not given again. */
	keep(): void;
}

export const keyOf = (text: string): Buffer => createHash('sha1').update(text).digest();

function enlarged(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
	const larger = new Int32Array(array.length * 2);
	larger.set(array);
	return larger;
}
