import { isQueryValid } from '@jetstreamapp/soql-parser-js';
import { pickObjects } from '../../../nodes/Salesforce/methods/pickObjects';
import { pickRecords } from '../../../nodes/Salesforce/methods/pickRecords';
import { pickReports } from '../../../nodes/Salesforce/methods/pickReports';
import type { SalesforceRequest } from '../../../nodes/Salesforce/transport/client';
import type { ObjectDescription } from '../../../nodes/Salesforce/transport/describe';
import type { ListQuestion } from '../../../nodes/shared/node/editorList';
import type { Scripted } from '../scriptedClient';
import { scriptedClient } from '../scriptedClient';
import { account, field, object } from './described';

const question = (filter = '', after = ''): ListQuestion => ({
	filter,
	after,
	chosen: () => undefined,
});

let orgs = 0;

/** An org with these objects; queries and searches find what is given. */
const org = (
	objects: ObjectDescription[],
	{ records = [], hits = [] }: { records?: object[]; hits?: object[] } = {},
): Scripted =>
	scriptedClient(
		({ path }: SalesforceRequest) => {
			if (path === '/sobjects') return { json: { sobjects: objects } };
			if (path.startsWith('/query'))
				return { json: { done: true, totalSize: records.length, records } };
			if (path.startsWith('/search')) return { json: { searchRecords: hits } };
			const name = path.split('/')[2]?.toLowerCase();
			return { json: objects.find((one) => one.name.toLowerCase() === name) };
		},
		{ scope: `picking ${orgs++}` },
	);

/** The queries that were sent; each is one that a parser of SOQL understands. */
function queriesOf({ requests }: Scripted): string[] {
	const queries = requests
		.filter(({ path }) => path.startsWith('/query'))
		.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('q') ?? '');
	for (const query of queries) expect([query, isQueryValid(query)]).toEqual([query, true]);
	return queries;
}

const searchesOf = ({ requests }: Scripted): string[] =>
	requests
		.filter(({ path }) => path.startsWith('/search'))
		.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('q') ?? '');

describe('objects', () => {
	const objects = [
		object('Account', [], {}),
		object('AccountHistory', [], {
			layoutable: false,
			createable: false,
			label: 'Account History',
		}),
		object('Invoice__c', [], { label: 'Customer Bill' }),
		object('Secret', [], { deprecatedAndHidden: true }),
		object('Zebra__c', [], { label: 'Account Zebra' }),
	];
	const names = async (use: (one: ObjectDescription) => boolean, filter = '') =>
		(await pickObjects(org(objects), use as never, question(filter))).results.map(
			({ name }) => name,
		);

	it('that people know come first, by label and API name', async () => {
		expect(await names(() => true)).toEqual([
			'Account',
			'Account Zebra (Zebra__c)',
			'Customer Bill (Invoice__c)',
			'Account History (AccountHistory)',
		]);
		expect(await names(() => true, ' ACCOUNT')).toEqual([
			'Account',
			'Account Zebra (Zebra__c)',
			'Account History (AccountHistory)',
		]);
		expect(await names(() => true, 'voice')).toEqual(['Customer Bill (Invoice__c)']);
	});

	it('are only those that the operation can use', async () => {
		expect(await names(({ createable }) => createable)).not.toContain(
			'Account History (AccountHistory)',
		);
	});

	it('come in pages', async () => {
		const many = org(Array.from({ length: 1_010 }, (_, n) => object(`O${n + 1000}__c`, [])));
		const found: unknown[] = [];
		for (let after: unknown = ''; after !== undefined;) {
			const page = await pickObjects(many, () => true, question('', String(after)));
			expect(page.results.length).toBeLessThanOrEqual(100);
			found.push(...page.results.map(({ value }) => value));
			after = page.paginationToken;
		}
		expect(new Set(found).size).toBe(1_010);
		expect(many.requests).toHaveLength(1);
	});
});

describe('records', () => {
	it('are those changed last, where nothing was typed', async () => {
		const client = org([account], { records: [{ Id: '001a', Name: 'Ada', Industry: 'Banking' }] });
		const { results } = await pickRecords(client, { object: 'account' }, question());
		expect(results).toEqual([{ name: 'Ada (Banking)', value: '001a' }]);
		expect(queriesOf(client)).toEqual([
			'SELECT Id, Name, Industry FROM Account ORDER BY SystemModstamp DESC LIMIT 101',
		]);
	});

	it('are found by the search index, and where it knows none, by a part of the name', async () => {
		const found = org([account], { hits: [{ Id: '001b', Name: 'Bob' }] });
		expect(
			(
				await pickRecords(
					found,
					{ object: 'Account', where: 'IsActive = true' },
					question("O'B {x}"),
				)
			).results,
		).toEqual([{ name: 'Bob', value: '001b' }]);
		expect(searchesOf(found)).toEqual([
			"FIND {O\\'B \\{x\\}*} IN NAME FIELDS RETURNING Account(Id, Name, Industry WHERE IsActive = true LIMIT 100)",
		]);
		expect(queriesOf(found)).toEqual([]);

		const none = org([account]);
		await pickRecords(none, { object: 'Account', where: 'IsDeleted = false' }, question("O'B_"));
		expect(queriesOf(none)).toEqual([
			"SELECT Id, Name, Industry FROM Account WHERE IsDeleted = false AND Name LIKE '%O\\'B\\_%' ORDER BY Name LIMIT 101",
		]);
	});

	it('are found by their ID', async () => {
		const client = org([account]);
		await pickRecords(client, { object: 'Account' }, question('0015e00000AbCdEAAV'));
		expect(searchesOf(client)).toEqual([]);
		expect(queriesOf(client)[0]).toContain("WHERE Id = '0015e00000AbCdEAAV'");
	});

	it('without a name are shown by their ID', async () => {
		const nameless = object('Share__c', [field('Id')], { searchable: false });
		const client = org([nameless], { records: [{ Id: 'x1' }] });
		const { results } = await pickRecords(client, { object: 'Share__c' }, question('x'));
		expect(results).toEqual([{ name: 'x1', value: 'x1' }]);
		expect(queriesOf(client)).toEqual(['SELECT Id FROM Share__c LIMIT 101']);
	});

	it('come in pages as far as the org skips rows', async () => {
		const records = Array.from({ length: 101 }, (_, n) => ({ Id: `${n}`, Name: `N${n}` }));
		const client = org([account], { records });
		const page = await pickRecords(client, { object: 'Account' }, question('', '200'));
		expect([page.results.length, page.paginationToken]).toEqual([100, '300']);
		expect(queriesOf(client)[0]).toMatch(/LIMIT 101 OFFSET 200$/);
		expect(
			(await pickRecords(client, { object: 'Account' }, question('', '2000'))).paginationToken,
		).toBeUndefined();
	});
});

test('reports are asked for with a valid query', async () => {
	const client = org([], { records: [{ Id: '1', Name: 'Ada', FolderName: 'F' }] });
	expect((await pickReports(client, question("A'", '100'))).results).toEqual([
		{ name: 'Ada (F)', value: '1' },
	]);
	expect(queriesOf(client)).toHaveLength(1);
});
