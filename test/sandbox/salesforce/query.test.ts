import type { Connection } from 'jsforce';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { jsforceClient, send } from './clients.ts';

let sandbox: SalesforceSandbox;
let client: Connection;

/** Ten accounts; the n-th has n contacts. Number 4 lies in the recycle bin. */
beforeAll(async () => {
	sandbox = await startSalesforceSandbox({ now: () => Date.parse('2026-05-20T12:00:00Z') });
	client = jsforceClient(sandbox);
	for (let n = 0; n < 10; n++) {
		const account = sandbox.store.insert('Account', {
			Name: n === 9 ? '50%_off' : `Account ${n}`,
			Industry: n % 3 === 0 ? null : n % 3 === 1 ? 'Banking' : 'Energy',
			NumberOfEmployees: n,
			AnnualRevenue: n * 1000,
			Regions__c: n % 2 ? 'EMEA;APAC' : 'AMER',
			Active__c: n > 4,
			Customer_Since__c: `2026-05-${String(10 + n)}`,
			CreatedDate: `2026-0${1 + (n % 5)}-20T08:00:00.000+0000`,
			External_Id__c: `E-${n}`,
		});
		for (let m = 0; m < n; m++) {
			sandbox.store.insert('Contact', { LastName: `C ${n}.${m}`, AccountId: account });
		}
	}
	await client.sobject('Account').destroy(named('Account 4'));
});

afterAll(async () => await sandbox.close());

const named = (name: string) =>
	sandbox.store.rows('Account').find(({ values }) => values.Name === name)?.id ?? '';

/** The numbers of the accounts that meet a condition. */
const numbers = async (where: string) => {
	const soql = `SELECT NumberOfEmployees FROM Account WHERE ${where} ORDER BY NumberOfEmployees`;
	const { records } = await client.query(soql);
	return records.map(({ NumberOfEmployees }) => NumberOfEmployees as number);
};

test.each([
	["Name = 'account 1'", [1]],
	["Name != 'Account 1' AND NumberOfEmployees < 3", [0, 2]],
	["Name LIKE 'Account _' AND (NumberOfEmployees = 1 OR NumberOfEmployees = 8)", [1, 8]],
	["Name LIKE '50\\%\\_%'", [9]],
	['NOT (NumberOfEmployees > 2)', [0, 1, 2]],
	['Industry = null', [0, 3, 6, 9]],
	["Industry != 'Banking'", [0, 2, 3, 5, 6, 8, 9]],
	["Industry IN ('Banking', 'Energy') AND Active__c = TRUE", [5, 7, 8]],
	["Industry NOT IN ('Banking', null) AND NumberOfEmployees >= 5", [5, 8]],
	["Regions__c INCLUDES ('EMEA;APAC') AND NumberOfEmployees < 4", [1, 3]],
	["Regions__c EXCLUDES ('EMEA') AND NumberOfEmployees < 4", [0, 2]],
	['Customer_Since__c = 2026-05-15', [5]],
	['Customer_Since__c < TODAY AND Customer_Since__c > LAST_N_DAYS:2', []],
	['Customer_Since__c = LAST_N_DAYS:3', [7, 8, 9]],
	['Customer_Since__c = THIS_WEEK', [7, 8, 9]],
	['CreatedDate = LAST_MONTH', [3, 8]],
	['CreatedDate > 2026-04-30T23:59:59Z', [9]],
	['CreatedDate > 2026-04-30T23:59:59+02:00 AND CALENDAR_MONTH(CreatedDate) = 5', [9]],
	["External_Id__c IN ('e-1', 'E-3')", [1, 3]],
	["Id IN (SELECT AccountId FROM Contact WHERE LastName LIKE 'C 2%')", [2]],
	['Id NOT IN (SELECT AccountId FROM Contact) ', [0]],
])('WHERE %s', async (where, expected) => {
	expect(await numbers(where)).toEqual(expected);
});

test('order, nulls, limit, offset', async () => {
	const soql =
		'SELECT NumberOfEmployees FROM Account ORDER BY Industry DESC NULLS LAST, NumberOfEmployees DESC LIMIT 4 OFFSET 1';
	const { records } = await client.query(soql);
	expect(records.map(({ NumberOfEmployees }) => NumberOfEmployees)).toEqual([5, 2, 7, 1]);
});

test('parents and children; children have pages of their own', async () => {
	for (let m = 0; m < 450; m++) {
		sandbox.store.insert('Contact', { LastName: `Many ${m}`, AccountId: named('Account 1') });
	}
	const soql =
		'SELECT Id, Owner.Name, (SELECT Id, Account.Name FROM Contacts ORDER BY LastName) FROM Account WHERE NumberOfEmployees < 2 ORDER BY Name';
	const { body } = await send(sandbox, 'GET', `/query?q=${encodeURIComponent(soql)}`);
	const { records } = body as { records: Array<Record<string, unknown>> };
	expect(records[0]).toMatchObject({ Contacts: null, Owner: { Name: 'Ada Admin' } });
	const contacts = records[1]?.Contacts as Record<string, unknown>;
	expect(contacts).toMatchObject({ totalSize: 451, done: false });
	expect(contacts.records).toHaveLength(200);
	const seen: unknown[] = [...(contacts.records as unknown[])];
	let next = contacts.nextRecordsUrl as string | undefined;
	while (next !== undefined) {
		const page = (await send(sandbox, 'GET', next)).body as {
			records: unknown[];
			nextRecordsUrl?: string;
		};
		seen.push(...page.records);
		next = page.nextRecordsUrl;
	}
	expect(seen).toHaveLength(451);
	expect(seen[450]).toMatchObject({ Account: { Name: 'Account 1' } });
	const fetched = await client.query(soql, { autoFetch: true });
	expect((fetched.records[1]?.Contacts as { records: unknown[] }).records).toHaveLength(451);
});

test('queryAll sees the recycle bin', async () => {
	const soql = 'SELECT IsDeleted FROM Account WHERE NumberOfEmployees = 4';
	expect((await client.query(soql)).totalSize).toBe(0);
	const all = await client.query(soql, { scanAll: true });
	expect(all.records).toMatchObject([{ IsDeleted: true }]);
});

test('aggregates', async () => {
	const { records } = await client.query(
		'SELECT Industry, COUNT(Id), SUM(NumberOfEmployees) total, AVG(AnnualRevenue) FROM Account GROUP BY Industry HAVING COUNT(Id) > 2 ORDER BY COUNT(Id) DESC, Industry',
	);
	expect(records).toEqual([
		{ attributes: { type: 'AggregateResult' }, Industry: null, expr0: 4, total: 18, expr1: 4500 },
		{
			attributes: { type: 'AggregateResult' },
			Industry: 'Energy',
			expr0: 3,
			total: 15,
			expr1: 5000,
		},
	]);
	const count = await client.query("SELECT COUNT() FROM Account WHERE Industry = 'Banking'");
	expect(count).toMatchObject({ totalSize: 2, records: [], done: true });
	const months = await client.query(
		'SELECT CALENDAR_MONTH(CreatedDate) month, MAX(Name) FROM Account GROUP BY CALENDAR_MONTH(CreatedDate) ORDER BY CALENDAR_MONTH(CreatedDate) LIMIT 1',
	);
	expect(months.records).toMatchObject([{ month: 1, expr0: 'Account 5' }]);
});

test('TYPEOF, polymorphic parents and FIELDS', async () => {
	const WhoId = sandbox.store.insert('Lead', { LastName: 'Who', Company: 'Example' });
	sandbox.store.insert('Task', { Subject: 'Call', WhoId, WhatId: named('Account 1') });
	const { records } = await client.query(
		"SELECT Who.Name, Who.Type, TYPEOF What WHEN Account THEN Industry ELSE Name END FROM Task WHERE Who.Type = 'Lead'",
	);
	expect(records).toMatchObject([
		{ Who: { Name: 'Who', Type: 'Lead' }, What: { Industry: 'Banking' } },
	]);
	const fields = await client.query('SELECT FIELDS(CUSTOM) FROM Invoice__c LIMIT 200');
	expect(fields.totalSize).toBe(0);
});

test.each([
	[
		'SELECT Id FRM Account',
		'MALFORMED_QUERY',
		/ERROR at Row:1:Column:15\nunexpected token: 'Account'/,
	],
	["SELECT Id FROM Account WHERE Name = 'x", 'MALFORMED_QUERY', /Row:1:Column:37/],
	[
		'SELECT Id FROM Account WHERE Phone = null OR Name = null AND Fax = null',
		'MALFORMED_QUERY',
		/'AND'/,
	],
	['SELECT FIELDS(ALL) FROM Account', 'MALFORMED_QUERY', /LIMIT of at most 200/],
	['SELECT Name, COUNT(Id) FROM Account', 'MALFORMED_QUERY', /must be grouped or aggregated: Name/],
	[
		'SELECT Id, Foo FROM Account',
		'INVALID_FIELD',
		/Column:12\nNo such column 'Foo' on entity 'Account'/,
	],
	['SELECT Foo__r.Id FROM Account', 'INVALID_FIELD', /Didn't understand relationship 'Foo__r'/],
	['SELECT Id, Name, Id FROM Account', 'INVALID_FIELD', /duplicate field selected: Id/],
	['SELECT Id FROM Nope', 'INVALID_TYPE', /sObject type 'Nope' is not supported/],
	[
		"SELECT Id FROM Account WHERE NumberOfEmployees = '5'",
		'INVALID_FIELD',
		/should not be enclosed in quotes/,
	],
	[
		'SELECT Id FROM Account WHERE Name = 5',
		'INVALID_FIELD',
		/type string and should be enclosed in quotes/,
	],
	["SELECT Id FROM Account WHERE Description = 'x'", 'INVALID_FIELD', /can not be filtered/],
	["SELECT Id FROM Account WHERE Id = 'x'", 'INVALID_QUERY_FILTER_OPERATOR', /invalid ID field: x/],
	[
		'SELECT Id FROM Account LIMIT 1 OFFSET 2001',
		'NUMBER_OUTSIDE_VALID_RANGE',
		/offset allowed is 2000/,
	],
])('%s is refused', async (soql, errorCode, message) => {
	const { status, body } = await send(sandbox, 'GET', `/query?q=${encodeURIComponent(soql)}`);
	expect(status).toBe(400);
	expect(body).toEqual([{ errorCode, message: expect.stringMatching(message) }]);
});

test('a locator that is none, and an address that is too long', async () => {
	const { status, body } = await send(sandbox, 'GET', '/query/01gSb0000000009IAA-2000');
	expect([status, body]).toMatchObject([400, [{ errorCode: 'INVALID_QUERY_LOCATOR' }]]);
	const ids = Array.from({ length: 900 }, (_, n) => `'001Sb${String(n).padStart(10, '0')}'`);
	const long = `/query?q=${encodeURIComponent(`SELECT Id FROM Account WHERE Id IN (${ids.join()})`)}`;
	expect([414, 431]).toContain((await send(sandbox, 'GET', long)).status);
});
