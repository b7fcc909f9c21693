import { setTimeout as wait } from 'node:timers/promises';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { eventsOf, Streaming } from '../engine/salesforceStreaming';

const COUNT = 40_000;
const TOPIC = '/event/Order__e';
const ROUNDS = 40;

describe('40,000 events while all kinds of things go wrong', () => {
	let sandbox: SalesforceSandbox;
	let streaming: Streaming;
	beforeAll(async () => {
		sandbox = await startSalesforceSandbox();
		streaming = await Streaming.openSandbox(sandbox);
	});
	afterAll(async () => {
		streaming?.end();
		await sandbox?.close();
	});

	let published = 0;
	const publish = (count: number) => {
		for (let n = 0; n < count; n++)
			sandbox.store.insert('Order__e', { Order_Number__c: `O-${published++}` });
	};
	const numbersIn = (events: object[]) =>
		events.map((event) => {
			const { fields } = event as { fields: { Order_Number__c: string } };
			return Number(fields.Order_Number__c.slice(2));
		});

	test('none is lost, none comes twice; a gap is told of', async () => {
		const node = {
			...{ authentication: 'jwt', topic: TOPIC },
			options: { endpoint: `http://${sandbox.pubSubEndpoint}`, begin: 'earliest', runs: 3 },
		};
		const first = await streaming.start(node);
		const { database } = first;
		let { host } = first;
		const restart = async () => ({ host } = await streaming.start(node, database));
		const troubles: Array<() => unknown> = [
			async () => {
				host.kill();
				await restart();
			},
			() => sandbox.events.pubSub.dropStreams(),
			async () => await host.stop().then(restart),
			() => {
				// Once: a token that is refused within a minute is not renewed.
				if (published <= (4 * COUNT) / ROUNDS) sandbox.expireTokens();
				sandbox.events.pubSub.dropStreams();
			},
			() => sandbox.events.pubSubFaults.add({ method: 'Subscribe', afterAnswers: 2, times: 2 }),
			() => {
				sandbox.events.pubSubFaults.add({ method: 'GetTopic', times: 2 });
				sandbox.events.pubSub.dropStreams();
			},
		];
		for (let round = 0; round < ROUNDS; round++) {
			publish(COUNT / ROUNDS);
			await wait(20);
			await troubles[round % troubles.length]?.();
			// Until it goes on: what never stops failing is asked less and less often.
			const before = database.executions.length;
			const isIdle = () => database.executions.length === before;
			while (isIdle() && database.events().length < published) await wait(20);
		}
		const events = await eventsOf(database, COUNT, { withinMs: 90_000, afterMs: 1_000 });
		const numbers = numbersIn(events);
		expect(numbers).toHaveLength(COUNT);
		expect(new Set(numbers).size).toBe(COUNT);
		expect(database.failures).toEqual([]);

		// While n8n is away its position gets too old.
		await host.stop();
		publish(10);
		const { bus } = sandbox.events;
		const { retentionMs } = bus;
		await wait(1_000);
		bus.retentionMs = 500;
		publish(100);
		// That is when it forgets what is too old.
		bus.tip();
		bus.retentionMs = retentionMs;
		await restart();
		const later = (await eventsOf(database, COUNT + 101)).slice(COUNT);
		// Three runs at a time end in any order.
		const isGap = (event: object) => Reflect.get(event, 'event') === 'gap';
		expect(later.filter(isGap)).toMatchObject([{ topic: TOPIC, continuesFrom: 'earliest' }]);
		const after = numbersIn(later.filter((event) => !isGap(event))).sort((a, b) => a - b);
		expect(after).toEqual([...Array(100).keys()].map((n) => COUNT + 10 + n));
	}, 200_000);
});
