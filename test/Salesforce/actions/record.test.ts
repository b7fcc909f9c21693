import { create } from '../../../nodes/Salesforce/actions/record/create.operation';
import { deleteOperation } from '../../../nodes/Salesforce/actions/record/delete.operation';
import { get } from '../../../nodes/Salesforce/actions/record/get.operation';
import { update } from '../../../nodes/Salesforce/actions/record/update.operation';
import { upsert } from '../../../nodes/Salesforce/actions/record/upsert.operation';
import type { SalesforceSandbox } from '../../../sandbox/salesforce/server';
import { startSalesforceSandbox } from '../../../sandbox/salesforce/server';
import { clientAt } from '../orgStub';

let sandbox: SalesforceSandbox;
beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
});
afterEach(async () => await sandbox.close());

const connected = () =>
	clientAt(sandbox.url, {
		oauthTokenData: { access_token: sandbox.accessToken(), instance_url: sandbox.url },
	});

const object = 'Account';
const matched = { object, externalIdField: 'External_Id__c', externalIdValue: '', options: {} };

test('an input that cannot be sent fails alone, and nothing is sent of it', async () => {
	const good = sandbox.store.insert('Account', { Name: 'a' });
	const input = (recordId: string) => ({ object, recordId, fields: { Name: 'b' }, options: {} });
	const results = await update.executeAll(connected(), [input('x/../y'), input(good)]);
	expect(results[0]).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(results[1]).toEqual({ id: good, success: true });
	expect(sandbox.store.read(good)?.Name).toBe('b');
});

test('upsert takes the external ID from the fields where its own field is empty', async () => {
	const inputs = [
		{ ...matched, fields: { External_Id__c: 'E1', Name: 'one' } },
		{ ...matched, fields: { external_id__c: 'E2', Name: 'two' } },
		{ ...matched, externalIdValue: 'E3', fields: { Name: 'three' } },
		{ ...matched, fields: { Name: 'none' } },
		{ ...matched, externalIdField: 'Id', fields: { Name: 'none' } },
	];
	const results = await upsert.executeAll(connected(), inputs);
	expect(results.slice(0, 3)).toEqual(
		Array(3).fill({ id: expect.any(String), success: true, created: true }),
	);
	expect(results[3]).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(results[4]).toMatchObject({ message: '"Id" is no external ID' });
	expect(sandbox.store.count('Account')).toBe(3);
	const again = await upsert.executeAll(connected(), inputs.slice(0, 1));
	expect(again).toMatchObject([{ created: false }]);
});

test('the options reach the org', async () => {
	const options = {
		allowDuplicates: true,
		allOrNone: true,
		assignmentRule: 'none' as const,
		batchSize: 1,
	};
	await create.executeAll(
		connected(),
		['a', 'b'].map((Name) => ({ object, fields: { Name }, options })),
	);
	const sent = sandbox.requests.map(({ headers, body }) => [
		headers['sforce-duplicate-rule-header'],
		headers['sforce-auto-assign'],
		(JSON.parse(body) as { allOrNone: boolean }).allOrNone,
	]);
	expect(sent).toEqual(Array(2).fill(['allowSave=true', 'FALSE', true]));
});

test('without options the org does as it does', async () => {
	await create.executeAll(connected(), [{ object, fields: { Name: 'a' }, options: {} }]);
	expect(sandbox.requests[0]?.headers).not.toHaveProperty('sforce-duplicate-rule-header');
	expect(sandbox.requests[0]?.headers).not.toHaveProperty('sforce-auto-assign');
});

test.each([
	[{ batchSize: 0 }, '"Records per Request" must be 1 to 200'],
	[{ batchSize: 201 }, '"Records per Request" must be 1 to 200'],
	[{ assignmentRule: 'id' as const }, '"Assignment Rule ID" is empty'],
])('%j is refused', async (options, message) => {
	const [result] = await create.executeAll(connected(), [{ object, fields: {}, options }]);
	expect(result).toMatchObject({ kind: 'invalid', message: expect.stringContaining(message) });
	expect(sandbox.requests).toEqual([]);
});

test('what is got can be written back: it goes to the record it came from', async () => {
	const id = sandbox.store.insert('Account', { Name: 'a', External_Id__c: 'E' });
	const by = { object, getBy: 'id' as const, options: { fields: ['Id', 'Name'] } };
	const [row] = await get.executeAll(connected(), [{ ...by, recordId: id }]);
	expect(row).toEqual({ Id: id, Name: 'a' });
	const fields = { ...row, Name: 'b' };
	const [written] = await update.executeAll(connected(), [
		{ object, recordId: id, fields, options: {} },
	]);
	expect(written).toEqual({ id, success: true });
	expect(sandbox.store.read(id)?.Name).toBe('b');
});

test('a record that is deleted twice in one run is deleted once, and the second item says so', async () => {
	const id = sandbox.store.insert('Account', { Name: 'a' });
	const input = { object, recordId: id, options: {} };
	const results = await deleteOperation.executeAll(connected(), [input, input]);
	expect(results[0]).toEqual({ id, success: true });
	expect(results[1]).toMatchObject({ code: 'ENTITY_IS_DELETED', phase: 'rejected' });
});
