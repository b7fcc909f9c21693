import type { Value } from '../store/row.ts';
import type { Store } from '../store/store.ts';

/** A long transaction: what it does carries the time of the doing, but is seen only when it commits. */
export class OpenTransaction {
	/** Milliseconds, by the clock of the org. */
	readonly begunAt: number;
	private readonly steps: Array<() => void> = [];
	private readonly store: Store;
	private readonly ended: (transaction: OpenTransaction) => void;

	constructor(store: Store, ended: (transaction: OpenTransaction) => void) {
		this.store = store;
		this.ended = ended;
		this.begunAt = store.clock.now();
	}

	insert(object: string, values: Record<string, Value>): void {
		const CreatedDate = this.store.clock.stamp();
		this.steps.push(() => this.store.insert(object, { CreatedDate, ...values }));
	}

	update(id: string, values: Record<string, Value>): void {
		const stamp = this.store.clock.stamp();
		const times = { LastModifiedDate: stamp, SystemModstamp: stamp };
		this.steps.push(() => this.store.update(id, { ...times, ...values }));
	}

	/** Everything it did is there now, with the times it was done at. */
	commit(): void {
		this.store.transaction(() => {
			for (const step of this.steps) step();
		});
		this.ended(this);
	}

	rollback(): void {
		this.ended(this);
	}
}

/** The transactions that are under way. */
export class OpenTransactions {
	private readonly open = new Set<OpenTransaction>();
	private readonly store: Store;

	constructor(store: Store) {
		this.store = store;
	}

	begin(): OpenTransaction {
		const transaction = new OpenTransaction(this.store, (ended) => this.open.delete(ended));
		this.open.add(transaction);
		return transaction;
	}

	/** What was done before that is committed; milliseconds, by the clock of the org. */
	coveredUntil(): number {
		return Math.min(this.store.clock.now(), ...[...this.open].map(({ begunAt }) => begunAt));
	}
}

/** Changes the system time of records without anybody having modified them, as background jobs do. */
export function touch(store: Store, ids: readonly string[]): void {
	store.transaction(() => {
		for (const id of ids) {
			const { LastModifiedById, LastModifiedDate } = store.find(id)?.values ?? {};
			store.update(id, {
				LastModifiedDate: LastModifiedDate ?? null,
				LastModifiedById: LastModifiedById ?? null,
			});
		}
	});
}
