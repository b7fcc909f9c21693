import type { FailureDetails } from './failure';

/** How the work of one item ended, in the words of the ledger. */
export type Entry<Rows> =
	| { state: 'done'; rows: Rows }
	/** its effect cannot be known, so it must not be sent again */
	| { state: 'failed'; failure: FailureDetails };

/** Where entries live that only have to outlive one try of the node. */
export interface LedgerStore<Rows> {
	get(key: string): Entry<Rows> | undefined;
	set(key: string, entry: Entry<Rows>): void;
}

/** Remembers nothing: `Ledger: Off`. */
export const noLedger: LedgerStore<never> = { get: () => undefined, set: () => {} };

/** Entries in a plain object that someone else keeps (JSON values only). */
export const ledgerIn = <Rows>(entries: Record<string, Entry<Rows>>): LedgerStore<Rows> => ({
	get: (key) => (Object.hasOwn(entries, key) ? entries[key] : undefined),
	set: (key, entry) => {
		entries[key] = entry;
	},
});

/** What a ledger that outlives the process knows of one key. */
export interface Known<Rows> {
	/** fingerprint of what was to be done: the same key must not stand for other work */
	work: string;
	/** `intended`: it was begun, and nobody wrote down how it ended */
	entry: Entry<Rows> | { state: 'intended' };
}

/** Entries that outlive the process, in a file or in Redis. Rejects with a Failure. */
export interface DurableStore<Rows> {
	/** Notes the work as intended, in one step, unless something is known of its key already. */
	begin(key: string, work: string): Promise<Known<Rows> | undefined>;
	end(key: string, work: string, entry: Entry<Rows>): Promise<void>;
	/** The work was not done: it may be begun again. */
	forget(key: string): Promise<void>;
	/** Gives file or connection back; the next call opens it again. */
	close(): Promise<void>;
}

/** So long a durable ledger remembers, in ms: 90 days. */
export const REMEMBERED_MS = 90 * 24 * 3_600_000;
