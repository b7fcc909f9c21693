import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { RunOutcome, RunsMemory } from '../../../nodes/shared/node/triggerRuns';
import { TriggerRuns } from '../../../nodes/shared/node/triggerRuns';
import { virtualClock } from '../virtualClock';

const DAY_MS = 24 * 3_600_000;

/** A process with the memory that the one before has written. */
function processWith(
	written: string,
	{ most = 1, knowsIds = true, clock = virtualClock(), name = randomUUID() } = {},
) {
	const memory = JSON.parse(written) as RunsMemory<string>;
	const kept: string[] = [];
	const ends = new Map<string, (outcome: RunOutcome) => void>();
	const started: string[] = [];
	const failures: unknown[] = [];
	const ended: string[] = [];
	const stopped = new AbortController();
	const runs = new TriggerRuns<string>(memory, {
		...{ clock, name, knowsIds, most, stopped: stopped.signal },
		keep: async () => void kept.push(JSON.stringify(memory)),
		ended: async ({ events }, outcome) => void ended.push(`${events.join()} ${outcome}`),
		failed: (error) => void failures.push(error),
	});
	const run = async (events: string[]) => {
		started.push(events.join());
		return await new Promise<RunOutcome>((end) => ends.set(events.join(), end));
	};
	return { memory, kept, ends, started, failures, ended, stopped, runs, run };
}

const NOTHING = JSON.stringify({ since: 0, serial: 0, pending: [] });
const pendingIn = (text = '') =>
	(JSON.parse(text) as RunsMemory<string>).pending.map(({ events }) => events.join());

test('a batch is written down before its run starts, and forgotten when it has ended', async () => {
	const { runs, run, kept, started, ends, memory, ended } = processWith(NOTHING);
	await runs.deliver(runs.add(['a', 'b']), run);
	expect(started).toEqual(['a,b']);
	expect(pendingIn(kept[0])).toEqual(['a,b']);
	expect(runs.hasPlace).toBe(false);
	ends.get('a,b')?.('succeeded');
	await runs.freePlace();
	expect(memory.pending).toEqual([]);
	expect(ended).toEqual(['a,b succeeded']);
});

test('the same events are another batch the second time, and the same in another process', async () => {
	const name = randomUUID();
	const idsOf = ({ runs }: ReturnType<typeof processWith>) => [
		runs.add(['a']).id,
		runs.add(['a']).id,
	];
	const ids = idsOf(processWith(NOTHING, { name }));
	expect(new Set(ids).size).toBe(2);
	expect(idsOf(processWith(NOTHING, { name }))).toEqual(ids);
	expect(idsOf(processWith(NOTHING))).not.toEqual(ids);
});

test('what was pending is started again under its id, as long as n8n knows ids', async () => {
	const clock = virtualClock();
	const before = processWith(NOTHING, { clock });
	const batch = before.runs.add(['a']);
	await before.runs.deliver(batch, before.run);
	const again = processWith(before.kept[0] ?? '', { clock });
	const ids: string[] = [];
	const [pending] = again.memory.pending;
	if (!pending) throw new Error('Nothing is pending');
	await again.runs.deliver(pending, async (_events, id) => {
		ids.push(id);
		return 'unknown';
	});
	// The run of the first process goes on as long as this process does.
	expect(ids).toEqual([]);
	before.ends.get('a')?.('succeeded');
	await turn();
	expect(again.ended).toEqual(['a succeeded']);
});

test('a batch of more than a day ago is not started again: n8n may have deleted what it knew of it', async () => {
	const clock = virtualClock();
	const written = (at: number) =>
		JSON.stringify({ since: 0, serial: 1, pending: [{ id: `id ${at}`, events: ['a'], at }] });
	for (const age of [DAY_MS - 1, DAY_MS + 1]) {
		const { runs, run, memory, started } = processWith(written(clock.now() - age), { clock });
		const [pending] = memory.pending;
		if (!pending) throw new Error('Nothing is pending');
		await runs.deliver(pending, run);
		expect(started).toEqual(age < DAY_MS ? ['a'] : []);
	}
});

test('without ids nothing that was pending is started again', async () => {
	const written = JSON.stringify({
		...{ since: 0, serial: 1 },
		pending: [{ id: 'an id of its own', events: ['a'], at: Date.now() }],
	});
	const { runs, run, memory, started, ended } = processWith(written, { knowsIds: false });
	const [pending] = memory.pending;
	if (!pending) throw new Error('Nothing is pending');
	await runs.deliver(pending, run);
	await turn();
	expect(started).toEqual([]);
	expect(ended).toEqual(['a unknown']);
});

test('a run that could not be started stays pending and is told', async () => {
	const { runs, memory, failures } = processWith(NOTHING);
	const batch = runs.add(['a']);
	await runs.deliver(batch, async () => await Promise.reject(new Error('no database')));
	await turn();
	expect(failures).toEqual([new Error('no database')]);
	expect(memory.pending).toEqual([batch]);
	expect(runs.hasPlace).toBe(true);
});

test('no more runs at a time than allowed, and none once it is stopped', async () => {
	const { runs, run, started, ends, stopped } = processWith(NOTHING, { most: 2 });
	const deliver = async (event: string) => await runs.deliver(runs.add([event]), run);
	await deliver('a');
	await deliver('b');
	const third = deliver('c');
	await turn();
	expect(started).toEqual(['a', 'b']);
	ends.get('a')?.('failed');
	await third;
	expect(started).toEqual(['a', 'b', 'c']);
	stopped.abort();
	await deliver('d');
	expect(started).toEqual(['a', 'b', 'c']);
});
