import {
	startSalesforceSandbox,
	type Fault,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { jsforceClient, send } from './clients.ts';

let sandbox: SalesforceSandbox;

beforeAll(async () => {
	sandbox = await startSalesforceSandbox();
});

afterEach(() => sandbox.faults.clear());

afterAll(async () => await sandbox.close());

const create = () => send(sandbox, 'POST', '/sobjects/Account', { Name: 'Fault' });
const count = () => sandbox.store.count('Account');

test.each<[Fault, number, string]>([
	[{ kind: 'unavailable' }, 503, 'SERVER_UNAVAILABLE'],
	[{ kind: 'unknownException' }, 500, 'UNKNOWN_EXCEPTION'],
	[{ kind: 'dailyLimit' }, 403, 'REQUEST_LIMIT_EXCEEDED'],
	[{ kind: 'concurrentLimit' }, 403, 'REQUEST_LIMIT_EXCEEDED'],
	[{ kind: 'lockRow' }, 400, 'UNABLE_TO_LOCK_ROW'],
	[{ kind: 'expiredToken' }, 401, 'INVALID_SESSION_ID'],
	[{ kind: 'status', status: 502, code: 'BAD_GATEWAY' }, 502, 'BAD_GATEWAY'],
])('%j: the answer, and no effect', async (fault, status, errorCode) => {
	const before = count();
	const active = sandbox.faults.add({ ...fault, times: 1 });
	expect(await create()).toMatchObject({ status, body: [{ errorCode }] });
	expect([active.hits, count()]).toEqual([1, before]);
	expect((await create()).status).toBe(201);
});

test('pages of HTML', async () => {
	sandbox.faults.add({ kind: 'html420', times: 1 });
	sandbox.faults.add({ kind: 'html200', times: 1 });
	const before = count();
	for (const status of [420, 200]) {
		const answer = await create();
		expect(answer.status).toBe(status);
		expect(answer.body).toContain('<html>');
		expect(answer.headers.get('content-type')).toContain('text/html');
	}
	expect(count()).toBe(before);
});

test('the connection is reset: before nothing is done, after all is', async () => {
	const before = count();
	sandbox.faults.add({ kind: 'resetBefore', times: 1 });
	await expect(create()).rejects.toThrow('fetch failed');
	expect(count()).toBe(before);
	sandbox.faults.add({ kind: 'resetAfter', times: 1 });
	await expect(create()).rejects.toThrow('fetch failed');
	expect(count()).toBe(before + 1);
	sandbox.faults.add({ kind: 'unknownException', after: true, times: 1 });
	expect((await create()).status).toBe(500);
	expect(count()).toBe(before + 2);
});

test('a body that ends too early or comes slowly', async () => {
	sandbox.faults.add({ kind: 'truncate', times: 1 });
	await expect(send(sandbox, 'GET', '/sobjects')).rejects.toThrow();
	sandbox.faults.add({ kind: 'slowBody', ms: 20, times: 1 });
	const from = performance.now();
	expect((await send(sandbox, 'GET', '/sobjects')).status).toBe(200);
	expect(performance.now() - from).toBeGreaterThan(150);
});

test('a share of the rows is locked; sent again, they go through', async () => {
	const rows = Array.from({ length: 100 }, (_, n) => ({ Name: `Locked ${n}` }));
	sandbox.faults.add({ kind: 'lockRows', rows: 0.1, times: 1 });
	const before = count();
	const results = await jsforceClient(sandbox).sobject('Account').create(rows);
	const locked = results.filter(({ success }) => !success);
	expect(locked).toHaveLength(10);
	expect(locked[0]?.errors).toMatchObject([
		{
			statusCode: 'UNABLE_TO_LOCK_ROW',
			message: 'unable to obtain exclusive access to this record',
		},
	]);
	expect(count()).toBe(before + 90);
	expect((await create()).status).toBe(201);
});

test('a fault hits its share of the requests it matches', async () => {
	const fault = sandbox.faults.add({
		kind: 'unavailable',
		share: 0.25,
		match: ({ path, body }) => path.endsWith('/Account') && body.includes('Fault'),
	});
	sandbox.requests.length = 0;
	const statuses: number[] = [];
	for (let n = 0; n < 8; n++) statuses.push((await create()).status);
	await send(sandbox, 'GET', '/limits');
	expect(statuses).toEqual([201, 201, 201, 503, 201, 201, 201, 503]);
	expect(fault.hits).toBe(2);
	expect(sandbox.requests.filter(({ fault: kind }) => kind === 'unavailable')).toHaveLength(2);
});

test('when the requests of the day are used up, nothing is done', async () => {
	const own = await startSalesforceSandbox({ dailyApiRequests: 3 });
	const statuses: Array<[number, string | null]> = [];
	for (let n = 0; n < 4; n++) {
		const { status, headers } = await send(own, 'POST', '/sobjects/Account', { Name: 'x' });
		statuses.push([status, headers.get('sforce-limit-info')]);
	}
	expect(statuses).toEqual([
		[201, 'api-usage=1/3'],
		[201, 'api-usage=2/3'],
		[201, 'api-usage=3/3'],
		[403, 'api-usage=3/3'],
	]);
	expect(own.store.count('Account')).toBe(3);
	await own.close();
});

test('too many long requests at once', async () => {
	const own = await startSalesforceSandbox({ longRequests: 2, longRequestMs: 30 });
	own.faults.add({ kind: 'delay', ms: 400, times: 2 });
	const long = [0, 1].map(() => send(own, 'GET', '/limits'));
	await new Promise((resolve) => setTimeout(resolve, 150));
	const answer = await send(own, 'GET', '/limits');
	expect(answer).toMatchObject({
		status: 403,
		body: [
			{
				errorCode: 'REQUEST_LIMIT_EXCEEDED',
				message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
			},
		],
	});
	expect((await Promise.all(long)).map(({ status }) => status)).toEqual([200, 200]);
	expect((await send(own, 'GET', '/limits')).status).toBe(200);
	await own.close();
});

test('the org moves, and the old host redirects', async () => {
	const own = await startSalesforceSandbox();
	await own.migrate('redirects');
	const response = await fetch(`${own.url}/services/data/v68.0/sobjects/Account?x=1`, {
		redirect: 'manual',
		headers: { authorization: `Bearer ${own.accessToken()}` },
	});
	expect(response.status).toBe(302);
	expect(response.headers.get('location')).toBe(
		`${own.instanceUrl}/services/data/v68.0/sobjects/Account?x=1`,
	);
	await own.close();
});

test('the clock of the org is its own', async () => {
	const own = await startSalesforceSandbox({ clockOffsetMs: 20 * 60 * 1000 });
	const { headers } = await send(own, 'POST', '/sobjects/Account', { Name: 'Clock' });
	const ahead = Date.parse(headers.get('date') ?? '') - Date.now();
	expect(ahead).toBeGreaterThan(19 * 60 * 1000);
	const [row] = own.store.rows('Account');
	expect(Date.parse(String(row?.values.CreatedDate)) - Date.now()).toBeGreaterThan(19 * 60 * 1000);
	await own.close();
});

test('latency is added to every answer', async () => {
	sandbox.latencyMs = 80;
	const from = performance.now();
	await send(sandbox, 'GET', '/limits');
	expect(performance.now() - from).toBeGreaterThan(75);
	sandbox.latencyMs = 0;
});
