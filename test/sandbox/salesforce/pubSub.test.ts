import { status } from '@grpc/grpc-js';
import { day } from '../../../sandbox/salesforce/events/bus.ts';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { needs } from '../../needs';
import { officialProto, PubSubClient } from './pubSubClient.ts';

const ORDERS = '/event/Order__e';
const ACCOUNTS = '/data/AccountChangeEvent';

let sandbox: SalesforceSandbox;
let client: PubSubClient;

beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
	client = new PubSubClient(sandbox);
});

afterEach(async () => {
	client.close();
	await sandbox.close();
});

const publish = (count: number, from = 1) => {
	for (let n = from; n < from + count; n++) {
		sandbox.store.insert('Order__e', { Order_Number__c: `O-${n}` });
	}
};
const errorCode = (error: unknown) =>
	(error as { metadata: { get(name: string): unknown[] } }).metadata.get('error-code')[0];

needs(officialProto)('the Pub/Sub API, asked with a client of the official definition', () => {
	test('tells what a topic is and what its events look like', async () => {
		const topic = await client.call('GetTopic', { topic_name: ACCOUNTS });
		expect(topic).toMatchObject({ can_publish: false, can_subscribe: true });
		const { schema_json } = await client.call('GetSchema', { schema_id: topic.schema_id });
		const schema = JSON.parse(String(schema_json));
		expect(schema).toMatchObject({
			name: 'AccountChangeEvent',
			namespace: 'com.sforce.eventbus',
			type: 'record',
		});
		const names = schema.fields.map(({ name }: { name: string }) => name);
		expect(names[0]).toBe('ChangeEventHeader');
		expect(names).toContain('BillingAddress');
		expect(names).not.toContain('BillingCity');
		expect(names).not.toContain('SystemModstamp');
	});

	test('refuses who is not signed in, and topics that are not there', async () => {
		client.metadata.set('accesstoken', 'wrong');
		const refused = await client.call('GetTopic', { topic_name: ORDERS }).catch((e) => e);
		expect(refused.code).toBe(status.UNAUTHENTICATED);
		expect(errorCode(refused)).toBe('sfdc.platform.eventbus.grpc.service.auth.error');
		const stranger = client.subscribe(ORDERS);
		await stranger.until(() => false);
		expect(stranger.error?.code).toBe(status.UNAUTHENTICATED);
		client.metadata.set('accesstoken', sandbox.accessToken());
		const lost = client.subscribe('/event/Nothing__e');
		await lost.until(() => false);
		expect(lost.error?.code).toBe(status.PERMISSION_DENIED);
	});

	test('delivers platform events as they are published, and only as many as were asked for', async () => {
		const subscribed = client.subscribe(ORDERS, {}, 3);
		await subscribed.until(() => sandbox.events.pubSub.openStreams === 1);
		publish(5);
		await subscribed.until(({ events }) => events.length === 3);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(subscribed.events).toHaveLength(3);
		subscribed.stream.write({ topic_name: ORDERS, num_requested: 3 });
		await subscribed.until(({ events }) => events.length === 5);
		const numbers = await Promise.all(subscribed.events.map((event) => client.decode(event)));
		expect(numbers.map(({ Order_Number__c }) => Order_Number__c)).toEqual([
			'O-1',
			'O-2',
			'O-3',
			'O-4',
			'O-5',
		]);
		expect(typeof numbers[0]?.CreatedDate).toBe('number');
		expect(subscribed.answers.at(-1)?.pending_num_requested).toBe(1);
		subscribed.end();
	});

	test('gives at most a hundred events for one request', async () => {
		publish(150);
		const subscribed = client.subscribe(ORDERS, { replay_preset: 'EARLIEST' }, 1000);
		await subscribed.until(({ events }) => events.length >= 100);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(subscribed.events).toHaveLength(100);
		subscribed.end();
	});

	test('goes on behind a replay id, as long as its events are kept', async () => {
		publish(4);
		const first = client.subscribe(ORDERS, { replay_preset: 'EARLIEST' });
		await first.until(({ events }) => events.length === 4);
		first.end();
		const replay_id = first.events[1]?.replay_id;
		const again = client.subscribe(ORDERS, { replay_preset: 'CUSTOM', replay_id });
		await again.until(({ events }) => events.length === 2);
		const [third] = await Promise.all(again.events.map((event) => client.decode(event)));
		expect(third?.Order_Number__c).toBe('O-3');
		again.end();
		sandbox.clock.offsetMs += 3 * day + 1000;
		client.metadata.set('accesstoken', sandbox.accessToken());
		const late = client.subscribe(ORDERS, { replay_preset: 'CUSTOM', replay_id });
		await late.until(() => false);
		expect(late.error?.code).toBe(status.INVALID_ARGUMENT);
		expect(errorCode(late.error)).toBe(
			'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted',
		);
		const nothing = client.subscribe(ORDERS, { replay_preset: 'CUSTOM' });
		await nothing.until(() => false);
		expect(errorCode(nothing.error)).toBe(
			'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.validation.failed',
		);
	});

	test('says from time to time that there is nothing, and where to go on', async () => {
		sandbox.events.keepaliveMs = 20;
		const subscribed = client.subscribe(ORDERS);
		await subscribed.until(({ answers }) => answers.length >= 2);
		expect(subscribed.events).toEqual([]);
		const replay_id = subscribed.answers.at(-1)?.latest_replay_id;
		subscribed.end();
		publish(1);
		const again = client.subscribe(ORDERS, { replay_preset: 'CUSTOM', replay_id });
		await again.until(({ events }) => events.length === 1);
		again.end();
	});

	test('takes events of clients, one by one and in a stream', async () => {
		const subscribed = client.subscribe(ORDERS);
		await subscribed.until(() => sandbox.events.pubSub.openStreams === 1);
		const { schema_id } = await client.call('GetTopic', { topic_name: ORDERS });
		const type = await client.type(String(schema_id));
		const event = (number: string) => ({
			id: number,
			schema_id,
			payload: type.toBuffer({
				CreatedDate: Date.now(),
				CreatedById: '005000000000000AAA',
				...Object.fromEntries(
					JSON.parse(JSON.stringify(type.schema()))
						.fields.slice(2)
						.map(({ name }: { name: string }) => [name, null]),
				),
				Order_Number__c: number,
			}),
		});
		const answer = await client.call('Publish', {
			topic_name: ORDERS,
			events: [event('P-1'), { ...event('P-2'), payload: Buffer.from('junk') }],
		});
		expect(answer.results).toMatchObject([
			{ correlation_key: 'P-1', error: null },
			{ correlation_key: 'P-2', error: { code: 'PUBLISH' } },
		]);
		const stream = client.publishStream();
		const answered = new Promise((resolve) => stream.once('data', resolve));
		stream.write({ topic_name: ORDERS, events: [event('P-3')] });
		expect(await answered).toMatchObject({ results: [{ correlation_key: 'P-3' }] });
		stream.cancel();
		stream.on('error', () => {});
		await subscribed.until(({ events }) => events.length === 2);
		const told = await Promise.all(subscribed.events.map((one) => client.decode(one)));
		expect(told.map(({ Order_Number__c }) => Order_Number__c)).toEqual(['P-1', 'P-3']);
		subscribed.end();
		const refused = client.call('Publish', { topic_name: ACCOUNTS, events: [] });
		await expect(refused).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
	});

	test('keeps the position of managed subscriptions', async () => {
		sandbox.events.pubSub.managed.add('Orders', ORDERS, 'EARLIEST');
		publish(3);
		const first = client.managed('Orders');
		await first.until(({ events }) => events.length === 3);
		const replay_id = first.events[1]?.replay_id;
		first.stream.write({ commit_replay_id_request: { commit_request_id: 'c1', replay_id } });
		await first.until(({ answers }) =>
			answers.some((one) => 'commit_response' in one && one.commit_response),
		);
		first.end();
		const again = client.managed('Orders');
		await again.until(({ events }) => events.length === 1);
		const [told] = await Promise.all(again.events.map((event) => client.decode(event)));
		expect(told?.Order_Number__c).toBe('O-3');
		again.end();
	});

	test('takes up a stream of many events after all connections were cut', async () => {
		const count = 10_000;
		publish(count);
		const numbers: unknown[] = [];
		let replay_id: Buffer | undefined;
		for (let round = 0; numbers.length < count; round++) {
			const start = replay_id
				? { replay_preset: 'CUSTOM', replay_id }
				: { replay_preset: 'EARLIEST' };
			const subscribed = client.subscribe(ORDERS, start);
			const cut = round === 0 ? 3000 : Infinity;
			let taken = 0;
			await subscribed.until(({ events, error }) => {
				const fresh = events.length - taken;
				taken = events.length;
				if (fresh > 0) subscribed.stream.write({ num_requested: Math.min(fresh, 100) });
				return error !== undefined || taken >= Math.min(cut, count - numbers.length);
			});
			if (round === 0) await sandbox.events.pubSub.restart();
			for (const event of subscribed.events) {
				numbers.push((await client.decode(event)).Order_Number__c);
				replay_id = event.replay_id;
			}
			if (round > 0) subscribed.end();
		}
		expect(numbers).toEqual(Array.from({ length: count }, (_, n) => `O-${n + 1}`));
	});

	test('ends streams when the session is over, when told to, and when connections break', async () => {
		const subscribed = client.subscribe(ORDERS);
		await subscribed.until(() => sandbox.events.pubSub.openStreams === 1);
		sandbox.expireTokens();
		publish(1);
		await subscribed.until(() => false);
		expect(subscribed.error?.code).toBe(status.UNAUTHENTICATED);
		client.metadata.set('accesstoken', sandbox.accessToken());
		const dropped = client.subscribe(ORDERS);
		await dropped.until(() => sandbox.events.pubSub.openStreams === 1);
		sandbox.events.pubSub.dropStreams();
		await dropped.until(() => false);
		expect(dropped.error?.code).toBe(status.UNAVAILABLE);
		sandbox.events.pubSubFaults.add({
			method: 'Subscribe',
			afterAnswers: 1,
			code: 'subscription.limit.exceeded',
		});
		publish(1);
		const limited = client.subscribe(ORDERS, { replay_preset: 'EARLIEST' }, 1);
		await limited.until(({ events }) => events.length === 1);
		limited.stream.write({ num_requested: 1 });
		await limited.until(() => false);
		expect(errorCode(limited.error)).toBe(
			'sfdc.platform.eventbus.grpc.subscription.limit.exceeded',
		);
	});
});
