import * as grpc from '@grpc/grpc-js';
import { setTimeout as wait } from 'node:timers/promises';
import { pubSubSubscription } from '../../../nodes/Salesforce/transport/events/pubSub';
import { isLostPosition } from '../../../nodes/Salesforce/transport/events/subscription';
import type { Failure } from '../../../nodes/shared/resilience/failure';
import { needs } from '../../needs';
import { ACCOUNT_SCHEMA, accountEvent, ORDER_SCHEMA } from './avroSchemas';
import { PubSubServer } from './pubSubServer';
import { hear, ORGANIZATION, streamClient } from './streamClient';

const TOPIC = '/event/Order__e';

needs('../shared/data/salesforce/pubsub_api.proto')('listening by the Pub/Sub API', () => {
	let server: PubSubServer;
	const subscription = (more = {}) => pubSubSubscription({ origin: server.origin, ...more });
	const publish = (count: number, schema = 'order-1') => {
		for (let n = 0; n < count; n++) server.publish(schema, order(server.events.length));
	};
	const order = (n: number) => ({
		...{ CreatedDate: Date.UTC(2026, 0, 1), CreatedById: '005', Number__c: `N${n}`, Total__c: n },
	});
	const failureOf = async (hearing: Promise<unknown>): Promise<Failure> =>
		await hearing.then(
			() => {
				throw new Error('It did not fail');
			},
			(error: Failure) => error,
		);

	beforeEach(async () => {
		server = new PubSubServer(TOPIC);
		server.schema('order-1', ORDER_SCHEMA);
		await server.start();
	});
	afterEach(async () => await server.stop());

	test('all events in order, as plain values, never more asked for than 100', async () => {
		publish(730);
		const { events } = await hear(subscription(), TOPIC, 730);
		expect(events.map(({ fields }) => fields.Total__c)).toEqual([...Array(730).keys()]);
		expect(events[1]).toMatchObject({
			...{ id: server.events[1]?.id, replayId: '1007', at: Date.UTC(2026, 0, 1) },
			fields: { CreatedDate: '2026-01-01T00:00:00.000Z', Number__c: 'N1' },
		});
		expect(Math.max(...server.fetches.map(({ numRequested }) => numRequested))).toBe(100);
		expect(server.metadata[0]).toMatchObject({
			accesstoken: 'token-1',
			instanceurl: 'https://acme.my.salesforce.com',
			tenantid: ORGANIZATION,
		});
		expect(server.schemasAsked).toBeLessThanOrEqual(1);
	});

	test('after a position only what comes after it', async () => {
		publish(20);
		const first = await hear(subscription(), TOPIC, 20);
		const start = { after: first.events[9]?.position ?? '' };
		const { events } = await hear(subscription(), TOPIC, 10, { start });
		expect(events.map(({ fields }) => fields.Total__c)).toEqual(
			[...Array(10).keys()].map((n) => n + 10),
		);
	});

	test('who does not take events is sent no more than he has asked for', async () => {
		publish(1_000);
		const stop = new AbortController();
		const taken = [];
		const client = streamClient();
		const listening = { client, topic: TOPIC, start: 'earliest', signal: stop.signal } as const;
		for await (const { events } of subscription()(listening)) {
			taken.push(...events);
			if (taken.length >= 100) break;
			await wait(1);
		}
		await wait(100);
		stop.abort();
		expect(server.sent).toBeLessThanOrEqual(200);
	});

	test('a subscription that was closed while nothing was asked for goes on', async () => {
		publish(150);
		const events: unknown[] = [];
		const stop = new AbortController();
		const client = streamClient();
		const listening = { client, topic: TOPIC, start: 'earliest', signal: stop.signal } as const;
		for await (const heard of subscription()(listening)) {
			events.push(...heard.events.map(({ fields }) => fields.Total__c));
			if (events.length === 100) {
				server.closeIdle();
				await wait(50);
			}
			if (events.length >= 150) break;
		}
		stop.abort();
		expect(events).toEqual([...Array(150).keys()]);
	});

	test('another schema in mid-stream', async () => {
		publish(3);
		const fields = [
			...ORDER_SCHEMA.fields,
			{ name: 'Note__c', type: ['null', 'string'], default: null },
		];
		server.schema('order-2', { ...ORDER_SCHEMA, fields });
		server.publish('order-2', { ...order(3), Note__c: 'new' });
		publish(1);
		const { events } = await hear(subscription(), TOPIC, 5);
		expect(events.map(({ fields: { Note__c } }) => Note__c)).toEqual([
			...[undefined, undefined, undefined, 'new', undefined],
		]);
	});

	test('an event that cannot be read comes as it is, and the others come too', async () => {
		publish(1);
		server.add('order-1', Buffer.from([1]), 'broken');
		publish(1);
		const { events } = await hear(subscription(), TOPIC, 3);
		expect(events.map(({ unreadable }) => unreadable)).toEqual([
			...[undefined, expect.stringContaining('too short'), undefined],
		]);
		expect(events[1]?.fields).toEqual({ schemaId: 'order-1', payload: 'AQ==' });
	});

	test('an event whose schema is not there, or is none, comes as it is', async () => {
		publish(1);
		server.add('gone', Buffer.from([1]), 'no schema');
		server.schema('list', { type: 'array', items: 'string' });
		server.add('list', Buffer.from([1]), 'no record');
		publish(1);
		const { events } = await hear(subscription(), TOPIC, 4);
		expect(events.map(({ unreadable }) => unreadable)).toEqual([
			...[undefined, expect.stringContaining('gone'), expect.stringContaining('record'), undefined],
		]);
		expect(events[1]?.fields).toEqual({ schemaId: 'gone', payload: 'AQ==' });
	});

	test('replay ids of 10 bytes, as Salesforce makes them, are shown as the Streaming API does', async () => {
		server.idLength = 10;
		publish(2);
		const { events } = await hear(subscription(), TOPIC, 2);
		expect(events.map(({ replayId }) => replayId)).toEqual(['1000', '1007']);
		const start = { after: events[0]?.position ?? '' };
		expect((await hear(subscription(), TOPIC, 1, { start })).events).toMatchObject([
			{ replayId: '1007' },
		]);
	});

	test('who is refused again with a new token does not ask for tokens without end', async () => {
		server.refusesSubscribers = true;
		const client = streamClient();
		// Every one of them is fine.
		const session = client.session;
		client.session = async () => ({ ...(await session()), accessToken: server.token });
		const failure = await failureOf(hear(subscription(), TOPIC, 1, { client }));
		expect([failure.kind, client.tokens]).toEqual(['auth', 2]);
	});

	test('bitmaps of a change event are names', async () => {
		server.schema('account', ACCOUNT_SCHEMA);
		const header = { changedFields: ['0x82', '3-0x02'], nulledFields: ['0x2'] };
		server.publish(
			'account',
			accountEvent(header, {
				BillingAddress: { Street: null, City: 'Graz', PostalCode: null, Country: null },
			}),
		);
		const { events } = await hear(subscription(), TOPIC, 1);
		expect(events[0]?.header).toMatchObject({
			...{ entityName: 'Account', changeType: 'UPDATE', nulledFields: ['Name'] },
			changedFields: ['Name', 'LastModifiedDate', 'BillingAddress.City'],
			commitNumber: 10_426_208_028_536,
		});
	});

	test('a token that has expired is renewed once, and a second refusal is told', async () => {
		publish(5);
		server.token = 'token-2';
		const client = streamClient();
		const { events } = await hear(subscription(), TOPIC, 5, { client });
		expect([events.length, client.tokens]).toEqual([5, 2]);
		server.token = 'another';
		const failure = await failureOf(hear(subscription(), TOPIC, 1, { client: streamClient() }));
		expect(failure).toMatchObject({
			kind: 'auth',
			code: 'sfdc.platform.eventbus.grpc.service.auth.error',
		});
	});

	test('a position that the server does not know is told apart', async () => {
		publish(20);
		const { events } = await hear(subscription(), TOPIC, 20);
		server.forgetBefore(15);
		const start = { after: events[3]?.position ?? '' };
		const failure = await failureOf(hear(subscription(), TOPIC, 1, { start }));
		expect(isLostPosition(failure)).toBe(true);
		expect(failure.message).toContain('Replay ID validation failed');
		const unknown = await failureOf(hear(subscription(), '/event/No__e', 1));
		expect(isLostPosition(unknown)).toBe(false);
		expect(unknown).toMatchObject({
			kind: 'invalid',
			hint: expect.stringContaining('name') as string,
		});
	});

	test('statuses of the server are failures with its own codes', async () => {
		const errorCode = 'sfdc.platform.eventbus.grpc.subscription.limit.exceeded';
		const hearing = failureOf(hear(subscription(), TOPIC, 1));
		while (server.listeners.size === 0) await wait(5);
		server.fail({ code: grpc.status.RESOURCE_EXHAUSTED, details: 'limit of ünits', errorCode });
		expect(await hearing).toMatchObject({
			...{ kind: 'throttled', code: errorCode, message: 'limit of ünits' },
		});
	});

	test('a connection that breaks, and one on which nothing comes any more', async () => {
		const broken = failureOf(hear(subscription(), TOPIC, 1));
		while (server.listeners.size === 0) await wait(5);
		await server.stop();
		expect((await broken).kind).toMatch(/network|unavailable/);
		await server.start();
		const silent = await failureOf(hear(subscription({ silentMs: 200 }), TOPIC, 1));
		expect(silent).toMatchObject({ kind: 'timeout', code: 'IDLE_TIMEOUT' });
	});

	test('what keeps it alive tells where to go on from', async () => {
		publish(2);
		const stop = new AbortController();
		const client = streamClient();
		const listening = { client, topic: TOPIC, start: 'latest', signal: stop.signal } as const;
		const positions: Array<string | undefined> = [];
		for await (const { position } of subscription({ silentMs: 5_000 })(listening)) {
			positions.push(position);
			if (positions.length === 2) break;
			while (server.listeners.size === 0) await wait(5);
			server.keepAlive();
		}
		stop.abort();
		expect(positions).toEqual([undefined, server.events[1]?.replayId.toString('base64')]);
	});

	test('nobody there: said as not sent; and it ends the moment it is told to', async () => {
		const { origin } = server;
		await server.stop();
		const failure = await failureOf(hear(pubSubSubscription({ origin }), TOPIC, 1));
		expect(failure).toMatchObject({ kind: 'network', phase: 'notSent', code: 'ECONNREFUSED' });
		await server.start();
		const stop = new AbortController();
		const client = streamClient();
		const listening = { client, topic: TOPIC, start: 'latest', signal: stop.signal } as const;
		setTimeout(() => stop.abort(new Error('switched off')), 100);
		const hearing = (async () => {
			for await (const heard of subscription()(listening)) void heard;
		})();
		await expect(hearing).rejects.toThrow('switched off');
	});

	test('nothing is sent to where the egress filter of n8n does not let it', async () => {
		const error = Object.assign(new Error('blocked'), { name: 'SsrfBlockedIpError' });
		const egress = {
			validateUrl: async () => await Promise.resolve({ ok: false, error }),
			validateConnectionHost: () => ({ ok: false, error }),
			createSecureLookup: () => () => {},
		};
		const client = streamClient({ egress });
		const failure = await failureOf(hear(subscription(), TOPIC, 1, { client }));
		expect(failure).toMatchObject({ code: 'EGRESS_BLOCKED', phase: 'notSent' });
		expect(server.metadata).toEqual([]);
	});
});
