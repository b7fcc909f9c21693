import { Connection } from 'jsforce';
import { StreamingExtension } from 'jsforce/lib/api/streaming';
import { day } from '../../../sandbox/salesforce/events/bus.ts';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { FayeClient, type StreamedEvent } from './fayeClient.ts';
import { restOf } from './rest.ts';

const ORDERS = '/event/Order__e';

let sandbox: SalesforceSandbox;
const closing: Array<() => unknown> = [];

beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
});

afterEach(async () => {
	for (const close of closing.splice(0)) await close();
	await sandbox.close();
});

const publish = (...numbers: string[]) => {
	for (const Order_Number__c of numbers) sandbox.store.insert('Order__e', { Order_Number__c });
};
const until = async (done: () => boolean) => {
	const end = Date.now() + 10_000;
	while (!done()) {
		if (Date.now() > end) throw new Error('It did not happen');
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
};
const numbersOf = (events: StreamedEvent[]) => events.map(({ payload }) => payload.Order_Number__c);

/** Messages as the documentation writes them, without any client. */
const post = async (messages: unknown, headers: Record<string, string> = {}) => {
	const answer = await fetch(`${sandbox.url}/cometd/68.0`, {
		method: 'POST',
		headers: {
			authorization: `OAuth ${sandbox.accessToken()}`,
			'content-type': 'application/json',
			...headers,
		},
		body: JSON.stringify(messages),
	});
	const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
	const text = await answer.text();
	return { status: answer.status, cookie, replies: text.startsWith('[') ? JSON.parse(text) : text };
};
const shakeHands = async () => {
	const { cookie, replies } = await post([
		{ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] },
	]);
	const clientId: string = replies[0].clientId;
	return { clientId, cookie };
};

describe('the Streaming API (CometD)', () => {
	test('the faye client hears of platform events and of changes', async () => {
		const client = new FayeClient(sandbox);
		closing.push(() => client.close());
		const orders = await client.subscribe(ORDERS);
		const changes = await client.subscribe('/data/ChangeEvents');
		publish('O-1', 'O-2');
		const id = sandbox.store.insert('Lead', {
			LastName: 'Lovelace',
			FirstName: 'Ada',
			Company: 'Lab',
		});
		sandbox.clock.offsetMs += 2000;
		sandbox.store.update(id, { FirstName: null, Company: 'Mill' });
		await until(() => orders.length === 2 && changes.length === 2);
		expect(orders[0]).toMatchObject({
			schema: expect.stringMatching(/^[\w-]{22}$/),
			payload: {
				Order_Number__c: 'O-1',
				CreatedById: sandbox.store.systemUserId,
				CreatedDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
			},
			event: { replayId: expect.any(Number), EventUuid: expect.any(String) },
		});
		expect(changes[0]?.payload).toMatchObject({
			ChangeEventHeader: { entityName: 'Lead', changeType: 'CREATE', recordIds: [id] },
			Name: { FirstName: 'Ada', LastName: 'Lovelace' },
			Company: 'Lab',
		});
		expect(changes[0]?.payload).not.toHaveProperty('Phone');
		expect(changes[1]?.payload).toMatchObject({ Company: 'Mill' });
		expect(changes[1]?.payload.ChangeEventHeader).not.toHaveProperty('changedFields');
	});

	test('an event that is made as a record is told of under the id that its maker got', async () => {
		const client = new FayeClient(sandbox);
		closing.push(() => client.close());
		const orders = await client.subscribe(ORDERS);
		const rest = restOf(sandbox);
		const one = await rest('POST', '/sobjects/Order__e', { Order_Number__c: 'O-1' });
		expect(one.json).toEqual({
			id: expect.stringMatching(/^e00/),
			success: true,
			errors: [{ statusCode: 'OPERATION_ENQUEUED', message: expect.any(String), fields: [] }],
		});
		const attributes = { type: 'Order__e' };
		const two = await rest('POST', '/composite/sobjects', {
			records: [{ attributes, Order_Number__c: 'O-2' }, { attributes }],
		});
		expect(two.json).toMatchObject([
			{ success: true, errors: [{ statusCode: 'OPERATION_ENQUEUED' }] },
			{ success: false, errors: [{ statusCode: 'REQUIRED_FIELD_MISSING' }] },
		]);
		await until(() => orders.length === 2);
		expect(orders.map(({ event }) => event.EventUuid)).toEqual([
			one.json.errors[0].message,
			two.json[0].errors[0].message,
		]);
		expect(sandbox.store.count('Order__e')).toBe(0);
	});

	test('jsforce subscribes, and goes on behind a replay id', async () => {
		const connection = new Connection({
			instanceUrl: sandbox.url,
			accessToken: sandbox.accessToken(),
			version: '68.0',
		});
		publish('O-1', 'O-2', 'O-3');
		const [first] = sandbox.events.bus.all();
		const heard: StreamedEvent[] = [];
		const client = connection.streaming.createClient([
			new StreamingExtension.Replay(ORDERS, first?.position),
		]);
		closing.push(() => Object(client).disconnect());
		await client.subscribe(ORDERS, (event: StreamedEvent) => heard.push(event));
		publish('O-4');
		await until(() => heard.length === 3);
		expect(numbersOf(heard)).toEqual(['O-2', 'O-3', 'O-4']);
	});

	test('replays all or nothing when asked to', async () => {
		publish('O-1', 'O-2');
		const all = new FayeClient(sandbox, { [ORDERS]: -2 });
		const none = new FayeClient(sandbox, { [ORDERS]: -1 });
		closing.push(
			() => all.close(),
			() => none.close(),
		);
		const everything = await all.subscribe(ORDERS);
		const news = await none.subscribe(ORDERS);
		publish('O-3');
		await until(() => everything.length === 3 && news.length === 1);
		expect(numbersOf(news)).toEqual(['O-3']);
	});

	test('refuses a replay id it does not know, or no more, and a channel that is not there', async () => {
		const refused = async (replayId: number, channel = ORDERS) => {
			const client = new FayeClient(sandbox, { [channel]: replayId });
			const answer = await client.subscribe(channel).then(
				() => 'accepted',
				(error: Error) => error.message,
			);
			await client.close();
			return answer;
		};
		const message = (id: number) =>
			`400::The replayId {${id}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`;
		expect(await refused(12)).toBe(message(12));
		publish('O-1');
		const [event] = sandbox.events.bus.all();
		const position = event?.position ?? 0;
		expect(await refused(position)).toBe('accepted');
		sandbox.clock.offsetMs += 3 * day + 1000;
		expect(await refused(position)).toBe(message(position));
		expect(await refused(-1, '/event/Nothing__e')).toMatch(
			/^400::The channel you requested to subscribe to does not exist/,
		);
	});

	test('refuses who is not signed in, from the handshake on', async () => {
		const { replies } = await post([{ channel: '/meta/handshake', id: '1' }], {
			authorization: 'OAuth wrong',
		});
		expect(replies).toEqual([
			{
				channel: '/meta/handshake',
				id: '1',
				successful: false,
				error: '403::Handshake denied',
				ext: { sfdc: { failureReason: '401::Authentication invalid' }, replay: true },
				advice: { reconnect: 'none' },
			},
		]);
		const { clientId, cookie } = await shakeHands();
		await post({ channel: '/meta/connect', clientId, connectionType: 'long-polling' }, { cookie });
		sandbox.expireTokens();
		const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling' };
		const late = await post(connect, { cookie, authorization: 'OAuth 00D!expired' });
		expect(late.replies).toMatchObject([
			{ error: '401::Authentication invalid', advice: { reconnect: 'none' }, successful: false },
		]);
	});

	test('says to who waits that the session is over', async () => {
		const { clientId, cookie } = await shakeHands();
		const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling' };
		await post(connect, { cookie });
		await post({ channel: '/meta/subscribe', clientId, subscription: ORDERS }, { cookie });
		const waiting = post(connect, { cookie });
		await new Promise((resolve) => setTimeout(resolve, 50));
		sandbox.expireTokens();
		publish('O-1');
		expect((await waiting).replies).toMatchObject([
			{ error: '401::Authentication invalid', advice: { reconnect: 'none' } },
		]);
	});

	test('shakes hands, asks for its cookie, waits for events, forgets who stays away', async () => {
		const { clientId, cookie } = await shakeHands();
		const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling' };
		const without = await post(connect);
		expect(without.replies[0].error).toBe(
			`400::Client ${clientId} has established a session, but no BAYEUX_BROWSER cookie present`,
		);
		const first = await post(connect, { cookie });
		expect(first.replies).toMatchObject([
			{ successful: true, advice: { reconnect: 'retry', interval: 0, timeout: 110_000 } },
		]);
		await post({ channel: '/meta/subscribe', clientId, subscription: ORDERS }, { cookie });
		const waiting = post(connect, { cookie });
		await new Promise((resolve) => setTimeout(resolve, 30));
		publish('O-1');
		expect((await waiting).replies).toMatchObject([
			{ channel: ORDERS, data: { payload: { Order_Number__c: 'O-1' } } },
			{ channel: '/meta/connect', successful: true },
		]);
		const overtaken = post(connect, { cookie });
		await new Promise((resolve) => setTimeout(resolve, 30));
		sandbox.events.bayeux.settings.connectMs = 20;
		expect((await post(connect, { cookie })).replies).toMatchObject([{ successful: true }]);
		expect((await overtaken).status).toBe(408);
		sandbox.events.bayeux.settings.reconnectMs = 10;
		await post(connect, { cookie });
		await until(() => sandbox.events.bayeux.openClients === 0);
		expect((await post(connect, { cookie })).replies).toMatchObject([
			{ error: '403::Unknown client', successful: false, advice: { reconnect: 'handshake' } },
		]);
	});

	test('the faye client comes back after the server forgot it, without its replay id losing anything', async () => {
		publish('O-1');
		const client = new FayeClient(sandbox, { [ORDERS]: -2 });
		closing.push(() => client.close());
		const heard = await client.subscribe(ORDERS);
		await until(() => heard.length === 1);
		client.replay[ORDERS] = heard[0]?.event.replayId ?? -2;
		sandbox.events.bayeux.forget();
		publish('O-2');
		await until(() => heard.length === 2);
		expect(numbersOf(heard)).toEqual(['O-1', 'O-2']);
	});

	test('refuses old versions of the API', async () => {
		const answer = await fetch(`${sandbox.url}/cometd/36.0`, { method: 'POST', body: '[]' });
		expect(answer.status).toBe(400);
		expect(await answer.text()).toMatch(/^Unsupported API version\. Only API versions '37\.0'/);
	});
});
