import { changedFields } from './bitmapOracle.ts';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { needs } from '../../needs';
import { officialProto, PubSubClient } from './pubSubClient.ts';
import type { Json } from './rest.ts';

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

const account = (values = {}) => sandbox.store.insert('Account', { Name: 'Acme', ...values });

needs(officialProto)('change events of the Pub/Sub API', () => {
	test('tells of changes of records: what, and which fields', async () => {
		const subscribed = client.subscribe(ACCOUNTS);
		await subscribed.until(() => sandbox.events.pubSub.openStreams === 1);
		const id = account({ BillingCity: 'Bonn', NumberOfEmployees: 12 });
		sandbox.clock.offsetMs += 2000;
		sandbox.store.update(id, { BillingCity: 'Köln', NumberOfEmployees: null });
		await subscribed.until(({ events }) => events.length === 2);
		const [created, updated] = await Promise.all(subscribed.events.map((e) => client.decode(e)));
		expect(created).toMatchObject({
			ChangeEventHeader: { entityName: 'Account', recordIds: [id], changeType: 'CREATE' },
			Name: 'Acme',
			BillingAddress: { City: 'Bonn', Street: null },
			NumberOfEmployees: 12,
		});
		expect(updated).toMatchObject({
			ChangeEventHeader: { changeType: 'UPDATE', recordIds: [id] },
			Name: null,
			BillingAddress: { City: 'Köln' },
		});
		const type = await client.type(subscribed.events[1]?.event.schema_id ?? '');
		expect(changedFields(type, updated, 'changedFields')).toEqual([
			'BillingAddress.City',
			'LastModifiedDate',
			'NumberOfEmployees',
		]);
		expect(changedFields(type, updated, 'nulledFields')).toEqual(['NumberOfEmployees']);
		subscribed.end();
	});

	test('tells of all objects on one channel, and of deletions that belong together once', async () => {
		const subscribed = client.subscribe('/data/ChangeEvents');
		await subscribed.until(() => sandbox.events.pubSub.openStreams === 1);
		const ids = [account(), account()];
		sandbox.store.insert('Lead', { LastName: 'Lovelace', Company: 'Lab' });
		sandbox.store.transaction(() => {
			for (const id of ids) {
				const row = sandbox.store.find(id);
				if (row) sandbox.store.remove(row, sandbox.store.systemUserId);
			}
		});
		await subscribed.until(({ events }) => events.length === 4);
		const told = await Promise.all(subscribed.events.map((event) => client.decode(event)));
		expect(
			told.map(({ ChangeEventHeader: { entityName, changeType, recordIds } }: Json) => [
				entityName,
				changeType,
				recordIds.length,
			]),
		).toEqual([
			['Account', 'CREATE', 1],
			['Account', 'CREATE', 1],
			['Lead', 'CREATE', 1],
			['Account', 'DELETE', 2],
		]);
		subscribed.end();
	});

	test('tells of gaps, and of too much at once', async () => {
		const subscribed = client.subscribe(ACCOUNTS);
		await subscribed.until(() => sandbox.events.pubSub.openStreams === 1);
		sandbox.events.changes.gapOf = ({ row }) => row.values.Name === 'Gap';
		const id = account({ Name: 'Gap' });
		sandbox.events.changes.mostOfTransaction = 2;
		sandbox.store.transaction(() => [1, 2, 3, 4].map((n) => account({ Name: `A${n}` })));
		await subscribed.until(({ events }) => events.length === 4);
		const told = await Promise.all(subscribed.events.map((event) => client.decode(event)));
		const headers = told.map(({ ChangeEventHeader }: Json) => ChangeEventHeader);
		expect(headers.map(({ changeType }) => changeType)).toEqual([
			'GAP_CREATE',
			'CREATE',
			'CREATE',
			'GAP_OVERFLOW',
		]);
		expect(headers[0].recordIds).toEqual([id]);
		expect(headers[3].recordIds).toEqual(['000000000000000AAA']);
		expect(told[0]?.Name).toBeNull();
		subscribed.end();
	});

	test('gives events another schema when the object changes in the middle of a stream', async () => {
		const subscribed = client.subscribe(ACCOUNTS);
		await subscribed.until(() => sandbox.events.pubSub.openStreams === 1);
		account();
		const type = sandbox.org.schema.get('Account');
		const model = type?.fields.find(({ name }) => name === 'Site');
		if (!type || !model) throw new Error('Account has no Site');
		type.fields.push({ ...model, name: 'Region__c' });
		sandbox.org.schema.add(type);
		account({ Region__c: 'South' });
		await subscribed.until(({ events }) => events.length === 2);
		const [before, after] = subscribed.events;
		expect(before?.event.schema_id).not.toBe(after?.event.schema_id);
		const told = await Promise.all(subscribed.events.map((event) => client.decode(event)));
		expect(told[0]).not.toHaveProperty('Region__c');
		expect(told[1]).toHaveProperty('Region__c', 'South');
		subscribed.end();
	});
});
