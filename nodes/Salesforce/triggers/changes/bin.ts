import { DELETIONS_KEPT_MS } from '../../transport/changes/deleted';
import { shortId } from '../../transport/changes/rows';

/** Deleted records that are remembered, so that one that comes back is known. */
export const MOST_DELETED = 50_000;

/** What lies in the recycle bin of the org, as far as it is known: id -> when it was deleted. */
export class Bin {
	constructor(readonly known = new Map<string, number>()) {}

	has(id: string): boolean {
		return this.known.has(shortId(id));
	}

	put(id: string, time: number): void {
		const key = shortId(id);
		this.known.delete(key);
		this.known.set(key, time);
		for (const [oldest, at] of this.known) {
			// Nobody gets it back after that.
			if (this.known.size <= MOST_DELETED && at > time - DELETIONS_KEPT_MS) break;
			this.known.delete(oldest);
		}
	}

	take(id: string): void {
		this.known.delete(shortId(id));
	}
}
