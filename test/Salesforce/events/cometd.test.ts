import { setTimeout as wait } from 'node:timers/promises';
import { cometdSubscription } from '../../../nodes/Salesforce/transport/events/cometd';
import { Cookies } from '../../../nodes/Salesforce/transport/events/cookies';
import { isLostPosition } from '../../../nodes/Salesforce/transport/events/subscription';
import { failureOf } from '../../S3/clientOf';
import type { Answer } from '../orgStub';
import { clientAt, startOrgStub } from '../orgStub';
import { CometdServer } from './cometdServer';
import { hear } from './streamClient';

const TOPIC = '/event/Order__e';

describe('listening by the Streaming API', () => {
	let server: CometdServer;
	let renewals = 0;
	const client = () =>
		clientAt(
			server.url,
			{},
			{
				renewToken: async () => {
					renewals++;
					return await Promise.resolve({ access_token: server.token, instance_url: server.url });
				},
			},
		);
	const publish = (count: number) => {
		for (let n = 0; n < count; n++)
			server.publish(TOPIC, {
				CreatedDate: '2026-01-01T00:00:00.000Z',
				Total__c: server.events.length,
			});
	};
	const totals = (events: Array<{ fields: Record<string, unknown> }>) =>
		events.map(({ fields }) => fields.Total__c);

	beforeEach(async () => {
		renewals = 0;
		server = new CometdServer();
		await server.start();
	});
	afterEach(async () => await server.stop());

	test('what is kept, then what comes, in order and with the cookies of the server', async () => {
		publish(50);
		const hearing = hear(cometdSubscription, TOPIC, 80, { client: client() });
		await wait(300);
		publish(30);
		const { events } = await hearing;
		expect(totals(events)).toEqual([...Array(80).keys()]);
		expect(events[0]).toMatchObject({
			...{ id: '00000000-0000-4000-8000-000000001000', replayId: '1000', position: '1000' },
			at: Date.UTC(2026, 0, 1),
		});
		expect(server.cookies[0]).toBe('BrowserId=abc; BAYEUX_BROWSER=b-1');
	});

	test('after a position only what comes after it', async () => {
		publish(20);
		const start = { after: '1027' };
		const { events } = await hear(cometdSubscription, TOPIC, 10, { client: client(), start });
		expect(totals(events)).toEqual([...Array(10).keys()].map((n) => n + 10));
	});

	test('a change event, with the names of its fields as they come', async () => {
		const ChangeEventHeader = {
			...{ entityName: 'Account', recordIds: ['001'], changeType: 'UPDATE', commitUser: '005' },
			...{ commitTimestamp: 1_556_796_456_000, changedFields: ['Name', 'BillingAddress.City'] },
		};
		server.publish('/data/ChangeEvents', { ChangeEventHeader, Name: 'Acme' });
		const { events } = await hear(cometdSubscription, '/data/ChangeEvents', 1, {
			client: client(),
		});
		expect(events[0]).toMatchObject({ header: ChangeEventHeader, fields: { Name: 'Acme' } });
	});

	test('events of PushTopics and of generic channels', async () => {
		const event = { createdDate: '2026-01-02T03:04:05.678Z', replayId: 7, type: 'updated' };
		server.publish(
			'/topic/Leads',
			{},
			{ payload: undefined, sobject: { Id: '00Q', Name: 'Ada' }, event },
		);
		server.publish('/u/notes', {}, { payload: 'hello', event });
		const topic = await hear(cometdSubscription, '/topic/Leads', 1, { client: client() });
		expect(topic.events[0]).toMatchObject({
			...{ replayId: '7', at: Date.parse(event.createdDate), fields: { Id: '00Q', Name: 'Ada' } },
		});
		const generic = await hear(cometdSubscription, '/u/notes', 1, { client: client() });
		expect(generic.events[0]?.fields).toEqual({ payload: 'hello' });
	});

	test('a token that has expired is renewed, at the handshake as well as in between', async () => {
		publish(5);
		server.token = 'second';
		const { events } = await hear(cometdSubscription, TOPIC, 5, { client: client() });
		expect([events.length, renewals]).toEqual([5, 1]);
		const hearing = hear(cometdSubscription, TOPIC, 7, { client: client() });
		await wait(200);
		server.token = 'third';
		server.refusals.push('401::Authentication invalid');
		publish(2);
		expect(totals((await hearing).events)).toEqual([0, 1, 2, 3, 4, 5, 6]);
	});

	test('a position that is too old is told apart, and so is a session that the server has forgotten', async () => {
		publish(20);
		server.forgetBefore(15);
		const start = { after: '1003' };
		const lost = await failureOf(hear(cometdSubscription, TOPIC, 1, { client: client(), start }));
		expect(isLostPosition(lost)).toBe(true);
		server.refusals.push('403::Unknown client');
		const latest = { client: client(), start: 'latest' as const };
		const forgotten = await failureOf(hear(cometdSubscription, TOPIC, 1, latest));
		expect(forgotten).toMatchObject({ kind: 'unavailable', message: '403::Unknown client' });
		server.refusals.push('403::Organization total events daily limit exceeded');
		const limited = await failureOf(hear(cometdSubscription, TOPIC, 1, latest));
		expect(limited.kind).toBe('throttled');
	});

	test('a connection that breaks while events are awaited', async () => {
		const hearing = failureOf(hear(cometdSubscription, TOPIC, 1, { client: client() }));
		await wait(200);
		server.kill();
		expect((await hearing).kind).toBe('network');
		expect(server.handshakes).toBe(1);
	});
});

test('whoever waits for events takes no place that other requests need', async () => {
	const never = new Promise<Answer>(() => {});
	const stub = await startOrgStub(({ path }) =>
		path.startsWith('/cometd/') ? never : { body: 1 },
	);
	const salesforce = clientAt(stub.url, { maxConcurrentRequests: 1 });
	const stop = new AbortController();
	const topic = { client: salesforce, topic: TOPIC, start: 'latest', signal: stop.signal } as const;
	const listening = cometdSubscription(topic).next();
	while (stub.requests.length === 0) await wait(5);
	const request = { operation: 'Get limits', path: '/limits' };
	expect(await salesforce.call(request, ({ json }) => json)).toBe(1);
	stop.abort();
	await expect(listening).rejects.toThrow('cancelled');
	await stub.close();
});

test('cookies out of one header, dates and all', () => {
	const cookies = new Cookies();
	cookies.take('a=1; expires=Fri, 26-Nov-2027 03:00:00 GMT; path=/, b=2=3; Secure, c=; path=/');
	expect(cookies.header()).toBe('a=1; b=2=3; c=');
	cookies.take('a=2, b=x; Max-Age=0');
	expect(cookies.header()).toBe('a=2; c=');
	cookies.take(undefined);
	expect(cookies.header()).toBe('a=2; c=');
});
