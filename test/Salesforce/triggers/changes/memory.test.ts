import { Bin, MOST_DELETED } from '../../../../nodes/Salesforce/triggers/changes/bin';
import { eventOf, EventMaker } from '../../../../nodes/Salesforce/triggers/changes/events';
import type { EventKind } from '../../../../nodes/Salesforce/triggers/changes/events';
import {
	freshMemory,
	learnChange,
	learnDeletion,
	read,
	write,
} from '../../../../nodes/Salesforce/triggers/changes/memory';
import type { Memory } from '../../../../nodes/Salesforce/triggers/changes/memory';
import { endRound, progressFrom } from '../../../../nodes/Salesforce/triggers/changes/progress';
import { MOST_RECORDS, Values } from '../../../../nodes/Salesforce/triggers/changes/values';

const MINUTE = 60_000;
const T = Date.parse('2026-11-26T10:00:00Z');
const idOf = (n: number) => `001${String(n).padStart(12, '0')}AAA`;

describe('what is an event', () => {
	const opened = (kinds: EventKind[], fields: string[] = []) => {
		const memory = freshMemory('x', 0);
		memory.changes = progressFrom(T);
		memory.deletions = progressFrom(T);
		memory.values = new Values(fields);
		const events = new EventMaker('Account', kinds, memory);
		/** What the row is to the workflow; it is learned. */
		const see = (id: number, minutes: number, created: number, record: object = {}) => {
			const place = { id: idOf(id), time: T + minutes * MINUTE };
			const row = { ...place, created: T + created * MINUTE, record: { ...record } };
			const event = events.ofChange(row);
			learnChange(memory, row);
			return event && { ...event };
		};
		const round = (until: number) => {
			memory.changes ??= progressFrom(T);
			memory.changes.round = { until: T + until * MINUTE, at: { time: T, id: '' } };
		};
		const endOfRound = () => memory.changes && endRound(memory.changes);
		return { memory, events, see, round, endOfRound };
	};
	const all: EventKind[] = ['created', 'updated', 'deleted', 'undeleted'];

	test('new, changed since, and the same again', () => {
		const { see } = opened(all);
		expect(see(1, 1, 1)?.event).toBe('created');
		expect(see(1, 1, 1)).toBeUndefined();
		expect(see(1, 2, 1)?.event).toBe('updated');
		expect(see(2, 2, -1_000)?.event).toBe('updated');
	});

	test('a record that was made and changed before it was found is both', () => {
		expect(opened(['updated']).see(1, 6, 1)?.event).toBe('updated');
		expect(opened(['created']).see(1, 6, 1)?.event).toBe('created');
		expect(opened(all).see(1, 6, 1)?.event).toBe('created');
		expect(opened(['updated']).see(1, 1, 1)).toBeUndefined();
	});

	test('a record that is passed on, and changed while others are, is new only once', () => {
		const { see, round, endOfRound } = opened(all);
		round(10);
		expect(see(1, 1, 1)?.event).toBe('created');
		expect(see(2, 5, 5)?.event).toBe('created');
		// Of an earlier time, but not seen so far: it was changed before its turn came.
		expect(see(3, 12, 1)?.event).toBe('created');
		expect(see(1, 12, 1)?.event).toBe('updated');
		endOfRound();
		expect(see(1, 12, 1)).toBeUndefined();
		expect(see(2, 13, 5)?.event).toBe('updated');
	});

	test('what is settled and was there before is not remembered one by one', () => {
		const { memory, see, round } = opened(all);
		round(10);
		for (let n = 1; n <= 100; n++) expect(see(n, 1, -50)?.event).toBe('updated');
		expect(memory.changes?.recent.size).toBe(0);
		expect(memory.changes?.round?.at).toEqual({ time: T + MINUTE, id: idOf(100) });
	});

	test('what is remembered is as much as the window holds, and goes with it', () => {
		const { memory, see, round, endOfRound } = opened(all);
		round(0);
		for (let n = 0; n < 25_000; n++) see(n, 1, 1);
		expect(memory.changes?.recent.size).toBe(25_000);
		endOfRound();
		expect(memory.changes?.recent.size).toBe(25_000);
		round(2);
		endOfRound();
		expect(memory.changes?.recent.size).toBe(0);
	});

	test('a record that was deleted comes back; only one whose deletion was seen', () => {
		const { memory, events, see } = opened(all);
		const deletion = { id: idOf(1), time: T + MINUTE };
		expect(events.ofDeletion(deletion)?.event).toBe('deleted');
		learnDeletion(memory, deletion, true);
		expect(events.ofDeletion(deletion)).toBeUndefined();
		expect(see(1, 2, -50)?.event).toBe('undeleted');
		expect(see(1, 3, -50)?.event).toBe('updated');
		const again = { id: idOf(1), time: T + 4 * MINUTE };
		expect(events.ofDeletion(again)?.event).toBe('deleted');
	});

	test('a record that was merged says where it went', () => {
		const { events } = opened(all);
		const record = { Id: idOf(1), MasterRecordId: idOf(2) };
		expect(events.ofDeletion({ id: idOf(1), time: T, record })).toMatchObject({
			...{ event: 'deleted', mergedInto: idOf(2), record },
		});
	});

	test('only when one of these fields has changed', () => {
		const { see } = opened(['updated'], ['Status', 'Amount']);
		const record = { Status: 'New', Amount: 1 };
		// Nothing is known of it: what cannot be told is passed on.
		expect(see(1, 1, -50, record)).not.toHaveProperty('changedFields');
		expect(see(1, 2, -50, { ...record, Name: 'other' })).toBeUndefined();
		expect(see(1, 3, -50, { ...record, Amount: null })?.changedFields).toEqual(['Amount']);
		expect(see(1, 4, -50, { Status: 'Closed', Amount: 2 })?.changedFields).toEqual([
			...['Status', 'Amount'],
		]);
	});

	test('the same event has the same id in every process, and no other has it', () => {
		const place = { id: idOf(1), time: T };
		const id = eventOf('created', 'Account', place, {}).eventId;
		expect(eventOf('created', 'Account', place, { record: { Name: 'x' } }).eventId).toBe(id);
		expect(eventOf('updated', 'Account', place, {}).eventId).not.toBe(id);
		expect(eventOf('created', 'Account', { ...place, time: T + 1 }, {}).eventId).not.toBe(id);
	});
});

describe('what is remembered', () => {
	const busy = (): Memory => {
		const memory = freshMemory('Account', 7);
		memory.changes = progressFrom(T);
		memory.changes.round = { until: T + MINUTE, at: { time: T, id: idOf(3) } };
		memory.changes.recent.set('001000000000001', T + 5);
		memory.bin.put(idOf(9), T);
		memory.values = new Values(['Name']);
		memory.values.learn(idOf(4), { Name: 'a b' });
		memory.pending.push({ id: 'b', events: [], at: 1 });
		return memory;
	};

	test('is the same after it was written and read', async () => {
		const memory = busy();
		const again = await read(await write(memory), 'Account');
		expect(again).toEqual(memory);
		expect(again?.values.changed(idOf(4), { Name: 'a b' })).toEqual([]);
		const empty = freshMemory('Account', 7);
		expect(await read(await write(empty), 'Account')).toEqual(empty);
	});

	test('is nothing where it is about something else', async () => {
		expect(await read(await write(busy()), 'Contact')).toBeUndefined();
		expect(await read(undefined, 'Account')).toBeUndefined();
	});

	test('has bounds where it would grow without end', () => {
		const values = new Values(['Name']);
		for (let n = 0; n < MOST_RECORDS + 5; n++) values.learn(idOf(n), { Name: n });
		expect(values.known.size).toBe(MOST_RECORDS);
		expect(values.changed(idOf(0), { Name: 0 })).toBeUndefined();
		const bin = new Bin();
		for (let n = 0; n < MOST_DELETED + 5; n++) bin.put(idOf(n), T);
		expect(bin.known.size).toBe(MOST_DELETED);
		bin.put(idOf(1), T + 20 * 24 * 60 * MINUTE);
		expect(bin.known.size).toBe(1);
	});

	test('25,000 records of one minute take less than 300 kB of the memory of the workflow', async () => {
		const memory = freshMemory('Account', 7);
		const changes = progressFrom(T);
		memory.changes = changes;
		for (let n = 0; n < 25_000; n++)
			changes.recent.set(idOf(n * 7).slice(0, 15), T + Math.floor(n / 400) * 1_000);
		expect((await write(memory)).length).toBeLessThan(300_000);
	});
});
