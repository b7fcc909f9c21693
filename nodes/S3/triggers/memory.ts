import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { RunsMemory } from '../../shared/node/triggerRuns';
import type { Known, ObjectEvent } from './watch';

/** What a trigger remembers from poll to poll. */
export interface Memory extends RunsMemory<ObjectEvent> {
	/** which bucket and prefix it is about */
	watched: string;
	known: Known;
}

interface Written extends Omit<Memory, 'known'> {
	keys: string[];
	/** in the order of the keys, 8 characters each */
	looks: string;
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
