import { Connection } from 'jsforce';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { BulkJobs } from './bulkJobs.ts';
import type { Json } from './rest.ts';

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
		const created = await jobs.create({ lineEnding: 'CRLF', columnDelimiter: 'SEMICOLON' });
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
		await jobs.rest('PUT', `${path}/batches`, 'Name;Site\r\n"Semi;colon";"line\nbreak"\r\n');
		expect((await jobs.rest('GET', `${path}/successfulResults`)).json[0].errorCode).toBe(
			'INVALIDJOBSTATE',
		);
		expect((await jobs.rest('DELETE', path)).status).toBe(409);
		expect((await jobs.rest('PATCH', path, { state: 'UploadComplete' })).json.state).toBe(
			'UploadComplete',
		);
		const states = new Set<string>();
		for (let state = ''; state !== 'JobComplete'; states.add(state)) {
			({ state } = (await jobs.rest('GET', path)).json);
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		expect([...states]).toEqual(['UploadComplete', 'InProgress', 'JobComplete']);
		expect((await jobs.rest('GET', path)).json).toMatchObject({
			jobType: 'V2Ingest',
			numberRecordsProcessed: 1,
			numberRecordsFailed: 0,
			retries: 0,
			totalProcessingTime: expect.any(Number),
			apiActiveProcessingTime: expect.any(Number),
			apexProcessingTime: 0,
		});
		expect((await jobs.rest('GET', `${path}/successfulResults`)).text).toMatch(
			/^"sf__Id";"sf__Created";Name;Site\r\n"001\w{15}";"true";"Semi;colon";"line\nbreak"\r\n$/,
		);
		expect((await jobs.rest('GET', '/jobs/ingest')).json.records).toHaveLength(1);
		expect((await jobs.rest('DELETE', path)).status).toBe(204);
		expect((await jobs.rest('GET', path)).status).toBe(404);
	});

	test('takes data once, and only while the job is open', async () => {
		const { id } = await jobs.create({});
		const path = `/jobs/ingest/${id}`;
		expect((await jobs.rest('PUT', `${path}/batches`, 'Name\nA\n')).status).toBe(201);
		const twice = await jobs.rest('PUT', `${path}/batches`, 'Name\nB\n');
		expect(twice.status).toBe(400);
		expect(twice.json[0].message).toContain(`Found multiple contents for job: <${id}>`);
		await jobs.rest('PATCH', path, { state: 'UploadComplete' });
		expect((await jobs.end(path)).numberRecordsProcessed).toBe(1);
		expect((await jobs.rest('PATCH', path, { state: 'Aborted' })).json).toEqual([
			{ errorCode: 'INVALIDJOBSTATE', message: 'Aborting already Completed Job not allowed' },
		]);
		expect(sandbox.store.count('Account')).toBe(1);
	});

	test('cannot lock rows, fails or is aborted on the way: what is not done is listed', async () => {
		const csv = `Name\n${Array.from({ length: 50 }, (_, n) => `A${n}`).join('\n')}\n`;
		sandbox.faults.add({
			kind: 'lockRows',
			rows: 0.1,
			times: 1,
			match: ({ method }) => method === 'PUT',
		});
		const locked = await jobs.run({}, csv);
		expect(locked).toMatchObject({ numberRecordsProcessed: 50, numberRecordsFailed: 5 });
		const [, first] = await jobs.lines(locked.id, 'failedResults');
		expect(first).toMatch(
			/^"","UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record.*:--","A\d+"$/,
		);
		sandbox.bulk.failAfterRows = 20;
		const failed = await jobs.run({}, csv);
		expect(failed).toMatchObject({
			state: 'Failed',
			errorMessage: 'TooManyLockFailure : Too many lock failure 200 Trying again later.',
			numberRecordsProcessed: 20,
		});
		expect(await jobs.lines(failed.id, 'successfulResults')).toHaveLength(21);
		expect(await jobs.lines(failed.id, 'unprocessedRecords')).toHaveLength(31);
		expect((await jobs.lines(failed.id, 'unprocessedRecords'))[0]).toBe('Name');
		expect(sandbox.store.count('Account')).toBe(45 + 20);
		sandbox.bulk.queueMs = 10_000;
		const { id } = await jobs.create({});
		await jobs.rest('PUT', `/jobs/ingest/${id}/batches`, csv);
		await jobs.rest('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
		expect((await jobs.rest('PATCH', `/jobs/ingest/${id}`, { state: 'Aborted' })).json.state).toBe(
			'Aborted',
		);
		expect(await jobs.lines(id, 'unprocessedRecords')).toHaveLength(51);
		expect((await jobs.rest('DELETE', `/jobs/ingest/${id}`)).status).toBe(204);
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
		const { json, status } = await jobs.rest('POST', '/jobs/ingest', body, {
			'content-type': 'multipart/form-data; boundary=BOUNDARY',
		});
		expect({ status, state: json.state }).toEqual({ status: 200, state: 'UploadComplete' });
		await jobs.end(`/jobs/ingest/${json.id}`);
		expect(sandbox.store.rows('Account').map(({ values }) => values.Name)).toEqual(['Whole']);
	});

	test.each([
		[{ object: 'Nothing__c' }, 'INVALIDJOB'],
		[{ operation: 'merge' }, 'INVALIDJOB'],
		[{ operation: 'upsert' }, 'INVALIDJOB'],
		[{ operation: 'upsert', externalIdFieldName: 'Name' }, 'INVALIDJOB'],
		[{ columnDelimiter: 'DOT' }, 'INVALIDJOB'],
	])('refuses %j', async (given, errorCode) => {
		expect(await jobs.create(given)).toMatchObject([{ errorCode }]);
	});
});
