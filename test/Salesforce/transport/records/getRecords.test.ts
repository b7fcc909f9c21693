import { getRecords } from '../../../../nodes/Salesforce/transport/records/getRecords';
import type { SalesforceSandbox } from '../../../../sandbox/salesforce/server';
import { startSalesforceSandbox } from '../../../../sandbox/salesforce/server';
import { clientAt, startOrgStub } from '../../orgStub';

let sandbox: SalesforceSandbox;
beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
});
afterEach(async () => await sandbox.close());

const connected = () =>
	clientAt(sandbox.url, {
		oauthTokenData: { access_token: sandbox.accessToken(), instance_url: sandbox.url },
	});
const calls = () =>
	sandbox.requests.map(({ method, path }) => `${method} ${path.replace(/^.*v68\.0/, '')}`);
const insert = (Name: string) =>
	sandbox.store.insert('Account', { Name, External_Id__c: `E/${Name}?` });

test('one record, with all fields or some', async () => {
	const id = insert('Ada');
	const [all] = await getRecords(connected(), [{ object: 'Account', id, fields: [] }]);
	expect(all).toMatchObject({ Id: id, Name: 'Ada', Phone: null });
	expect(all).not.toHaveProperty('attributes');
	const [some] = await getRecords(connected(), [{ object: 'Account', id, fields: ['Name'] }]);
	expect(some).toEqual({ Name: 'Ada', Id: id });
});

test('by an external ID with characters that mean something in an address', async () => {
	insert('a b');
	const externalId = { field: 'External_Id__c', value: 'E/a b?' };
	const [found] = await getRecords(connected(), [{ object: 'Account', externalId, fields: [] }]);
	expect(found).toMatchObject({ Name: 'a b' });
	expect(calls()).toEqual(['GET /sobjects/Account/External_Id__c/E%2Fa%20b%3F']);
});

test('many records come with one request, in the order of the items', async () => {
	const ids = Array.from({ length: 500 }, (_, n) => insert(`n${n}`));
	const wanted = ids.map((id) => ({ object: 'Account', id, fields: ['Name'] })).reverse();
	const found = await getRecords(connected(), [...wanted, ...wanted.slice(0, 3)]);
	expect(found.map((one) => ('Name' in one ? one.Name : one))).toEqual([
		...Array.from({ length: 500 }, (_, n) => `n${499 - n}`),
		...['n499', 'n498', 'n497'],
	]);
	expect(calls()).toEqual(['POST /composite/sobjects/Account']);
});

test('all fields of many records: their names are asked for first', async () => {
	const ids = Array.from({ length: 20 }, (_, n) => insert(`n${n}`));
	const found = await getRecords(
		connected(),
		ids.map((id) => ({ object: 'Account', id, fields: [] })),
	);
	expect(found[7]).toMatchObject({ Id: ids[7], Name: 'n7', Phone: null });
	expect(calls()).toEqual(['GET /sobjects/Account/describe', 'POST /composite/sobjects/Account']);
});

test('records that are not there fail alone', async () => {
	const id = insert('there');
	const gone = '001000000000000AAA';
	const lead = sandbox.store.insert('Lead', { LastName: 'x', Company: 'y' });
	const wanted = [id, gone, lead].map((one) => ({ object: 'Account', id: one, fields: ['Name'] }));
	const found = await getRecords(connected(), wanted);
	expect(found[0]).toMatchObject({ Name: 'there' });
	expect(found[1]).toMatchObject({ code: 'NOT_FOUND', kind: 'invalid' });
	expect(found[2]).toBeInstanceOf(Error);
});

test('a field that is not there fails them all, without asking for each', async () => {
	const ids = [insert('a'), insert('b')];
	const found = await getRecords(
		connected(),
		ids.map((id) => ({ object: 'Account', id, fields: ['Nmae'] })),
	);
	expect(found.map((one) => ('code' in one ? one.code : one))).toEqual([
		'INVALID_FIELD',
		'INVALID_FIELD',
	]);
	expect(calls().length).toBe(1);
});

test('an answer that is no list of records does not mean that there are none', async () => {
	const [one, two] = [insert('one'), insert('two')];
	const stub = await startOrgStub((_asked, nth) => ({
		body:
			nth === 1
				? ''
				: [
						{ Id: one, Name: 'one' },
						{ Id: two, Name: 'two' },
					],
	}));
	const wanted = [one, two].map((id) => ({ object: 'Account', id, fields: ['Name'] }));
	const found = await getRecords(clientAt(stub.url), wanted);
	await stub.close();
	expect(found).toMatchObject([{ Name: 'one' }, { Name: 'two' }]);
});
