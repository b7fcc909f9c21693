import type { S3Client } from './client';

// With the one piece that every transfer may always have, this is the most that is kept in memory.
const SPARE_PIECES = 8;

/** How many pieces may be fetched ahead, over all downloads of one run. */
class Spare {
	private left = SPARE_PIECES;

	/** @returns false: not now */
	take(): boolean {
		if (this.left === 0) return false;
		this.left--;
		return true;
	}

	give(count = 1): void {
		this.left += count;
	}
}

const spares = new WeakMap<S3Client, Spare>();

export function spareOf(s3: S3Client): Spare {
	const spare = spares.get(s3) ?? new Spare();
	spares.set(s3, spare);
	return spare;
}
