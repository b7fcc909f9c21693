import { Connection } from 'jsforce';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { BulkJobs } from './bulkJobs.ts';

let sandbox: SalesforceSandbox;
let jobs: BulkJobs;
let connection: Connection;

beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
	jobs = new BulkJobs(sandbox);
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

describe('query jobs of Bulk API 2.0', () => {
	const query = async (soql: string, operation = 'query') =>
		await jobs.rest('POST', '/jobs/query', { operation, query: soql });

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
		expect(await jobs.end(path)).toMatchObject({
			jobType: 'V2Query',
			numberRecordsProcessed: 25,
			isPkChunkingSupported: true,
		});
		const counts: Array<string | null> = [];
		let rows = 0;
		for (let locator: string | null = ''; locator !== 'null';) {
			const page = await jobs.rest('GET', `${path}/results${locator ? `?locator=${locator}` : ''}`);
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
			(await jobs.rest('GET', `${path}/results?maxRecords=20`)).headers.get(
				'sforce-numberofrecords',
			),
		).toBe('20');
		const { resultPages } = (await jobs.rest('GET', `${path}/resultPages`)).json;
		expect(resultPages).toHaveLength(3);
	});

	test('breaks off in the middle of a result when told to, and sends it whole the next time', async () => {
		const { json } = await query('SELECT Id, Name FROM Account');
		const path = `/jobs/query/${json.id}`;
		await jobs.end(path);
		const results = ({ path: asked }: { path: string }) => asked.endsWith('/results');
		sandbox.faults.add({ kind: 'truncate', times: 1, match: results });
		await expect(jobs.rest('GET', `${path}/results`)).rejects.toThrow('terminated');
		const { text } = await jobs.rest('GET', `${path}/results`, undefined, {
			'accept-encoding': 'identity',
		});
		expect(text.trimEnd().split('\n')).toHaveLength(26);
		const packed = await jobs.rest('GET', `${path}/results`, undefined, {
			'accept-encoding': 'gzip',
		});
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
			expect((await jobs.end(`/jobs/query/${json.id}`)).numberRecordsProcessed).toBe(found);
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
		expect(await jobs.end(`/jobs/query/${json.id}`)).toMatchObject({
			state: 'Failed',
			errorMessage: 'Unknown : out of luck',
		});
		sandbox.bulk.queueMs = 10_000;
		const { json: other } = await query('SELECT Id FROM Account');
		expect(
			(await jobs.rest('PATCH', `/jobs/query/${other.id}`, { state: 'Aborted' })).json.state,
		).toBe('Aborted');
		expect((await jobs.rest('GET', `/jobs/query/${other.id}/results`)).status).toBe(400);
		expect((await jobs.rest('DELETE', `/jobs/query/${other.id}`)).status).toBe(204);
	});
});
