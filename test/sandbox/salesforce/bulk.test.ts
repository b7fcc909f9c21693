import { Connection } from 'jsforce';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { restOf, type Json } from './rest.ts';

let sandbox: SalesforceSandbox;
let rest: ReturnType<typeof restOf>;
let connection: Connection;

beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
	rest = restOf(sandbox);
	connection = new Connection({
		instanceUrl: sandbox.url,
		accessToken: sandbox.accessToken(),
		version: '68.0',
	});
	connection.bulk2.pollInterval = 10;
});

afterEach(async () => {
	await sandbox.close();
});

const create = async (given: Record<string, unknown>) =>
	(await rest('POST', '/jobs/ingest', { object: 'Account', operation: 'insert', ...given })).json;

/** Runs a job to its end. */
async function run(given: Record<string, unknown>, csv: string) {
	const { id } = await create(given);
	expect((await rest('PUT', `/jobs/ingest/${id}/batches`, csv)).status).toBe(201);
	await rest('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
	return await end(`/jobs/ingest/${id}`);
}

async function end(path: string) {
	for (;;) {
		const { json } = await rest('GET', path);
		if (['JobComplete', 'Failed', 'Aborted'].includes(json.state)) return json;
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

const lines = async (id: string, kind: string) =>
	(await rest('GET', `/jobs/ingest/${id}/${kind}`)).text.trimEnd().split('\n');

describe('ingest jobs of Bulk API 2.0', () => {
	test('jsforce inserts, updates, upserts and deletes, and hears of each row', async () => {
		const load = (options: object) =>
			connection.bulk2.loadAndWaitForResults({
				object: 'Account',
				pollInterval: 10,
				...options,
			} as Json);
		const input = Array.from({ length: 450 }, (_, n) => ({
			Name: n % 100 === 7 ? '' : `A${n}`,
			Site: 'x',
		}));
		const inserted = await load({ operation: 'insert', input });
		expect(inserted.successfulResults).toHaveLength(445);
		expect(inserted.failedResults).toHaveLength(5);
		expect(inserted.failedResults[0]).toMatchObject({
			sf__Id: '',
			sf__Error: 'REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --',
			Site: 'x',
		});
		expect(sandbox.store.count('Account')).toBe(445);
		const names = inserted.successfulResults.map(({ Name }: Json) => Name);
		expect(names).not.toEqual(input.map(({ Name }) => Name).filter(Boolean));
		expect([...names].sort()).toEqual(
			input
				.map(({ Name }) => Name)
				.filter(Boolean)
				.sort(),
		);
		const [{ sf__Id: id }] = inserted.successfulResults as Json;
		const updated = await load({
			operation: 'update',
			input: [
				{ Id: id, Name: 'Renamed' },
				{ Id: '001000000000000AAA', Name: 'Nobody' },
			],
		});
		expect(updated.successfulResults).toMatchObject([{ sf__Id: id, sf__Created: 'false' }]);
		expect(updated.failedResults).toMatchObject([
			{ sf__Error: expect.stringMatching(/^INVALID_CROSS_REFERENCE_KEY:/) },
		]);
		expect(sandbox.store.read(id)?.Name).toBe('Renamed');
		const deleted = await load({ operation: 'delete', input: [{ Id: id }] });
		expect(deleted.successfulResults).toHaveLength(1);
		expect(sandbox.store.read(id)).toBeUndefined();
		const upserts = [1, 2].map((n) => ({ Number__c: `I-${n}`, Amount__c: n }));
		for (const created of ['true', 'false']) {
			const upserted = await load({
				object: 'Invoice__c',
				operation: 'upsert',
				externalIdFieldName: 'Number__c',
				input: upserts,
			});
			expect(upserted.failedResults).toEqual([]);
			expect(upserted.successfulResults.map(({ sf__Created }: Json) => sf__Created)).toEqual([
				created,
				created,
			]);
		}
		expect(sandbox.store.count('Invoice__c')).toBe(2);
	});

	test('shows jobs as the documentation does, through all their states', async () => {
		sandbox.bulk.queueMs = 60;
		sandbox.bulk.processMs = 60;
		const created = await create({ lineEnding: 'CRLF', columnDelimiter: 'SEMICOLON' });
		expect(created).toMatchObject({
			id: expect.stringMatching(/^750\w{15}$/),
			operation: 'insert',
			object: 'Account',
			createdDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
			state: 'Open',
			concurrencyMode: 'Parallel',
			contentType: 'CSV',
			apiVersion: 68,
			contentUrl: `services/data/v68.0/jobs/ingest/${created.id}/batches`,
			lineEnding: 'CRLF',
			columnDelimiter: 'SEMICOLON',
		});
		const path = `/jobs/ingest/${created.id}`;
		await rest('PUT', `${path}/batches`, 'Name;Site\r\n"Semi;colon";"line\nbreak"\r\n');
		expect((await rest('GET', `${path}/successfulResults`)).json[0].errorCode).toBe(
			'INVALIDJOBSTATE',
		);
		expect((await rest('DELETE', path)).status).toBe(409);
		expect((await rest('PATCH', path, { state: 'UploadComplete' })).json.state).toBe(
			'UploadComplete',
		);
		const states = new Set<string>();
		for (let state = ''; state !== 'JobComplete'; states.add(state)) {
			({ state } = (await rest('GET', path)).json);
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		expect([...states]).toEqual(['UploadComplete', 'InProgress', 'JobComplete']);
		expect((await rest('GET', path)).json).toMatchObject({
			jobType: 'V2Ingest',
			numberRecordsProcessed: 1,
			numberRecordsFailed: 0,
			retries: 0,
			totalProcessingTime: expect.any(Number),
			apiActiveProcessingTime: expect.any(Number),
			apexProcessingTime: 0,
		});
		expect((await rest('GET', `${path}/successfulResults`)).text).toMatch(
			/^"sf__Id";"sf__Created";Name;Site\r\n"001\w{15}";"true";"Semi;colon";"line\nbreak"\r\n$/,
		);
		expect((await rest('GET', '/jobs/ingest')).json.records).toHaveLength(1);
		expect((await rest('DELETE', path)).status).toBe(204);
		expect((await rest('GET', path)).status).toBe(404);
	});

	test('takes data once, and only while the job is open', async () => {
		const { id } = await create({});
		const path = `/jobs/ingest/${id}`;
		expect((await rest('PUT', `${path}/batches`, 'Name\nA\n')).status).toBe(201);
		const twice = await rest('PUT', `${path}/batches`, 'Name\nB\n');
		expect(twice.status).toBe(400);
		expect(twice.json[0].message).toContain(`Found multiple contents for job: <${id}>`);
		await rest('PATCH', path, { state: 'UploadComplete' });
		expect((await end(path)).numberRecordsProcessed).toBe(1);
		expect((await rest('PATCH', path, { state: 'Aborted' })).json).toEqual([
			{ errorCode: 'INVALIDJOBSTATE', message: 'Aborting already Completed Job not allowed' },
		]);
		expect(sandbox.store.count('Account')).toBe(1);
	});

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
		expect(await run(given, csv)).toMatchObject({
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
		const job = await run({ columnDelimiter }, `Name${sign}Site\n"a${sign}b""c"${sign}d\n`);
		expect(job.state).toBe('JobComplete');
		expect(sandbox.store.rows('Account')[0]?.values).toMatchObject({
			Name: `a${sign}b"c`,
			Site: 'd',
		});
	});

	test('leaves alone what is empty and empties what is #N/A', async () => {
		const id = sandbox.store.insert('Account', { Name: 'A', Site: 'here', Industry: 'Energy' });
		await run({ operation: 'update' }, `Id,Name,Site,Industry,NumberOfEmployees\n${id},,#N/A,,7\n`);
		expect(sandbox.store.read(id)).toMatchObject({
			Name: 'A',
			Site: null,
			Industry: 'Energy',
			NumberOfEmployees: 7,
		});
	});

	test('reads types as the documentation says, and says what it cannot read', async () => {
		const { id, numberRecordsFailed } = await run(
			{ object: 'Invoice__c' },
			'Number__c,Amount__c\nI-1,12.5\nI-2,much\n',
		);
		expect(numberRecordsFailed).toBe(1);
		expect((await lines(id, 'failedResults'))[1]).toBe(
			'"","INVALID_TYPE_ON_FIELD_IN_RECORD:Amount__c: value not of required type: much:Amount__c --","I-2","much"',
		);
	});

	test('finds parents by their external id', async () => {
		const account = sandbox.store.insert('Account', { Name: 'Parent' });
		const invoice = sandbox.store.insert('Invoice__c', { Number__c: 'I-1', Account__c: account });
		const { externalId } = sandbox.org.schema.field('Account', 'External_Id__c') ?? {};
		expect(externalId).toBe(true);
		sandbox.store.update(account, { External_Id__c: 'E 1,"x"' });
		const { id } = await run(
			{ object: 'Invoice__c' },
			'Number__c,Account__r.External_Id__c\nI-2,"E 1,""x"""\nI-3,nobody\nI-4,\n',
		);
		expect(await lines(id, 'failedResults')).toEqual([
			'"sf__Id","sf__Error",Number__c,Account__r.External_Id__c',
			expect.stringContaining(
				'INVALID_FIELD:Foreign key external ID: nobody not found for field External_Id__c in entity Account:--',
			),
		]);
		const parents = sandbox.store.rows('Invoice__c').map(({ values }) => values.Account__c ?? null);
		expect(parents).toEqual([account, account, null]);
		expect(invoice).toMatch(/^a/);
	});

	test('cannot lock rows, fails or is aborted on the way: what is not done is listed', async () => {
		const csv = `Name\n${Array.from({ length: 50 }, (_, n) => `A${n}`).join('\n')}\n`;
		sandbox.faults.add({
			kind: 'lockRows',
			rows: 0.1,
			times: 1,
			match: ({ method }) => method === 'PUT',
		});
		const locked = await run({}, csv);
		expect(locked).toMatchObject({ numberRecordsProcessed: 50, numberRecordsFailed: 5 });
		const [, first] = await lines(locked.id, 'failedResults');
		expect(first).toMatch(
			/^"","UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record.*:--","A\d+"$/,
		);
		sandbox.bulk.failAfterRows = 20;
		const failed = await run({}, csv);
		expect(failed).toMatchObject({
			state: 'Failed',
			errorMessage: 'TooManyLockFailure : Too many lock failure 200 Trying again later.',
			numberRecordsProcessed: 20,
		});
		expect(await lines(failed.id, 'successfulResults')).toHaveLength(21);
		expect(await lines(failed.id, 'unprocessedRecords')).toHaveLength(31);
		expect((await lines(failed.id, 'unprocessedRecords'))[0]).toBe('Name');
		expect(sandbox.store.count('Account')).toBe(45 + 20);
		sandbox.bulk.queueMs = 10_000;
		const { id } = await create({});
		await rest('PUT', `/jobs/ingest/${id}/batches`, csv);
		await rest('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
		expect((await rest('PATCH', `/jobs/ingest/${id}`, { state: 'Aborted' })).json.state).toBe(
			'Aborted',
		);
		expect(await lines(id, 'unprocessedRecords')).toHaveLength(51);
		expect((await rest('DELETE', `/jobs/ingest/${id}`)).status).toBe(204);
	});

	test('takes small jobs whole in one request', async () => {
		const body = [
			'--BOUNDARY',
			'Content-Type: application/json',
			'Content-Disposition: form-data; name="job"',
			'',
			JSON.stringify({ object: 'Account', contentType: 'CSV', operation: 'insert' }),
			'--BOUNDARY',
			'Content-Type: text/csv',
			'Content-Disposition: form-data; name="content"; filename="content"',
			'',
			'Name',
			'Whole',
			'--BOUNDARY--',
		]
			.join('\r\n')
			.replace('Name\r\n', 'Name\n');
		const { json, status } = await rest('POST', '/jobs/ingest', body, {
			'content-type': 'multipart/form-data; boundary=BOUNDARY',
		});
		expect({ status, state: json.state }).toEqual({ status: 200, state: 'UploadComplete' });
		await end(`/jobs/ingest/${json.id}`);
		expect(sandbox.store.rows('Account').map(({ values }) => values.Name)).toEqual(['Whole']);
	});

	test.each([
		[{ object: 'Nothing__c' }, 'INVALIDJOB'],
		[{ operation: 'merge' }, 'INVALIDJOB'],
		[{ operation: 'upsert' }, 'INVALIDJOB'],
		[{ operation: 'upsert', externalIdFieldName: 'Name' }, 'INVALIDJOB'],
		[{ columnDelimiter: 'DOT' }, 'INVALIDJOB'],
	])('refuses %j', async (given, errorCode) => {
		expect(await create(given)).toMatchObject([{ errorCode }]);
	});
});

describe('query jobs of Bulk API 2.0', () => {
	const query = async (soql: string, operation = 'query') =>
		await rest('POST', '/jobs/query', { operation, query: soql });

	beforeEach(() => {
		for (let n = 0; n < 25; n++) {
			sandbox.store.insert('Account', {
				Name: `A${n}`,
				Description: n === 3 ? 'a "quoted"\nline' : null,
			});
		}
	});

	test('jsforce reads what fits on one page', async () => {
		const records = await (
			await connection.bulk2.query("SELECT Id, Name, Description FROM Account WHERE Name LIKE 'A%'")
		).toArray();
		expect(records).toHaveLength(25);
		expect(records[3]).toMatchObject({ Name: 'A3', Description: 'a "quoted"\nline' });
	});

	test('pages with locators, each page with its header', async () => {
		sandbox.bulk.queryPageSize = 10;
		const { json } = await query(
			'SELECT Name, Owner.Alias, CreatedDate, AnnualRevenue FROM Account ORDER BY CreatedDate',
		);
		expect(json).toMatchObject({
			operation: 'query',
			object: 'Account',
			state: 'UploadComplete',
			lineEnding: 'LF',
		});
		const path = `/jobs/query/${json.id}`;
		expect(await end(path)).toMatchObject({
			jobType: 'V2Query',
			numberRecordsProcessed: 25,
			isPkChunkingSupported: true,
		});
		const counts: Array<string | null> = [];
		let rows = 0;
		for (let locator: string | null = ''; locator !== 'null';) {
			const page = await rest('GET', `${path}/results${locator ? `?locator=${locator}` : ''}`);
			expect(page.text.split('\n')[0]).toBe('"Name","Owner.Alias","CreatedDate","AnnualRevenue"');
			expect(page.text.split('\n')[1]).toMatch(
				/^"A\d+","\w+","\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z",""$/,
			);
			rows += page.text.trimEnd().split('\n').length - 1;
			counts.push(page.headers.get('sforce-numberofrecords'));
			locator = page.headers.get('sforce-locator');
		}
		expect(counts).toEqual(['10', '10', '5']);
		expect(rows).toBe(25);
		expect(
			(await rest('GET', `${path}/results?maxRecords=20`)).headers.get('sforce-numberofrecords'),
		).toBe('20');
		const { resultPages } = (await rest('GET', `${path}/resultPages`)).json;
		expect(resultPages).toHaveLength(3);
	});

	test('breaks off in the middle of a result when told to, and sends it whole the next time', async () => {
		const { json } = await query('SELECT Id, Name FROM Account');
		const path = `/jobs/query/${json.id}`;
		await end(path);
		const results = ({ path: asked }: { path: string }) => asked.endsWith('/results');
		sandbox.faults.add({ kind: 'truncate', times: 1, match: results });
		await expect(rest('GET', `${path}/results`)).rejects.toThrow('terminated');
		const { text } = await rest('GET', `${path}/results`, undefined, {
			'accept-encoding': 'identity',
		});
		expect(text.trimEnd().split('\n')).toHaveLength(26);
		const packed = await rest('GET', `${path}/results`, undefined, { 'accept-encoding': 'gzip' });
		expect(packed.headers.get('content-encoding')).toBe('gzip');
		expect(packed.text).toBe(text);
	});

	test('queryAll finds the recycle bin', async () => {
		const [row] = sandbox.store.rows('Account');
		if (row) sandbox.store.remove(row, sandbox.store.systemUserId);
		for (const [operation, found] of [
			['query', 24],
			['queryAll', 25],
		] as const) {
			const { json } = await query('SELECT Id FROM Account', operation);
			expect((await end(`/jobs/query/${json.id}`)).numberRecordsProcessed).toBe(found);
		}
	});

	test.each([
		[
			'SELECT Id, BillingAddress FROM Account',
			'API_ERROR',
			'Selecting compound data not supported in Bulk Query',
		],
		[
			'SELECT Id, (SELECT Id FROM Contacts) FROM Account',
			'API_ERROR',
			'Aggregate Relationships not supported in Bulk Query',
		],
		[
			'SELECT COUNT(Id) FROM Account',
			'API_ERROR',
			'Aggregate functions not supported in Bulk Query',
		],
		['SELECT Nope FROM Account', 'API_ERROR', "No such column 'Nope'"],
		['SELECT Id FROM LeadStatus', 'INVALIDENTITY', 'is not supported by the Bulk API'],
	])('refuses %s', async (soql, errorCode, message) => {
		const { json, status } = await query(soql);
		expect(status).toBe(400);
		expect(json).toMatchObject([{ errorCode, message: expect.stringContaining(message) }]);
	});

	test('fails, is aborted and deleted like the other jobs', async () => {
		sandbox.bulk.failQueries = 'Unknown : out of luck';
		const { json } = await query('SELECT Id FROM Account');
		expect(await end(`/jobs/query/${json.id}`)).toMatchObject({
			state: 'Failed',
			errorMessage: 'Unknown : out of luck',
		});
		sandbox.bulk.queueMs = 10_000;
		const { json: other } = await query('SELECT Id FROM Account');
		expect((await rest('PATCH', `/jobs/query/${other.id}`, { state: 'Aborted' })).json.state).toBe(
			'Aborted',
		);
		expect((await rest('GET', `/jobs/query/${other.id}/results`)).status).toBe(400);
		expect((await rest('DELETE', `/jobs/query/${other.id}`)).status).toBe(204);
	});
});
