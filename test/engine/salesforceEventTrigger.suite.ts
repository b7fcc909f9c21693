import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';
import { needs } from '../needs';
import { ACCOUNT_SCHEMA, accountEvent, ORDER_SCHEMA } from '../Salesforce/events/avroSchemas';
import { CometdServer } from '../Salesforce/events/cometdServer';
import { PubSubServer } from '../Salesforce/events/pubSubServer';
import type { Answer, Asked } from '../Salesforce/orgStub';
import { startOrgStub } from '../Salesforce/orgStub';
import { eventsOf, Streaming } from './salesforceStreaming';
import { Database } from './triggerHost';

const TOPIC = '/event/Order__e';
const TOKEN = 'token-1';

const numbersOf = (events: IDataObject[]) =>
	events.map(({ fields }) => (fields as IDataObject).Total__c);

const upTo = (count: number, from = 0) => [...Array(count).keys()].map((n) => n + from);

/** @param from folder with the n8n-core to run on; the newest one where it is left out */
export function salesforceEventTriggerSuite(from?: string): void {
	needs('../shared/data/salesforce/pubsub_api.proto')(
		'the event trigger by the Pub/Sub API',
		() => {
			let server: PubSubServer;
			let org: Awaited<ReturnType<typeof startOrgStub>>;
			let streaming: Streaming;
			let answer: (asked: Asked) => Answer;

			beforeEach(async () => {
				answer = () => ({ body: [] });
				org = await startOrgStub((asked) => answer(asked));
				server = new PubSubServer(TOPIC);
				server.schema('order', ORDER_SCHEMA);
				server.schema('account', ACCOUNT_SCHEMA);
				await server.start();
				streaming = await Streaming.open(org.url, TOKEN, from);
			});
			afterEach(async () => {
				streaming.end();
				await server.stop();
				await org.close();
			});

			const parameters = (options: INodeParameters = {}, more: INodeParameters = {}) => ({
				...{ topic: TOPIC, options: { endpoint: server.origin, ...options }, ...more },
			});
			const publish = (count: number, at = Date.now() + 1_000) => {
				for (let n = 0; n < count; n++) {
					const Total__c = server.events.length;
					const order = { CreatedDate: at, CreatedById: '005', Number__c: null, Total__c };
					server.publish('order', order);
				}
			};
			const subscribed = async () => {
				while (server.listeners.size === 0) await wait(5);
			};

			test('what comes is one item each, in order; what was there before is none', async () => {
				publish(5);
				const { database } = await streaming.start(parameters());
				await subscribed();
				publish(250);
				const events = await eventsOf(database, 250);
				expect(numbersOf(events)).toEqual(upTo(250, 5));
				expect(events[0]).toMatchObject({ event: 'published', topic: TOPIC, replayId: '1035' });
				expect(events[0]?.eventId).toBe(server.events[5]?.id);
				expect(
					Math.max(...database.executions.map(({ items }) => items.length)),
				).toBeLessThanOrEqual(100);
				expect(database.failures).toEqual([]);
			});

			test('what comes while n8n is away is not lost, also before there has been any event', async () => {
				publish(5, Date.now() - 60_000);
				const { host, database } = await streaming.start(parameters());
				await subscribed();
				await host.stop();
				publish(3);
				const again = await streaming.start(parameters(), database);
				expect(numbersOf(await eventsOf(database, 3))).toEqual([5, 6, 7]);
				await again.host.stop();
				publish(3);
				await streaming.start(parameters(), database);
				expect(numbersOf(await eventsOf(database, 6))).toEqual([5, 6, 7, 8, 9, 10]);
			});

			test('4,000 events while n8n is killed and stopped and the connection breaks: one item each', async () => {
				const node = parameters({ begin: 'earliest', runs: 2, batchSize: 37 });
				const first = await streaming.start(node);
				const { database } = first;
				let { host } = first;
				const restart = async () => ({ host } = await streaming.start(node, database));
				for (let round = 0; round < 20; round++) {
					publish(200);
					await wait(40);
					if (round % 4 === 1) {
						host.kill();
						await restart();
					}
					if (round % 4 === 2) await host.stop().then(restart);
					if (round % 4 === 3) {
						await server.stop();
						await server.start();
					}
				}
				const events = await eventsOf(database, 4_000, { withinMs: 40_000, afterMs: 1_000 });
				expect(numbersOf(events).sort((a, b) => Number(a) - Number(b))).toEqual(upTo(4_000));
				expect(database.failures).toEqual([]);
			}, 90_000);

			test.each(['earliest', 'latest'])(
				'a position that Salesforce has forgotten: an item tells of it, then %s',
				async (fallback) => {
					const node = parameters({ begin: 'earliest', fallback });
					publish(10, Date.now() - 60_000);
					const { host, database } = await streaming.start(node);
					await eventsOf(database, 10);
					await host.stop();
					publish(10, Date.now() - 30_000);
					server.forgetBefore(15);
					await streaming.start(node, database);
					await subscribed();
					if (fallback === 'latest') await wait(300);
					publish(2);
					const kept = fallback === 'earliest' ? upTo(5, 15) : [];
					const events = (await eventsOf(database, 13 + kept.length)).slice(10);
					expect(events[0]).toMatchObject({
						...{ event: 'gap', topic: TOPIC, continuesFrom: fallback },
						reason: expect.stringContaining('Replay ID validation failed') as string,
					});
					expect(Date.parse(String(events[0]?.lastEventAt))).toBeLessThan(Date.now() - 50_000);
					expect(numbersOf(events.slice(1))).toEqual([...kept, 20, 21]);
				},
			);

			test('events that come again after a lost position are known', async () => {
				const node = parameters({ begin: 'earliest' });
				publish(10);
				const { host, database } = await streaming.start(node);
				await eventsOf(database, 10);
				await host.stop();
				// The org was moved: the events are kept, their positions are other ones.
				for (const [n, event] of server.events.entries()) event.replayId = Buffer.from([9, n]);
				await streaming.start(node, database);
				await subscribed();
				publish(1);
				const events = (await eventsOf(database, 12)).slice(10);
				expect(events.map(({ event }) => event)).toEqual(['gap', 'published']);
			});

			test('of change events only the types and fields that are wanted, and of an update what has changed', async () => {
				const node = parameters(
					{ begin: 'earliest' },
					{ changeTypes: ['UPDATE', 'CREATE'], fields: 'billingaddress, Type' },
				);
				const address = { Street: null, City: 'Graz', PostalCode: null, Country: null };
				server.publish('account', accountEvent({ changeType: 'DELETE' }));
				server.publish('account', accountEvent({ changedFields: ['0x02'] }, { Name: 'other' }));
				server.publish(
					'account',
					accountEvent(
						{ changedFields: ['0x80', '3-0x2'] },
						{ BillingAddress: address, Name: null },
					),
				);
				server.publish('account', accountEvent({ changeType: 'CREATE' }, { Name: 'Acme' }));
				server.publish(
					'account',
					accountEvent({ changedFields: ['0x04'], nulledFields: ['0x04'] }),
				);
				const { database } = await streaming.start(node);
				const events = await eventsOf(database, 3);
				expect(events.map(({ changeType, changedFields }) => [changeType, changedFields])).toEqual([
					['UPDATE', ['LastModifiedDate', 'BillingAddress.City']],
					['CREATE', []],
					['UPDATE', ['Type']],
				]);
				expect(events[0]?.fields).toEqual({ BillingAddress: address, LastModifiedDate: null });
				expect(events[1]?.fields).toMatchObject({ Name: 'Acme' });
				expect(events[2]?.fields).toEqual({ Type: null });
				expect(events[0]).toMatchObject({
					...{ event: 'change', entityName: 'Account', recordIds: ['001000000000001AAA'] },
					commitUser: '005000000000001AAA',
				});
			});

			test('slow runs make Salesforce wait, and a run that fails is not repeated', async () => {
				const node = parameters({ begin: 'earliest', batchSize: 5 });
				publish(500);
				const { database } = await streaming.start(node, new Database(), {
					...{ runMs: 50, status: () => 'error' as const },
				});
				await wait(600);
				expect(server.sent).toBeLessThanOrEqual(200);
				const events = await eventsOf(database, 500, { withinMs: 25_000 });
				expect(numbersOf(events)).toEqual(upTo(500));
			}, 40_000);

			test('what cannot work is an error when the workflow is switched on', async () => {
				const start = async (more: INodeParameters) =>
					await streaming.start({ ...parameters(), ...more });
				await expect(start({ topic: '/event/No__e' })).rejects.toThrow(
					'Topic /event/No__e not found',
				);
				await expect(start({ topic: 'no topic!' })).rejects.toThrow('"Topic" is');
				await expect(start({ options: { endpoint: 'evil.example.com:7443' } })).rejects.toThrow(
					'not one of Salesforce',
				);
				await expect(
					start({ topic: '/topic/Leads', options: { mechanism: 'pubSub' } }),
				).rejects.toThrow('does not know the topic');
			});

			test('the editor shows some of what is kept, and the trigger does not know that it was asked', async () => {
				publish(9);
				expect(numbersOf(await streaming.sample(parameters()))).toEqual(upTo(5));
			});
		},
	);

	describe('the event trigger by the Streaming API', () => {
		let server: CometdServer;
		let streaming: Streaming;
		beforeEach(async () => {
			server = new CometdServer();
			await server.start();
			streaming = await Streaming.open(server.url, server.token, from);
		});
		afterEach(async () => {
			streaming.end();
			await server.stop();
		});
		const publish = (count: number) => {
			for (let n = 0; n < count; n++)
				server.publish(TOPIC, {
					CreatedDate: new Date().toISOString(),
					Total__c: server.events.length,
				});
		};
		const parameters = (options: INodeParameters = {}) => ({ topic: TOPIC, options });

		test('where the Pub/Sub API is out of reach; n8n is killed, the connection breaks: one item each', async () => {
			// Nothing listens there.
			const node = parameters({ begin: 'earliest', endpoint: 'http://127.0.0.1:9' });
			const { host, database } = await streaming.start(node);
			publish(100);
			await eventsOf(database, 100);
			host.kill();
			publish(100);
			await streaming.start(node, database);
			publish(100);
			await wait(50);
			server.kill();
			publish(100);
			const events = await eventsOf(database, 400, { afterMs: 1_000 });
			expect(numbersOf(events)).toEqual(upTo(400));
			expect(database.failures).toEqual([]);
		}, 40_000);

		test('a position that is too old', async () => {
			const node = parameters({ begin: 'earliest', mechanism: 'cometd' });
			publish(5);
			const { host, database } = await streaming.start(node);
			await eventsOf(database, 5);
			await host.stop();
			publish(10);
			server.forgetBefore(10);
			await streaming.start(node, database);
			const events = (await eventsOf(database, 11)).slice(5);
			expect(events[0]).toMatchObject({ event: 'gap', continuesFrom: 'earliest' });
			expect(numbersOf(events.slice(1))).toEqual(upTo(5, 10));
		});
	});
}
