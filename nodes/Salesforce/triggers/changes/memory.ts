import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { RunsMemory } from '../../../shared/node/triggerRuns';
import type { DeletedRow } from '../../transport/changes/binned';
import type { ChangedRow } from '../../transport/changes/rows';
import { Bin } from './bin';
import type { ChangeEvent } from './events';
import type { Progress } from './progress';
import { passOn } from './progress';
import { Values } from './values';

/** What a trigger remembers from process to process. */
export interface Memory extends RunsMemory<ChangeEvent> {
	/** what it is about */
	watched: string;
	/** where it was found; undefined: it was not asked yet */
	organization?: string;
	/** undefined: not followed yet */
	changes?: Progress;
	deletions?: Progress;
	bin: Bin;
	values: Values;
}

export const freshMemory = (watched: string, since: number): Memory => ({
	...{ watched, since, serial: 0, pending: [] },
	...{ bin: new Bin(), values: new Values([]) },
});

/** The credential leads to another org than before, of which nothing is known. */
export function beginAnew(memory: Memory, organization: string): void {
	const before = memory.organization;
	// Some ways of signing in do not say it.
	if (organization === '' || organization === before) return;
	memory.organization = organization;
	if (before === undefined) return;
	memory.changes = undefined;
	memory.deletions = undefined;
	memory.bin = new Bin();
	memory.values = new Values([]);
}

/** A change was passed on, or is none that anybody waits for. */
export function learnChange({ changes, bin, values }: Memory, row: ChangedRow): void {
	if (changes) passOn(changes, row, row.created);
	bin.take(row.id);
	values.learn(row.id, row.record);
}

/** @param keep whether it may come back, and that would be an event */
export function learnDeletion(
	{ deletions, bin, values }: Memory,
	{ id, time }: Pick<DeletedRow, 'id' | 'time'>,
	keep: boolean,
): void {
	if (deletions) passOn(deletions, { id, time });
	if (keep) bin.put(id, time);
	values.forget(id);
}

type Table = [ids: string, values: Array<number | string>];
type WrittenProgress = Omit<Progress, 'recent'> & { recent: Table };
interface Written extends Omit<Memory, 'bin' | 'changes' | 'deletions' | 'values'> {
	changes?: WrittenProgress;
	deletions?: WrittenProgress;
	bin: Table;
	fields: string[];
	values: Table;
}

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

/** As one text: n8n writes the whole of it again with every run that it starts. */
export async function write({ changes, deletions, bin, values, ...rest }: Memory): Promise<string> {
	const written: Written = {
		...rest,
		...(changes && { changes: { ...changes, recent: tableOf(changes.recent) } }),
		...(deletions && { deletions: { ...deletions, recent: tableOf(deletions.recent) } }),
		bin: tableOf(bin.known),
		fields: values.fields,
		values: tableOf(values.known),
	};
	return (await pack(JSON.stringify(written))).toString('base64');
}

/** @returns `undefined` where nothing was kept, or about something else */
export async function read(text: unknown, watched: string): Promise<Memory | undefined> {
	if (typeof text !== 'string' || text === '') return undefined;
	const written: Written = JSON.parse((await unpack(Buffer.from(text, 'base64'))).toString());
	const { changes, deletions, bin, fields, values, ...rest } = written;
	if (rest.watched !== watched) return undefined;
	return {
		...rest,
		...(changes && { changes: { ...changes, recent: numbersIn(changes.recent) } }),
		...(deletions && { deletions: { ...deletions, recent: numbersIn(deletions.recent) } }),
		bin: new Bin(numbersIn(bin)),
		values: new Values(fields, textsIn(values)),
	};
}

// Column by column, which packs away best.
const tableOf = (map: Map<string, number | string>): Table => [
	[...map.keys()].join(' '),
	[...map.values()],
];

const rowsOf = ([ids, values]: Table) =>
	values.length === 0 ? [] : ids.split(' ').map((id, n) => [id, values[n] ?? ''] as const);

const numbersIn = (table: Table) =>
	new Map(rowsOf(table).map(([id, value]) => [id, Number(value)] as const));

const textsIn = (table: Table) =>
	new Map(rowsOf(table).map(([id, value]) => [id, String(value)] as const));
