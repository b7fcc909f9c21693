/** What the work for one item reads and what it changes, each by a name. */
export interface Touched {
	reads: readonly string[];
	changes: readonly string[];
}

/**
 * Keeps the order of the calls where it matters: work waits for all earlier work that changes what
 * it touches, and for all that reads what it changes. It waits for earlier work only, so that there
 * is always some that waits for nobody.
 */
export class Lanes {
	private readonly changing = new Map<string, Promise<unknown>>();
	private readonly reading = new Map<string, Set<Promise<unknown>>>();

	/** @param names what is changed, where it is one thing and nothing is read */
	async run<T>(names: string | Touched, work: () => Promise<T>): Promise<T> {
		const touched = typeof names === 'string' ? { reads: [], changes: [names] } : names;
		const before = this.before(touched);
		const mine = before.length > 0 ? Promise.allSettled(before).then(work) : work();
		for (const name of touched.changes) {
			this.changing.set(name, mine);
			this.reading.delete(name);
		}
		for (const name of touched.reads) {
			const readers = this.reading.get(name) ?? new Set();
			this.reading.set(name, readers.add(mine));
		}
		try {
			return await mine;
		} finally {
			this.forget(touched, mine);
		}
	}

	private before({ reads, changes }: Touched): Array<Promise<unknown>> {
		const changed = [...reads, ...changes].flatMap((name) => this.changing.get(name) ?? []);
		return [...changed, ...changes.flatMap((name) => [...(this.reading.get(name) ?? [])])];
	}

	private forget({ reads, changes }: Touched, done: Promise<unknown>): void {
		for (const name of changes) if (this.changing.get(name) === done) this.changing.delete(name);
		for (const name of reads) {
			const readers = this.reading.get(name);
			if (readers?.delete(done) && readers.size === 0) this.reading.delete(name);
		}
	}
}
