import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { BulkJobs } from './bulkJobs.ts';

let sandbox: SalesforceSandbox;
let jobs: BulkJobs;

beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
	jobs = new BulkJobs(sandbox);
});

afterEach(async () => {
	await sandbox.close();
});

describe('uploads to Bulk API 2.0', () => {
	test.each([
		[
			'the other line ending',
			{},
			'Name\r\nA\r\n',
			'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF',
		],
		[
			'the other line ending',
			{ lineEnding: 'CRLF' },
			'Name\nA\n',
			'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is CRLF',
		],
		[
			'another delimiter',
			{},
			'Name;Site\nA;B\n',
			'InvalidBatch : Field name not found : Name;Site',
		],
		['an unknown field', {}, 'Name,Nom\nA,B\n', 'InvalidBatch : Field name not found : Nom'],
		[
			'a byte order mark',
			{},
			'\uFEFFName\nA\n',
			'InvalidBatch : Field name not found : \uFEFFName',
		],
		[
			'a byte order mark before a quote',
			{},
			'\uFEFF"Name"\nA\n',
			'InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote',
		],
		[
			'an open quote',
			{},
			'Name\n"A\n',
			'InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote',
		],
		[
			'a space before a quote',
			{},
			'Name,Site\nA, "B"\n',
			'InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote',
		],
		[
			'a type where it is not needed',
			{ object: 'Contact' },
			'LastName,Account:Account.Number__c\nA,B\n',
			'InvalidBatch : type is not needed for non polymorphic foreign key reference : Account:Account.Number__c',
		],
	])('fails the whole job for %s', async (_what, given, csv, errorMessage) => {
		expect(await jobs.run(given, csv)).toMatchObject({
			state: 'Failed',
			errorMessage,
			numberRecordsProcessed: 0,
		});
		expect(sandbox.store.count('Account')).toBe(0);
	});

	test.each([
		['COMMA', ','],
		['SEMICOLON', ';'],
		['TAB', '\t'],
		['PIPE', '|'],
		['CARET', '^'],
		['BACKQUOTE', '`'],
	])('reads %s between values', async (columnDelimiter, sign) => {
		const job = await jobs.run({ columnDelimiter }, `Name${sign}Site\n"a${sign}b""c"${sign}d\n`);
		expect(job.state).toBe('JobComplete');
		expect(sandbox.store.rows('Account')[0]?.values).toMatchObject({
			Name: `a${sign}b"c`,
			Site: 'd',
		});
	});

	test('leaves alone what is empty and empties what is #N/A', async () => {
		const id = sandbox.store.insert('Account', { Name: 'A', Site: 'here', Industry: 'Energy' });
		await jobs.run(
			{ operation: 'update' },
			`Id,Name,Site,Industry,NumberOfEmployees\n${id},,#N/A,,7\n`,
		);
		expect(sandbox.store.read(id)).toMatchObject({
			Name: 'A',
			Site: null,
			Industry: 'Energy',
			NumberOfEmployees: 7,
		});
	});

	test('reads types as the documentation says, and says what it cannot read', async () => {
		const { id, numberRecordsFailed } = await jobs.run(
			{ object: 'Invoice__c' },
			'Number__c,Amount__c\nI-1,12.5\nI-2,much\n',
		);
		expect(numberRecordsFailed).toBe(1);
		expect((await jobs.lines(id, 'failedResults'))[1]).toBe(
			'"","INVALID_TYPE_ON_FIELD_IN_RECORD:Amount__c: value not of required type: much:Amount__c --","I-2","much"',
		);
	});

	test('finds parents by their external id', async () => {
		const account = sandbox.store.insert('Account', { Name: 'Parent' });
		const invoice = sandbox.store.insert('Invoice__c', { Number__c: 'I-1', Account__c: account });
		const { externalId } = sandbox.org.schema.field('Account', 'External_Id__c') ?? {};
		expect(externalId).toBe(true);
		sandbox.store.update(account, { External_Id__c: 'E 1,"x"' });
		const { id } = await jobs.run(
			{ object: 'Invoice__c' },
			'Number__c,Account__r.External_Id__c\nI-2,"E 1,""x"""\nI-3,nobody\nI-4,\n',
		);
		expect(await jobs.lines(id, 'failedResults')).toEqual([
			'"sf__Id","sf__Error",Number__c,Account__r.External_Id__c',
			expect.stringContaining(
				'INVALID_FIELD:Foreign key external ID: nobody not found for field External_Id__c in entity Account:--',
			),
		]);
		const parents = sandbox.store.rows('Invoice__c').map(({ values }) => values.Account__c ?? null);
		expect(parents).toEqual([account, account, null]);
		expect(invoice).toMatch(/^a/);
	});
});
