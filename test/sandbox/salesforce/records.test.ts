import type { Connection } from 'jsforce';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { jsforceClient, send } from './clients.ts';

let sandbox: SalesforceSandbox;
let client: Connection;

beforeAll(async () => {
	sandbox = await startSalesforceSandbox();
	client = jsforceClient(sandbox);
});

afterAll(async () => await sandbox.close());

test('jsforce creates, reads, changes, deletes', async () => {
	const account = client.sobject('Account');
	const made = await account.create({ Name: 'Acme', NumberOfEmployees: 12 });
	expect(made.success).toBe(true);
	expect(made.id).toMatch(/^001[a-zA-Z0-9]{15}$/);
	const id = made.id ?? '';
	expect(await account.retrieve(id)).toMatchObject({ Id: id, Name: 'Acme', NumberOfEmployees: 12 });
	expect(await account.retrieve(id.slice(0, 15))).toMatchObject({ Id: id });
	await account.update({ Id: id, Name: 'Acme 2' });
	expect(sandbox.store.read(id)).toMatchObject({ Name: 'Acme 2' });
	await account.destroy(id);
	expect(sandbox.store.read(id)).toBeUndefined();
	await expect(account.destroy(id)).rejects.toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
});

test('jsforce upserts by an external id', async () => {
	const invoice = client.sobject('Invoice__c');
	const first = await invoice.upsert({ Number__c: 'A 1', Amount__c: 5 }, 'Number__c');
	const second = await invoice.upsert({ Number__c: 'a 1', Amount__c: 6 }, 'Number__c');
	expect(first).toMatchObject({ created: true });
	expect(second).toMatchObject({ created: false, id: first.id });
	expect(sandbox.store.read(first.id ?? '')).toMatchObject({ Amount__c: 6, Tax__c: 1.14 });
});

test('jsforce writes collections', async () => {
	const rows = Array.from({ length: 200 }, (_, n) => ({ Name: `C ${n}` }));
	const made = await client.sobject('Account').create(rows);
	expect(made.every(({ success }) => success)).toBe(true);
	const ids = made.map(({ id }) => id ?? '');
	expect(new Set(ids).size).toBe(200);
	const changed = await client
		.sobject('Account')
		.update(ids.map((Id, n) => ({ Id, Name: `D ${n}` })));
	expect(changed.every(({ success }) => success)).toBe(true);
	const read = await client.sobject('Account').retrieve(ids.slice(0, 3));
	expect(read.map(({ Name }) => Name)).toEqual(['D 0', 'D 1', 'D 2']);
	const gone = await client.sobject('Account').destroy(ids);
	expect(gone.every(({ success }) => success)).toBe(true);
});

test('a row that is wrong leaves the others, or takes all back', async () => {
	const before = sandbox.store.count('Account');
	const records = [{ Name: 'One' }, { Phone: '1' }, { Name: 'Three' }].map((one) => ({
		attributes: { type: 'Account' },
		...one,
	}));
	const some = await send(sandbox, 'POST', '/composite/sobjects', { records });
	expect(some.body).toEqual([
		{ id: expect.stringMatching(/^001/), success: true, errors: [] },
		{
			success: false,
			errors: [
				{
					statusCode: 'REQUIRED_FIELD_MISSING',
					message: 'Required fields are missing: [Name]',
					fields: ['Name'],
				},
			],
		},
		{ id: expect.stringMatching(/^001/), success: true, errors: [] },
	]);
	expect(sandbox.store.count('Account')).toBe(before + 2);
	const none = await send(sandbox, 'POST', '/composite/sobjects', { records, allOrNone: true });
	expect(none.body).toMatchObject([
		{ success: false, errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
		{ success: false, errors: [{ statusCode: 'REQUIRED_FIELD_MISSING' }] },
		{ success: false, errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
	]);
	expect(sandbox.store.count('Account')).toBe(before + 2);
});

test('more than 200 records are refused', async () => {
	const records = Array.from({ length: 201 }, () => ({
		attributes: { type: 'Account' },
		Name: 'x',
	}));
	const { status, body } = await send(sandbox, 'POST', '/composite/sobjects', { records });
	expect(status).toBe(400);
	expect(body).toMatchObject([{ errorCode: 'EXCEEDED_ID_LIMIT' }]);
});

test('jsforce describes', async () => {
	const global = await client.describeGlobal();
	expect(global.sobjects.map(({ name }) => name)).toEqual(
		expect.arrayContaining(['Account', 'Invoice__c', 'Order__e']),
	);
	const { fields, childRelationships } = await client.describe('account');
	expect(fields.find(({ name }) => name === 'External_Id__c')).toMatchObject({
		externalId: true,
		unique: true,
		idLookup: true,
	});
	expect(childRelationships.map(({ relationshipName }) => relationshipName)).toContain('Contacts');
	const first = await send(sandbox, 'GET', '/sobjects/Account/describe');
	const since = first.headers.get('last-modified') ?? '';
	const again = await send(sandbox, 'GET', '/sobjects/Account/describe', undefined, {
		'if-modified-since': since,
	});
	expect(again.status).toBe(304);
});

test('jsforce reads all pages of a query', async () => {
	for (let n = 0; n < 4500; n++) sandbox.store.insert('Contact', { LastName: `Q ${n % 7}` });
	const soql = "SELECT Id, LastName, Owner.Name FROM Contact WHERE LastName LIKE 'Q %'";
	const all = await client.query(soql, { autoFetch: true, maxFetch: 10_000 });
	expect(all.records).toHaveLength(4500);
	expect(all.records[0]).toMatchObject({ Owner: { Name: 'Ada Admin' } });
	const { body } = await send(sandbox, 'GET', `/query?q=${encodeURIComponent(soql)}`);
	expect(body).toMatchObject({
		done: false,
		totalSize: 4500,
		nextRecordsUrl: expect.stringMatching(
			/^\/services\/data\/v68\.0\/query\/01g[a-zA-Z0-9]{15}-2000$/,
		),
	});
});

test('how much of the API is used stands in every answer', async () => {
	const { headers } = await send(sandbox, 'GET', '/sobjects/NoSuch__c');
	expect(headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/100000$/);
});
