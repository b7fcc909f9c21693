import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../resilience/failure';
import type { DurableStore, Entry, Known } from '../resilience/ledger';
import { REMEMBERED_MS } from '../resilience/ledger';

const open = new Map<string, DatabaseSync>();

// Other processes on this machine (workers) write to the same file.
const SETTINGS = `
	PRAGMA journal_mode = WAL;
	PRAGMA synchronous = NORMAL;
	PRAGMA busy_timeout = 5000;
	CREATE TABLE IF NOT EXISTS entries (
		key TEXT PRIMARY KEY, work TEXT NOT NULL, entry TEXT NOT NULL, at INTEGER NOT NULL
	) WITHOUT ROWID;
	CREATE INDEX IF NOT EXISTS entries_at ON entries (at);
`;

const INSERT =
	'INSERT INTO entries (key, work, entry, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
const INTENDED = '{"state":"intended"}';

/**
 * A ledger in an SQLite file of this machine. It survives a killed process; the last moments before
 * a power failure may be missing (SQLite: synchronous = NORMAL in WAL mode).
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 * @param file is made where it is missing; its folder must be there
 */
export function ledgerFile<Rows>(file: string, now: () => number): DurableStore<Rows> {
	const database = () => openDatabase(file, now);
	const write = (key: string, work: string, entry: Entry<Rows>) =>
		database()
			.prepare('INSERT OR REPLACE INTO entries (key, work, entry, at) VALUES (?, ?, ?, ?)')
			.run(key, work, JSON.stringify(entry), now());
	return {
		close: async () => {
			open.get(file)?.close();
			open.delete(file);
		},
		begin: async (key, work) =>
			await attempt(file, () => {
				// Until one of both tells: another process may forget the entry in between.
				for (;;) {
					const { changes } = database().prepare(INSERT).run(key, work, INTENDED, now());
					if (changes === 1) return undefined;
					const row = database().prepare('SELECT work, entry FROM entries WHERE key = ?').get(key);
					if (!row) continue;
					const entry = JSON.parse(String(row.entry)) as Known<Rows>['entry'];
					return { work: String(row.work), entry };
				}
			}),
		end: async (key, work, entry) => await attempt(file, () => void write(key, work, entry)),
		forget: async (key) =>
			await attempt(file, () => {
				database().prepare('DELETE FROM entries WHERE key = ?').run(key);
			}),
	};
}

function openDatabase(file: string, now: () => number): DatabaseSync {
	const known = open.get(file);
	if (known) return known;
	// Not at the top: n8n loads this file in every process, and Node warns that the module is new.
	const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
	const database = new DatabaseSync(file);
	database.exec(SETTINGS);
	database.prepare('DELETE FROM entries WHERE at < ?').run(now() - REMEMBERED_MS);
	open.set(file, database);
	return database;
}

async function attempt<T>(file: string, work: () => T): Promise<T> {
	try {
		return work();
	} catch (cause) {
		throw new Failure({
			kind: 'unavailable',
			phase: 'notSent',
			code: 'LEDGER_UNAVAILABLE',
			message: `The ledger file ${file} cannot be used: ${(cause as Error).message}`,
			hint: 'Check that its folder is there and n8n may write to it, or name another place in N8N_RESILIENT_LEDGER. The durable ledger needs Node 22.13 or newer.',
			cause,
		});
	}
}
