import type { FailureDetails } from './failure';

/** What the ledger knows of one item. */
export type Entry<Rows> =
	| { state: 'done'; rows: Rows }
	/** its effect cannot be known, so it must not be sent again */
	| { state: 'failed'; failure: FailureDetails };

/** Where entries live: per run in n8n's execution context; a file or Redis can stand in its place. */
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
