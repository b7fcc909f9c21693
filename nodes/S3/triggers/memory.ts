import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Known, ObjectEvent } from './watch';

/** How a run of the workflow ended; `unknown`: it was started by a process that is gone. */
export type RunOutcome = 'failed' | 'succeeded' | 'unknown';

/** Events of one run of the workflow that is not known to have ended. */
export interface Batch {
	/** same for the same batch in every process: n8n starts no second run for it */
	id: string;
	events: ObjectEvent[];
	/** the run has ended, and what is to follow has not been done */
	ended?: RunOutcome;
}

/** What a trigger remembers from poll to poll. */
export interface Memory {
	/** which bucket and prefix it is about */
	watched: string;
	/** when it began: ms since 1970 */
	since: number;
	/** number of the last batch */
	serial: number;
	known: Known;
	pending: Batch[];
}

interface Written {
	watched: string;
	since: number;
	serial: number;
	keys: string[];
	/** in the order of the keys, 8 characters each */
	looks: string;
	pending: Batch[];
}

const LOOK_LENGTH = 8;
const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

/** As one text: n8n writes the whole of it again with every run that it starts. */
export async function write({ known, ...rest }: Memory): Promise<string> {
	// In order, so that what keys begin with is packed away.
	const keys = [...known.keys()].sort();
	const looks = keys.map((key) => known.get(key)).join('');
	const written: Written = { ...rest, keys, looks };
	return (await pack(JSON.stringify(written))).toString('base64');
}

/** @returns `undefined` where nothing was kept, or about something else */
export async function read(text: unknown, watched: string): Promise<Memory | undefined> {
	if (typeof text !== 'string' || text === '') return undefined;
	const bytes = await unpack(Buffer.from(text, 'base64'));
	const { keys, looks, ...rest }: Written = JSON.parse(bytes.toString());
	if (rest.watched !== watched) return undefined;
	const known = new Map(
		keys.map((key, n) => [key, looks.slice(n * LOOK_LENGTH, (n + 1) * LOOK_LENGTH)]),
	);
	return { ...rest, known };
}
