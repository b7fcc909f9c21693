import { setImmediate as turn } from 'node:timers/promises';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { RunsMemory } from '../../shared/node/triggerRuns';
import type { DirectoryEvent } from './events';
import type { KnownEntry } from './known';
import { Known, SHELVES } from './known';

/** An event with an id of its own: the same when it is found again after a kill. */
export type NumberedEvent = DirectoryEvent & { eventId: string };

/** What a trigger remembers from process to process. */
export interface Memory extends RunsMemory<NumberedEvent> {
	/** what it is about */
	watched: string;
	/** where the source goes on from; '': from the beginning */
	cursor: string;
	/** how many events there have been */
	events: number;
	known: Known;
	/** events that are in no batch yet */
	waiting: NumberedEvent[];
}

type Written = Omit<Memory, 'known'>;
type Parts = Record<string, string | undefined>;

const STATE = 'state';
const shelfName = (n: number) => `known${n}`;

export const freshMemory = (watched: string, since: number): Memory => ({
	...{ watched, since, serial: 0, cursor: '', events: 0 },
	...{ known: new Known(), waiting: [], pending: [] },
});

/**
 * As texts, of which only those that have changed are made anew: n8n writes all of them again with
 * every run that it starts. All at one moment: what is known, what is pending and where to go on from
 * belong together.
 */
export function write({ known, ...state }: Memory): Parts {
	const parts: Parts = { [STATE]: packed(state satisfies Written) };
	for (let next = known.takeChanged(); next; next = known.takeChanged()) pack(parts, next);
	return parts;
}

/** The same for the first time, when all is new: others may do something in between. */
export async function writeAll(memory: Memory): Promise<Parts> {
	// What there may be of another subject.
	const parts: Parts = {};
	for (let n = 0; n < SHELVES; n++) parts[shelfName(n)] = undefined;
	for (let next = memory.known.takeChanged(); next; next = memory.known.takeChanged()) {
		pack(parts, next);
		await turn();
	}
	// What has changed in between is written once more.
	return { ...parts, ...write(memory) };
}

function pack(parts: Parts, [shelf, entries]: NonNullable<ReturnType<Known['takeChanged']>>): void {
	parts[shelfName(shelf)] = entries.length > 0 ? packed(entries) : undefined;
}

/** @returns `undefined` where nothing was kept, or about something else */
export async function read(
	parts: Readonly<Record<string, unknown>>,
	watched: string,
): Promise<Memory | undefined> {
	const state = parts[STATE];
	if (typeof state !== 'string') return undefined;
	const written: Written = JSON.parse(unpacked(state));
	if (written.watched !== watched) return undefined;
	const known = new Known();
	for (let n = 0; n < SHELVES; n++) {
		const shelf = parts[shelfName(n)];
		if (typeof shelf !== 'string') continue;
		known.restore(JSON.parse(unpacked(shelf)) as Array<[string, KnownEntry]>);
		await turn();
	}
	return { ...written, known };
}

const packed = (value: unknown) => deflateRawSync(JSON.stringify(value)).toString('base64');
const unpacked = (text: string) => inflateRawSync(Buffer.from(text, 'base64')).toString();
