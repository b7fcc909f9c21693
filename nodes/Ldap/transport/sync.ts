import { BerReader, Tag, enumerated, octets, sequence } from './ber';
import type { SearchAnswer } from './message';
import type { Control } from './search';
import { uuidText } from './uuid';

// Content synchronization: https://www.rfc-editor.org/rfc/rfc4533 section 2

export const SYNC_REQUEST = '1.3.6.1.4.1.4203.1.9.1.1';
export const SYNC_STATE = '1.3.6.1.4.1.4203.1.9.1.2';
export const SYNC_INFO = '1.3.6.1.4.1.4203.1.9.1.4';

/** e-syncRefreshRequired (section 2.2): the server does not know any more what came after the cookie. */
export const SYNC_REFRESH_REQUIRED = 4096;

const REFRESH_AND_PERSIST = 3;

/** Asks for what has changed since the cookie, and then for every change. */
export const syncRequest = (cookie?: Buffer): Control => ({
	oid: SYNC_REQUEST,
	critical: true,
	value: sequence(enumerated(REFRESH_AND_PERSIST), ...(cookie ? [octets(cookie)] : [])),
});

const STATES = ['present', 'add', 'modify', 'delete'] as const;

/** What an entry is sent for. */
export interface SyncState {
	state: (typeof STATES)[number];
	/** entryUUID */
	id: string;
	cookie?: Buffer;
}

/** @throws BerError where it is no state */
export function syncStateOf(controls: readonly Control[]): SyncState | undefined {
	const value = controls.find(({ oid }) => oid === SYNC_STATE)?.value;
	if (!value) return undefined;
	const reader = new BerReader(value);
	reader.enter(Tag.sequence);
	const state = STATES[reader.enumerated()] ?? 'modify';
	const id = uuidText(reader.octets());
	return { state, id, cookie: optionalCookie(reader) };
}

/**
 * What the server says between entries.
 * cookie          only where to go on from
 * refreshDelete   a phase has ended that named what is gone
 * refreshPresent  a phase has ended that named what is there: everything else is gone
 * ids             entries that are gone or, in a phase of what is there, unchanged
 */
export type SyncInfo =
	| { type: 'cookie'; cookie: Buffer }
	| { type: 'refreshDelete' | 'refreshPresent'; cookie?: Buffer; refreshDone: boolean }
	| { type: 'ids'; cookie?: Buffer; deleted: boolean; ids: string[] };

/** @throws BerError where it is no sync info message */
export function syncInfoOf(answer: SearchAnswer): SyncInfo | undefined {
	if (answer.type !== 'intermediate' || answer.oid !== SYNC_INFO || !answer.value) return undefined;
	const reader = new BerReader(answer.value);
	const tag = reader.peek();
	if (tag === Tag.context) return { type: 'cookie', cookie: Buffer.from(reader.octets(tag)) };
	reader.enter(tag);
	const cookie = optionalCookie(reader);
	if (tag === (Tag.contextOf | 3)) {
		const deleted = reader.peek() === Tag.boolean && reader.boolean();
		const ids: string[] = [];
		reader.enter(Tag.set);
		while (reader.more) ids.push(uuidText(reader.octets()));
		return { type: 'ids', cookie, deleted, ids };
	}
	const refreshDone = reader.peek() === Tag.boolean ? reader.boolean() : true;
	if (tag === (Tag.contextOf | 1)) return { type: 'refreshDelete', cookie, refreshDone };
	if (tag === (Tag.contextOf | 2)) return { type: 'refreshPresent', cookie, refreshDone };
	// A later version of the protocol.
	return undefined;
}

/** Copied: what was read is a view into the bytes of the connection. */
const optionalCookie = (reader: BerReader): Buffer | undefined =>
	reader.peek() === Tag.octets ? Buffer.from(reader.octets()) : undefined;
