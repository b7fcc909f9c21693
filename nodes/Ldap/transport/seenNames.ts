const FIRST_SLOTS = 1_024;

/**
 * Which names were seen, in about 16 bytes each: 64 bits of a hash of every name. Two of a million
 * names have the same with a probability of 1 to 30,000,000.
 */
export class SeenNames {
	private high = new Uint32Array(FIRST_SLOTS);
	private low = new Uint32Array(FIRST_SLOTS);
	private count = 0;

	/** @returns whether it is new */
	add(name: string): boolean {
		// cyrb53 by bryc (public domain), with all of its 64 bits
		let a = 0xdeadbeef;
		let b = 0x41c6ce57;
		for (let at = 0; at < name.length; at++) {
			const unit = name.charCodeAt(at);
			a = Math.imul(a ^ unit, 2654435761);
			b = Math.imul(b ^ unit, 1597334677);
		}
		a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
		b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
		// 0 and 0 is an empty slot.
		const isNew = this.put(a >>> 0, b >>> 0 || 1);
		if (isNew && ++this.count * 2 > this.low.length) this.grow();
		return isNew;
	}

	private put(high: number, low: number): boolean {
		const mask = this.low.length - 1;
		for (let at = low & mask; ; at = (at + 1) & mask) {
			if (this.low[at] === 0) {
				this.high[at] = high;
				this.low[at] = low;
				return true;
			}
			if (this.low[at] === low && this.high[at] === high) return false;
		}
	}

	private grow(): void {
		const { high, low } = this;
		this.high = new Uint32Array(low.length * 2);
		this.low = new Uint32Array(low.length * 2);
		for (let at = 0; at < low.length; at++) if (low[at]) this.put(high[at] ?? 0, low[at] ?? 0);
	}
}
