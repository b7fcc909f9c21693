import { run } from '../../../nodes/Salesforce/actions/query/run.operation';
import { getMany } from '../../../nodes/Salesforce/actions/record/getMany.operation';
import { act } from './acting';
import { startOrg } from './org';

let started: Awaited<ReturnType<typeof startOrg>>;

const ACCOUNTS = [
	{ Name: "O'Neill & Sons", Industry: 'Energy', NumberOfEmployees: 12, BillingCity: 'Bonn' },
	{ Name: '100% Cotton_x', Industry: 'Apparel', NumberOfEmployees: 7, BillingCity: 'Köln' },
	{ Name: '100 Cotton', Industry: 'Apparel', NumberOfEmployees: 300, BillingCity: null },
	{ Name: 'Back\\slash', Industry: null, NumberOfEmployees: null, BillingCity: 'Bonn, Bad' },
];

beforeAll(async () => {
	started = await startOrg();
	const { store } = started.org;
	for (const [n, account] of ACCOUNTS.entries()) {
		const id = store.insert('Account', account);
		for (let child = 0; child < n; child++)
			store.insert('Contact', { LastName: `C${n}-${child}`, AccountId: id });
	}
});
afterAll(async () => await started.org.close());
beforeEach(() => void (started.org.requests.length = 0));

const query = async (soql: string, more: Record<string, unknown> = {}) =>
	await act(run, started.signedIn(), { soql, ...more });
const find = async (given: Record<string, unknown>) =>
	await act(getMany, started.signedIn(), {
		object: 'Account',
		returnFields: 'chosen',
		fields: ['Name'],
		returnAll: true,
		options: { sort: { keys: [{ field: 'Name', order: 'ascending', nulls: 'automatic' }] } },
		...given,
	});
const named = (answer: unknown) => (answer as Array<{ Name: string }>).map(({ Name }) => Name);
const asked = () => started.org.requests.map(({ path }) => new URL(path, 'http://org'));

describe('run', () => {
	test('rows with parents and children, without what the API adds', async () => {
		const { answer } = await query(
			"SELECT Name, Owner.Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account WHERE Name LIKE '100%' ORDER BY Name",
		);
		expect(answer).toEqual([
			{
				Name: '100 Cotton',
				Owner: { Name: expect.any(String) as string },
				Contacts: [{ LastName: 'C2-0' }, { LastName: 'C2-1' }],
			},
			{
				Name: '100% Cotton_x',
				Owner: { Name: expect.any(String) as string },
				Contacts: [{ LastName: 'C1-0' }],
			},
		]);
	});

	test('values of the query are values, whatever is in them', async () => {
		const { answer } = await query(
			'SELECT Name FROM Account WHERE Name = :name OR Name LIKE :part OR NumberOfEmployees IN :sizes ORDER BY Name',
			{
				queryValues: {
					rows: [
						{ name: 'name', kind: 'text', value: "O'Neill & Sons" },
						{ name: 'part', kind: 'contains', value: '0% C' },
						{ name: 'sizes', kind: 'number', value: [1, '300'] },
					],
				},
			},
		);
		expect(named(answer)).toEqual(['100 Cotton', '100% Cotton_x', "O'Neill & Sons"]);
	});

	test('a count, and summaries', async () => {
		expect((await query('SELECT COUNT() FROM Account')).answer).toEqual([{ count: 4 }]);
		const { answer } = await query(
			'SELECT Industry, COUNT(Id) n FROM Account WHERE Industry != NULL GROUP BY Industry ORDER BY Industry',
		);
		expect(answer).toEqual([
			{ Industry: 'Apparel', n: 2 },
			{ Industry: 'Energy', n: 1 },
		]);
	});

	test('files', async () => {
		const soql =
			'SELECT Name, BillingCity, Parent.Name, NumberOfEmployees FROM Account ORDER BY Name';
		const csv = await query(soql, { output: 'csv' });
		expect(csv.saved).toEqual([
			[
				'Name,BillingCity,Parent.Name,NumberOfEmployees',
				'100 Cotton,,,300',
				'100% Cotton_x,Köln,,7',
				'Back\\slash,"Bonn, Bad",,',
				"O'Neill & Sons,Bonn,,12",
				'',
			].join('\r\n'),
		]);
		expect(csv.answer).toMatchObject([
			{ row: { count: 4, fileName: 'records.csv', method: 'rest' } },
		]);
		const { saved } = await query(soql, { output: 'ndjson' });
		expect(saved[0]?.split('\n')[0]).toBe(
			'{"Name":"100 Cotton","BillingCity":null,"Parent":null,"NumberOfEmployees":300}',
		);
	});

	test('a file of nothing has its header', async () => {
		const { saved } = await query("SELECT Id, Name FROM Account WHERE Name = 'nobody'", {
			output: 'csv',
		});
		expect(saved).toEqual(['Id,Name\r\n']);
	});

	test('no more rows than wanted', async () => {
		const { answer } = await query('SELECT Name FROM Account ORDER BY Name', {
			returnAll: false,
			limit: 3,
		});
		expect(named(answer)).toHaveLength(3);
	});

	test('what is wrong with the query is said in the words of the org', async () => {
		await expect(query('SELEKT Id FROM Account')).rejects.toMatchObject({
			code: 'MALFORMED_QUERY',
			kind: 'invalid',
		});
		await expect(query(' ')).rejects.toThrow('"SOQL" is empty');
	});

	test('deleted records, where they are asked for', async () => {
		const { store } = started.org;
		const row = store.find(store.insert('Account', { Name: 'Gone' }));
		if (row) store.remove(row, '');
		const soql = "SELECT Name, IsDeleted FROM Account WHERE Name = 'Gone'";
		expect((await query(soql)).answer).toEqual([]);
		expect((await query(soql, { options: { includeDeleted: true } })).answer).toEqual([
			{ Name: 'Gone', IsDeleted: true },
		]);
	});
});

describe('get many', () => {
	test('all fields, with types of their own, from what the org says of itself', async () => {
		const { answer } = await find({
			returnFields: 'all',
			conditions: { rows: [{ field: 'Name', operator: 'equals', value: '100 Cotton' }] },
		});
		expect(answer).toMatchObject([
			{ Name: '100 Cotton', NumberOfEmployees: 300, BillingCity: null, Industry: 'Apparel' },
		]);
		expect((answer as object[])[0]).not.toHaveProperty('attributes');
		expect((answer as object[])[0]).not.toHaveProperty('BillingAddress');
	});

	test.each<[string, unknown, unknown, string[]]>([
		['Name', 'contains', '0% C', ['100% Cotton_x']],
		['Name', 'endsWith', 'n_x', ['100% Cotton_x']],
		['Name', 'notContains', 'Cotton', ['Back\\slash', "O'Neill & Sons"]],
		['Name', 'contains', 'k\\s', ['Back\\slash']],
		['Name', 'in', ["O'Neill & Sons", '100 Cotton'], ['100 Cotton', "O'Neill & Sons"]],
		['Name', 'in', [], []],
		['NumberOfEmployees', 'in', '7, 12', ['100% Cotton_x', "O'Neill & Sons"]],
		['NumberOfEmployees', 'greaterThan', 12, ['100 Cotton']],
		['Industry', 'isEmpty', '', ['Back\\slash']],
		['BillingCity', 'in', ['Bonn', null], ['100 Cotton', "O'Neill & Sons"]],
	])('%s %s %p', async (field, operator, value, expected) => {
		const { answer } = await find({ conditions: { rows: [{ field, operator, value }] } });
		expect(named(answer)).toEqual(expected);
	});

	test('groups, any of them', async () => {
		const { answer } = await find({
			match: 'any',
			conditions: {
				rows: [{ field: 'Name', operator: 'equals', value: 'Back\\slash' }],
				groups: [
					{
						match: 'all',
						conditions: {
							rows: [
								{ field: 'Industry', operator: 'equals', value: 'Apparel' },
								{ field: 'NumberOfEmployees', operator: 'lessThan', value: '10' },
							],
						},
					},
				],
			},
		});
		expect(named(answer)).toEqual(['100% Cotton_x', 'Back\\slash']);
	});

	test('related lists, parents, summaries', async () => {
		const { answer } = await find({
			conditions: { rows: [{ field: 'Name', operator: 'startsWith', value: 'Back' }] },
			options: {
				parentFields: 'Owner.Name',
				related: { lists: [{ relationship: 'Contacts', fields: 'LastName', most: 2 }] },
			},
		});
		expect(answer).toMatchObject([
			{ Name: 'Back\\slash', Owner: { Name: expect.any(String) as string } },
		]);
		expect((answer as Array<{ Contacts: unknown[] }>)[0]?.Contacts).toHaveLength(2);
		const summed = await find({
			options: {
				groupBy: ['Industry'],
				summaries: { rows: [{ function: 'SUM', field: 'NumberOfEmployees', alias: 'people' }] },
				sort: { keys: [{ field: 'Industry', order: 'descending', nulls: 'last' }] },
			},
		});
		const counted = await find({
			options: { summaries: { rows: [{ function: 'COUNT', field: '', alias: '' }] } },
		});
		expect(counted.answer).toEqual([{ COUNT_Id: 4 }]);
		expect(summed.answer).toEqual([
			{ Industry: 'Energy', people: 12 },
			{ Industry: 'Apparel', people: 307 },
			{ Industry: null, people: null },
		]);
	});

	test('a limit is one of the query', async () => {
		const { answer } = await find({ returnAll: false, limit: 2 });
		expect(named(answer)).toEqual(['100 Cotton', '100% Cotton_x']);
		expect(asked().at(-1)?.searchParams.get('q')).toMatch(/ LIMIT 2$/);
	});

	test.each([
		[{ conditions: { rows: [{ field: 'Nmae', operator: 'equals', value: 'x' }] } }, '"Nmae"'],
		[{ fields: [] }, '"Fields" is empty'],
		[
			{ options: { related: { lists: [{ relationship: 'Contact', fields: 'Id', most: 0 }] } } },
			'related list',
		],
		[{ conditions: { rows: [{ field: 'Name', operator: 'contains', value: '' }] } }, 'no value'],
	])('what is wrong is named before anything is asked: %#', async (given, message) => {
		await expect(find(given)).rejects.toThrow(message);
		expect(asked().filter(({ pathname }) => pathname.endsWith('/query'))).toEqual([]);
	});
});
