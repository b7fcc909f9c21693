import type { SalesforceClient } from '../../../../nodes/Salesforce/transport/client';
import type { Written } from '../../../../nodes/Salesforce/transport/records/record';
import type { RecordRow } from '../../../../nodes/Salesforce/transport/records/record';
import { writeRecords } from '../../../../nodes/Salesforce/transport/records/writeRecords';
import type { Failure } from '../../../../nodes/shared/resilience/failure';
import type { SalesforceSandbox } from '../../../../sandbox/salesforce/server';
import { startSalesforceSandbox } from '../../../../sandbox/salesforce/server';
import { clientAt } from '../../orgStub';

let sandbox: SalesforceSandbox;
beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
});
afterEach(async () => await sandbox.close());

// Pauses between polls and rounds are not what is tested here.
const hurried = {
	now: () => Date.now(),
	timer: (ms: number, then: () => void) => {
		const handle = setTimeout(then, Math.min(ms, 20));
		return () => clearTimeout(handle);
	},
};

const connected = (signal = new AbortController().signal): SalesforceClient => ({
	...clientAt(
		sandbox.url,
		{ oauthTokenData: { access_token: sandbox.accessToken(), instance_url: sandbox.url } },
		{ signal },
	),
	clock: hurried,
});

const accounts = (count: number, more: (n: number) => Record<string, unknown> = () => ({})) =>
	Array.from({ length: count }, (_, n): RecordRow => ({
		object: 'Account',
		fields: { Name: `Account ${n}`, ...more(n) },
	}));

const nameOf = (outcome: Written | Failure) =>
	outcome instanceof Error ? outcome.code : sandbox.store.read(outcome.id)?.Name;

const calls = () =>
	sandbox.requests.map(({ method, path }) => `${method} ${path.replace(/^.*v68\.0/, '')}`);
const callsButPolls = () => calls().filter((call) => !/^GET \/jobs\/ingest\/\w+$/.test(call));
const failuresIn = (outcomes: Array<Written | Failure>) =>
	outcomes.filter((outcome): outcome is Failure => outcome instanceof Error);

test('10,000 creates are one job, and each item gets the ID of its own record', async () => {
	const rows = accounts(10_000, (n) => ({ Site: `s${n % 7}`, Phone: n % 3 === 0 ? null : '1' }));
	const outcomes = await writeRecords(connected(), 'create', rows);
	expect(outcomes.map(nameOf)).toEqual(rows.map(({ fields }) => fields.Name));
	expect(sandbox.store.count('Account')).toBe(10_000);
	expect(callsButPolls().length).toBe(4);
});

test('the same values in many rows: each row has a record of its own', async () => {
	const rows = accounts(2_100, (n) => ({ Name: `same ${n % 3}` }));
	const outcomes = await writeRecords(connected(), 'create', rows);
	expect(outcomes.map(nameOf)).toEqual(rows.map(({ fields }) => fields.Name));
	expect(new Set(outcomes.map((one) => (one as Written).id)).size).toBe(2_100);
});

test('up to the threshold there is no job; with 0 failures of a row there is no file of them', async () => {
	await writeRecords(connected(), 'create', accounts(30), { bulkAbove: 30 });
	expect(calls().filter((call) => call.includes('/jobs/'))).toEqual([]);
	sandbox.requests.length = 0;
	await writeRecords(connected(), 'create', accounts(31), { bulkAbove: 30 });
	expect(callsButPolls().map((call) => call.replace(/750\w+/, 'ID'))).toEqual([
		'POST /jobs/ingest',
		'PUT /jobs/ingest/ID/batches',
		'PATCH /jobs/ingest/ID',
		'GET /jobs/ingest/ID/successfulResults/',
	]);
});

const external = (count: number, more: (n: number) => Record<string, unknown> = () => ({})) =>
	accounts(count, more).map((row, n) => ({
		...row,
		externalId: { field: 'External_Id__c', value: `E ${n}, "${n % 9}"` },
	}));

test('failed rows are told with their codes and fields, and by item', async () => {
	const rows = external(100, (n) => (n % 10 === 3 ? { Name: '' } : {}));
	const outcomes = await writeRecords(connected(), 'upsert', rows, { bulkAbove: 50 });
	expect(failuresIn(outcomes).length).toBe(10);
	expect(outcomes[13]).toMatchObject({
		code: 'REQUIRED_FIELD_MISSING',
		kind: 'invalid',
		phase: 'rejected',
	});
	expect((outcomes[13] as Failure).message).toContain('Name');
	expect(outcomes[12]).toMatchObject({ success: true, created: true });
	expect(nameOf(outcomes[99] as Written)).toBe('Account 99');
	const again = await writeRecords(connected(), 'upsert', external(100), { bulkAbove: 50 });
	expect(again.filter((one) => (one as Written).created).length).toBe(10);
	expect(sandbox.store.count('Account')).toBe(100);
});

test('rows for the same record are in different jobs, in their order', async () => {
	const rows = [...external(60), ...external(60, (n) => ({ Name: `later ${n}` }))];
	const outcomes = await writeRecords(connected(), 'upsert', rows, { bulkAbove: 50 });
	expect(failuresIn(outcomes)).toEqual([]);
	expect(sandbox.store.count('Account')).toBe(60);
	expect(nameOf(outcomes[0] as Written)).toBe('later 0');
	expect(calls().filter((call) => call === 'POST /jobs/ingest').length).toBe(2);
});

test('only rows that were locked are sent again', async () => {
	const fault = sandbox.faults.add({
		kind: 'lockRows',
		rows: 0.1,
		times: 1,
		match: ({ method }) => method === 'PATCH',
	});
	const outcomes = await writeRecords(connected(), 'create', accounts(3_000));
	expect(fault.hits).toBe(1);
	expect(failuresIn(outcomes)).toEqual([]);
	expect(sandbox.store.count('Account')).toBe(3_000);
	const posts = sandbox.requests.filter(({ path }) => path.endsWith('/composite/sobjects'));
	const sent = posts.flatMap(({ body }) => (JSON.parse(body) as { records: unknown[] }).records);
	expect(sent.length).toBe(300);
});

test.each([
	['the answer to the creation of the job', 'POST', /ingest$/, 'resetAfter'],
	['the answer to the upload', 'PUT', /batches$/, 'resetAfter'],
	['half of the upload', 'PUT', /batches$/, 'resetBefore'],
	['the answer to the end of the upload', 'PATCH', /./, 'resetAfter'],
	['the end of the upload', 'PATCH', /./, 'resetBefore'],
	['an answer to the question for the state', 'GET', /ingest\/\w+$/, 'resetAfter'],
	['half of the results', 'GET', /successfulResults/, 'truncate'],
] as const)('%s is lost: every record is there once', async (_what, method, path, kind) => {
	const fault = sandbox.faults.add({
		kind,
		times: 1,
		match: (request) =>
			request.method === method && path.test(request.path) && request.path.includes('/jobs/'),
	});
	const rows = accounts(500, (n) => ({ Name: `same ${n % 100}` }));
	const outcomes = await writeRecords(connected(), 'create', rows, { bulkAbove: 50 });
	expect(fault.hits).toBe(1);
	expect(outcomes.map(nameOf)).toEqual(rows.map(({ fields }) => fields.Name));
	expect(new Set(outcomes.map((one) => (one as Written).id)).size).toBe(500);
	expect(sandbox.store.count('Account')).toBe(500);
});

test('nobody knows whether the job was closed: its rows may be done, and are not sent again', async () => {
	sandbox.faults.add({
		kind: 'resetAfter',
		match: ({ method, path }) => method !== 'POST' && !path.endsWith('batches'),
	});
	const outcomes = await writeRecords(connected(), 'create', accounts(100), { bulkAbove: 50 });
	expect(failuresIn(outcomes).map(({ phase }) => phase)).toEqual(Array(100).fill('maybeDone'));
	expect(failuresIn(outcomes)[0]?.hint).toMatch(/Job 750\w+ has the record/);
	expect(calls().filter((call) => call.startsWith('PUT')).length).toBe(1);
});

test('whoever stops the run stops the job', async () => {
	sandbox.bulk.processMs = 60_000;
	const controller = new AbortController();
	const writing = writeRecords(connected(controller.signal), 'create', accounts(100), {
		bulkAbove: 50,
	});
	while (!calls().some((call) => /^GET \/jobs\/ingest\/\w+$/.test(call)))
		await new Promise((resolve) => setTimeout(resolve, 5));
	controller.abort(new Error('stopped'));
	const outcomes = await writing;
	expect(failuresIn(outcomes).map(({ code }) => code)).toEqual(Array(100).fill('CANCELLED'));
	const aborted = () => sandbox.requests.some(({ body }) => body.includes('"Aborted"'));
	while (!aborted()) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('rows that the job did not come to are told apart from those it did', async () => {
	sandbox.bulk.failAfterRows = 40;
	sandbox.bulk.failMessage = 'InternalError : Something went wrong';
	const outcomes = await writeRecords(connected(), 'create', accounts(100), { bulkAbove: 50 });
	expect(failuresIn(outcomes).length).toBe(60);
	expect(failuresIn(outcomes)[0]).toMatchObject({ code: 'InternalError', phase: 'rejected' });
	expect(sandbox.store.count('Account')).toBe(40);
});

/** A client to which the answers that describe a job tell other numbers. */
const counting = (count: (job: Record<string, unknown>) => Record<string, unknown>) => {
	const client = connected();
	const call: SalesforceClient['call'] = async (request, read) =>
		await client.call(request, async (answer, history) => {
			const { json } = answer;
			const isJob = typeof json === 'object' && json !== null && 'numberRecordsProcessed' in json;
			return await read(
				isJob ? { ...answer, json: { ...json, ...count({ ...json }) } } : answer,
				history,
			);
		});
	return { ...client, call };
};

test('a job that failed has not counted the batch in which it did: its results are read all the same', async () => {
	sandbox.bulk.failAfterRows = 40;
	sandbox.bulk.failMessage = 'InternalError : Something went wrong';
	const client = counting(() => ({ numberRecordsProcessed: 0, numberRecordsFailed: 0 }));
	const outcomes = await writeRecords(client, 'create', accounts(100), { bulkAbove: 50 });
	expect(failuresIn(outcomes).map(({ phase }) => phase)).toEqual(Array(60).fill('rejected'));
	expect(sandbox.store.count('Account')).toBe(40);
});

test('numbers of a job that come as texts', async () => {
	const client = counting(({ numberRecordsProcessed, numberRecordsFailed }) => ({
		numberRecordsProcessed: String(numberRecordsProcessed),
		numberRecordsFailed: String(numberRecordsFailed),
	}));
	const rows = accounts(100, (n) => (n < 10 ? {} : { Name: '' }));
	const outcomes = await writeRecords(client, 'create', rows, { bulkAbove: 50 });
	expect(failuresIn(outcomes).map(({ code }) => code)).toEqual(
		Array(90).fill('REQUIRED_FIELD_MISSING'),
	);
});

test('rows that the job gave up because of locks are sent again', async () => {
	sandbox.bulk.failAfterRows = 40;
	const outcomes = await writeRecords(connected(), 'create', accounts(100), { bulkAbove: 80 });
	expect(failuresIn(outcomes)).toEqual([]);
	expect(sandbox.store.count('Account')).toBe(100);
});

test('a field that the org does not know fails only the rows that have it', async () => {
	const rows = accounts(100, (n) => (n % 10 === 0 ? { Nmae: 'x' } : {}));
	const outcomes = await writeRecords(connected(), 'create', rows, { bulkAbove: 50 });
	expect(failuresIn(outcomes).map(({ code }) => code)).toEqual(Array(10).fill('InvalidBatch'));
	expect(outcomes[10]).toBeInstanceOf(Error);
	expect(sandbox.store.count('Account')).toBe(90);
});

test('null and an empty text empty a field, undefined leaves it, and "#N/A" is a text', async () => {
	const rows = accounts(4, () => ({ Phone: '1', Site: 's', Fax: 'f', Website: 'w' }));
	const made = await writeRecords(connected(), 'create', rows);
	const change = [
		{ Phone: null },
		{ Phone: '', Site: undefined },
		{ Site: 'new' },
		{ Site: '#N/A', Fax: null },
	];
	const updates = made.map((one, n) => ({
		object: 'Account',
		id: (one as Written).id,
		fields: change[n] ?? {},
	}));
	const outcomes = await writeRecords(connected(), 'update', updates, { bulkAbove: 2 });
	expect(failuresIn(outcomes)).toEqual([]);
	const seen = made.map((one) => {
		const { Phone, Site, Fax, Website } = sandbox.store.read((one as Written).id) ?? {};
		return { Phone, Site, Fax, Website };
	});
	const as = { Phone: '1', Site: 's', Fax: 'f', Website: 'w' };
	expect(seen).toEqual([
		{ ...as, Phone: null },
		{ ...as, Phone: null },
		{ ...as, Site: 'new' },
		{ ...as, Site: '#N/A', Fax: null },
	]);
});

test('deleting', async () => {
	const made = await writeRecords(connected(), 'create', accounts(60));
	const rows = made.map((one) => ({ object: 'Account', id: (one as Written).id, fields: {} }));
	const outcomes = await writeRecords(connected(), 'delete', rows, { bulkAbove: 50 });
	expect(failuresIn(outcomes)).toEqual([]);
	expect(outcomes.map((one) => (one as Written).id)).toEqual(rows.map(({ id }) => id));
	const again = await writeRecords(connected(), 'delete', rows, { bulkAbove: 50 });
	expect(failuresIn(again).map(({ code }) => code)).toEqual(Array(60).fill('ENTITY_IS_DELETED'));
});

test.each([50, 1_000])('a day is the day of a moment (Bulk API above %i)', async (bulkAbove) => {
	const moments = [
		new Date(Date.UTC(2026, 0, 2, 3)),
		'2026-01-02T23:00:00.000-10:00',
		'2026-01-02',
	];
	const rows = Array.from({ length: 60 }, (_, n) => ({
		object: 'Opportunity',
		fields: { Name: 'x', StageName: 'New', CloseDate: moments[n % 3] },
	}));
	const outcomes = await writeRecords(connected(), 'create', rows, { bulkAbove });
	expect(failuresIn(outcomes)).toEqual([]);
	const days = outcomes.map((one) => sandbox.store.read((one as Written).id)?.CloseDate);
	expect(new Set(days)).toEqual(new Set(['2026-01-02']));
});

test('a text that looks like a moment stays as it is; without one nothing is asked', async () => {
	await writeRecords(connected(), 'create', accounts(3));
	expect(calls()).toEqual(['POST /composite/sobjects']);
	const rows = accounts(1, () => ({ Site: '2026-01-02T03:04:05Z' }));
	const [outcome] = await writeRecords(connected(), 'create', rows);
	expect(sandbox.store.read((outcome as Written).id)?.Site).toBe('2026-01-02T03:04:05Z');
});

test('an org that has no Bulk API for an object gets its records in requests', async () => {
	sandbox.faults.add({
		kind: 'status',
		status: 400,
		code: 'INVALIDENTITY',
		message: "Entity 'Account' is not supported by the Bulk API.",
		match: ({ path }) => path.endsWith('/jobs/ingest'),
	});
	const outcomes = await writeRecords(connected(), 'create', accounts(2_500));
	expect(failuresIn(outcomes)).toEqual([]);
	expect(sandbox.store.count('Account')).toBe(2_500);
	expect(calls().length).toBe(1 + 13);
});

test('a user who may not read assignment rules writes many leads in requests', async () => {
	sandbox.faults.add({
		kind: 'status',
		status: 403,
		code: 'INSUFFICIENT_ACCESS',
		message: 'insufficient access rights on object id',
		match: ({ path }) => path.includes('AssignmentRule'),
	});
	const rows = accounts(60).map(() => ({
		object: 'Lead',
		fields: { LastName: 'x', Company: 'y' },
	}));
	const outcomes = await writeRecords(connected(), 'create', rows, { bulkAbove: 50 });
	expect(failuresIn(outcomes)).toEqual([]);
	expect(sandbox.store.count('Lead')).toBe(60);
});
