import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { RunsMemory } from '../../../shared/node/triggerRuns';
import type { StreamedEvent } from './items';
import type { Mechanism } from './mechanisms';
import type { Within } from './reread';

/** Up to where events are in a run. */
export interface Position {
	/** which org it is of */
	org?: string;
	/** what `after` is of: no other mechanism understands it */
	by?: Mechanism;
	/** the last event; where there was none: what is older than `since` is not meant, or all is */
	after?: string;
	/** ms since 1970, by the clock of the org */
	since?: number;
	/** when the last of the events up to there was published: ms since 1970 */
	at?: number;
	/** how far the event that comes next, named in short, is in a run already */
	within?: Within & { event: string };
}

/** So many of the last events are known again. */
export const MOST_SEEN = 1_000;

/** What a trigger remembers from process to process. */
export interface Memory extends RunsMemory<StreamedEvent> {
	/** which topic it is about */
	topic: string;
	position: Position;
	/** the last events, in short: Salesforce may send them again when a position is lost */
	seen: string[];
}

export const freshMemory = (topic: string, since: number): Memory => ({
	...{ topic, since, serial: 0, position: {}, seen: [], pending: [] },
});

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

/** As one text: n8n writes the whole of it again with every run that it starts. */
export const write = async (memory: Memory): Promise<string> =>
	(await pack(JSON.stringify(memory))).toString('base64');

/** @returns `undefined` where nothing was kept, or about another topic */
export async function read(text: unknown, topic: string): Promise<Memory | undefined> {
	if (typeof text !== 'string' || text === '') return undefined;
	const memory: Memory = JSON.parse((await unpack(Buffer.from(text, 'base64'))).toString());
	return memory.topic === topic ? memory : undefined;
}
