import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { StreamedEvent } from '../../../../nodes/Salesforce/triggers/events/items';
import type { StreamSettings } from '../../../../nodes/Salesforce/triggers/events/settings';
import { Streamer } from '../../../../nodes/Salesforce/triggers/events/streamer';
import type { RunOutcome } from '../../../../nodes/shared/node/triggerRuns';
import type { Failure } from '../../../../nodes/shared/resilience/failure';
import { settled, virtualClock } from '../../../shared/virtualClock';
import { ORGANIZATION, streamClient } from '../../events/streamClient';
import { scriptedClient } from '../../scriptedClient';
import { ScriptedTopic, TOPIC } from './scriptedTopic';

const HOUR = 3_600_000;
const clock = virtualClock();
const org = { topic: new ScriptedTopic(clock), organizationId: ORGANIZATION };
const stopping: Streamer[] = [];

beforeEach(() => {
	Object.assign(org, { topic: new ScriptedTopic(clock), organizationId: ORGANIZATION });
});
afterEach(async () => {
	for (const streamer of stopping.splice(0)) streamer.stop();
	await clock.advance(1);
});

/** What survives n8n. */
const database = () => ({ memory: {} as Record<string, unknown>, ids: new Set<string>() });

/** A trigger and the n8n around it. */
async function start(
	settings: Partial<StreamSettings>,
	kept = database(),
	run: (events: StreamedEvent[]) => Promise<RunOutcome> = async () =>
		await Promise.resolve('succeeded' as const),
	keep = () => {},
) {
	const events: StreamedEvent[] = [];
	const failures: Failure[] = [];
	const { topic } = org;
	const { call } = scriptedClient(topic.answer);
	const client = streamClient({ clock, call });
	const { session } = client;
	const { organizationId } = org;
	client.session = async () => ({ ...(await session()), organizationId });
	const streamer = new Streamer(
		{
			...{ clock, name: randomUUID(), knowsIds: true, load: () => kept.memory },
			keep: (parts) => {
				keep();
				Object.assign(kept.memory, parts);
			},
			connect: async () => await Promise.resolve({ client, secrets: [] }),
			run: async (some, id) => {
				if (kept.ids.has(id)) return 'unknown';
				const outcome = await run(some);
				kept.ids.add(id);
				events.push(...some);
				return outcome;
			},
			report: (failure) => void failures.push(failure),
		},
		{
			...{ topic: TOPIC, wanted: { changeTypes: [], fields: [] }, mechanism: 'cometd', origin: '' },
			...{ begin: 'earliest', fallback: 'earliest', reread: true, batchSize: 5, runs: 1 },
			...settings,
		},
	);
	stopping.push(streamer);
	await streamer.start();
	return { streamer, events, failures, kept };
}

/** Until all that can go on has gone on: packing the memory takes time of the machine. */
async function quiet(isDone: () => boolean): Promise<void> {
	for (let n = 0; n < 5_000 && !isDone(); n++) await wait(1);
	await wait(20);
}

const numbersIn = (events: StreamedEvent[]) =>
	events.flatMap(({ fields }) => (fields ? [(fields as { Number: number }).Number] : []));
const upTo = (count: number) => [...Array(count).keys()];

test('a connection that broke and stands again is no outage, however long the runs take', async () => {
	let end: () => void = () => {};
	const { failures } = await start({}, database(), async () => {
		await new Promise<void>((resolve) => (end = resolve));
		return 'succeeded';
	});
	org.topic.publish();
	await settled();
	org.topic.breakOff();
	await settled();
	for (let n = 0; n < 50; n++) org.topic.publish();
	await clock.advance(1_000);
	await clock.advance(2 * HOUR);
	expect(failures).toEqual([]);
	end();
});

test('an event that is published now counts, also when its transaction began before', async () => {
	const { events } = await start({ begin: 'latest' });
	await settled();
	org.topic.publish(clock.now() - HOUR);
	await quiet(() => events.length > 0);
	expect(numbersIn(events)).toEqual([0]);
});

test('after a lost position nothing of the three days that are kept comes twice', async () => {
	const count = 1_500;
	// One each minute, and more of them than are remembered one by one.
	for (let n = 0; n < count; n++) org.topic.publish(clock.now() - (count - n) * 60_000);
	const first = await start({ batchSize: 100 });
	await quiet(() => first.events.length === count);
	expect(numbersIn(first.events)).toEqual(upTo(count));
	first.streamer.stop();
	await settled();
	org.topic.move();
	org.topic.publish();
	const { events } = await start({ batchSize: 100 }, first.kept);
	await quiet(() => events.length >= 2);
	expect(events.map(({ event }) => event)).toEqual(['gap', 'published']);
	expect(numbersIn(events)).toEqual([count]);
});

test('another org behind the credential: no position of the first one counts there', async () => {
	const first = await start({ begin: 'latest' });
	await settled();
	for (let n = 0; n < 5; n++) org.topic.publish();
	await quiet(() => first.events.length === 5);
	first.streamer.stop();
	Object.assign(org, { topic: new ScriptedTopic(clock), organizationId: '00D0000000000ZZAAA' });
	for (let n = 0; n < 10; n++) org.topic.publish(clock.now() - HOUR);
	const { events } = await start({ begin: 'latest' }, first.kept);
	await settled();
	org.topic.publish();
	await quiet(() => events.length > 0);
	expect(events.map(({ event }) => event)).toEqual(['published']);
	expect(numbersIn(events)).toEqual([10]);
});

test('what cannot be written down now is later, and the trigger goes on', async () => {
	let isFull = false;
	const { events, failures } = await start({}, database(), undefined, () => {
		if (isFull) throw new Error('too large');
	});
	isFull = true;
	for (let n = 0; n < 20; n++) org.topic.publish();
	await quiet(() => failures.length > 0);
	expect(failures).toMatchObject([{ message: 'too large' }]);
	expect(events).toEqual([]);
	isFull = false;
	await clock.advance(60_000);
	await quiet(() => events.length === 20);
	expect(numbersIn(events)).toEqual(upTo(20));
});

test('while n8n starts no runs, events stay at Salesforce and n8n is not pressed', async () => {
	let tries = 0;
	let isDown = true;
	for (let n = 0; n < 1_000; n++) org.topic.publish();
	const { events, failures } = await start({ batchSize: 10 }, database(), async () => {
		tries++;
		if (isDown) throw new Error('the database of n8n is away');
		return await Promise.resolve('succeeded');
	});
	for (let n = 0; n < 600; n++) {
		await clock.advance(1_000);
		if (n % 60 === 0) await wait(10);
	}
	// 0.5 s, 1 s, 2 s ... and then once a minute.
	expect(tries).toBeLessThan(20);
	expect(failures).toMatchObject([{ message: 'the database of n8n is away' }]);
	isDown = false;
	await clock.advance(60_000);
	await quiet(() => events.length === 1_000);
	expect(numbersIn(events)).toEqual(upTo(1_000));
});
