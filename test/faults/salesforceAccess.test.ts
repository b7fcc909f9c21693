import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { Engine } from '../engine/engine';
import {
	calls,
	createAccounts,
	JWT,
	jwtCredential,
	numbered,
	OAUTH2,
	oAuth2Credential,
	salesforceNode,
	signIns,
} from './salesforceNode';

let sandbox: SalesforceSandbox;
let engine: Engine;
let ids = 0;
let id = '';
beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
	engine = await Engine.open();
	engine.credentials = { [OAUTH2]: oAuth2Credential(sandbox), [JWT]: jwtCredential(sandbox) };
	id = `faults ${ids++}`;
});
afterEach(async () => await sandbox.close());

const toSobjects = { resource: 'request', operation: 'send', path: '/sobjects' };

async function run(parameters: object, count: number, json?: (n: number) => object) {
	return await engine.run(salesforceNode(id, parameters), { items: numbered(count, json) });
}

type Failed = Array<{ error: Record<string, string>; attempts: number }>;

describe('the daily requests are used up', () => {
	test('in the middle of a run: it stops there, and nothing is sent again', async () => {
		sandbox.org.settings.dailyApiRequests = 7;
		const resilience = { failedOutput: true, concurrency: 1 };
		const ended = await run({ ...toSobjects, resilience }, 30);
		const [done = [], failed = []] = ended.outputs('E');
		expect(done.length).toBe(7);
		expect(failed.length).toBe(23);
		expect(calls(sandbox)).toBe(8);
		const [first, ...others] = failed.map(({ json }) => json) as unknown as Failed;
		expect(first).toMatchObject({
			error: { kind: 'quota', phase: 'rejected', code: 'REQUEST_LIMIT_EXCEEDED' },
			attempts: 1,
		});
		expect(first?.error.hint).toMatch(/last 24 hours/);
		for (const { error, attempts } of others) {
			expect([error.kind, error.phase, attempts]).toEqual(['quota', 'notSent', 0]);
		}
	});

	test('before a large run: as many are refused as are on their way, and the error says why', async () => {
		sandbox.org.settings.dailyApiRequests = 0;
		const ended = await run({ ...toSobjects, resilience: { concurrency: 10 } }, 500);
		expect(calls(sandbox)).toBeLessThanOrEqual(10);
		const error = ended.errorOf('E');
		expect(error?.message).toMatch(/^REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded/);
		expect(error?.description).toMatch(/API requests of the last 24 hours/);
		expect(error?.description).not.toMatch(/check your credentials/i);
		// n8n's own retry, and the next workflow, do not even ask.
		const before = calls(sandbox);
		await run(toSobjects, 50);
		expect(calls(sandbox)).toBe(before);
	});

	test('while records are created: those that were not sent are not in doubt', async () => {
		sandbox.org.settings.dailyApiRequests = 2;
		const resilience = { failedOutput: true, concurrency: 1 };
		const ended = await run({ ...createAccounts, resilience }, 1_000, (n) => ({ Name: `A ${n}` }));
		const [done = [], failed = []] = ended.outputs('E');
		expect(done.length + failed.length).toBe(1_000);
		expect(sandbox.store.count('Account')).toBe(done.length);
		const phases = new Set(
			(failed.map(({ json }) => json) as unknown as Failed).map(({ error }) => error.phase),
		);
		expect(phases.has('maybeDone')).toBe(false);
	});
});

describe('a session that the org does not accept', () => {
	test.each(['oAuth2', 'jwt'])(
		'whatever token it gets: one new one (%s), then the run stops',
		async (authentication) => {
			sandbox.faults.add({ kind: 'expiredToken' });
			const resilience = { concurrency: 10, failedOutput: true };
			const ended = await run({ ...toSobjects, authentication, resilience }, 200);
			expect(signIns(sandbox)).toBeLessThanOrEqual(2);
			expect(calls(sandbox)).toBeLessThanOrEqual(20);
			const [done = [], failed = []] = ended.outputs('E');
			expect([done.length, failed.length]).toEqual([0, 200]);
			expect(failed[0]?.json.error).toMatchObject({ kind: 'auth', code: 'INVALID_SESSION_ID' });
		},
	);

	test('of the wrong kind is not renewed: another one would be as well', async () => {
		const message = 'This session is not valid for use with the REST API';
		sandbox.faults.add({ kind: 'status', status: 401, code: 'INVALID_SESSION_ID', message });
		const ended = await run({ ...toSobjects, resilience: { concurrency: 1 } }, 20);
		expect(signIns(sandbox)).toBe(0);
		expect(calls(sandbox)).toBe(1);
		expect(ended.errorOf('E')?.description).toMatch(/scope "Manage user data via APIs/);
	});

	test('that expires while records are created: each record once', async () => {
		sandbox.faults.add({ kind: 'expiredToken', times: 1 });
		const ended = await run(createAccounts, 1_000, (n) => ({ Name: `A ${n}` }));
		expect(ended.errorOf('E')).toBeUndefined();
		expect(ended.outputs('E')[0]?.length).toBe(1_000);
		expect(sandbox.store.count('Account')).toBe(1_000);
		expect(signIns(sandbox)).toBe(1);
	});
});

describe('an answer that is lost', () => {
	test('of a POST: it is not sent again, and said to be in doubt', async () => {
		sandbox.faults.add({ kind: 'resetAfter', times: 2 });
		const resilience = { concurrency: 1, failedOutput: true };
		const post = { ...toSobjects, path: '/sobjects/Account', method: 'POST', json: '={{ $json }}' };
		const ended = await run({ ...post, resilience }, 10, (n) => ({ Name: `A ${n}` }));
		const [done = [], failed = []] = ended.outputs('E');
		expect([done.length, failed.length]).toEqual([8, 2]);
		for (const { json } of failed) expect(json.error).toMatchObject({ phase: 'maybeDone' });
		expect(sandbox.store.count('Account')).toBe(10);
	});

	test('of a GET: it is asked again, and nothing is in doubt', async () => {
		sandbox.faults.add({ kind: 'resetAfter', share: 0.3 });
		const ended = await run({ ...toSobjects, resilience: { maxAttempts: 10 } }, 20);
		expect(ended.errorOf('E')).toBeUndefined();
		sandbox.faults.clear();
		sandbox.faults.add({ kind: 'resetAfter' });
		const lost = await run(
			{ ...toSobjects, resilience: { maxAttempts: 2, onOutage: 'failFast' } },
			1,
		);
		expect(lost.errorOf('E')?.message).not.toMatch(/may have been done/);
	});

	test('of signing in: nothing of the item is in doubt', async () => {
		sandbox.faults.add({ kind: 'resetAfter', match: ({ path }) => path.includes('/oauth2/') });
		const resilience = { failedOutput: true, onOutage: 'failFast', maxAttempts: 1 };
		const parameters = { ...createAccounts, authentication: 'jwt', resilience };
		const ended = await run(parameters, 3, (n) => ({ Name: `A ${n}` }));
		const [, failed = []] = ended.outputs('E');
		expect(failed.length).toBe(3);
		for (const { json } of failed) expect(json.error).toMatchObject({ phase: 'notSent' });
		expect(sandbox.store.count('Account')).toBe(0);
	});
});

test.each(['html420', 'unavailable', 'concurrentLimit', 'html200'] as const)(
	'%s passes by: everything is done once',
	async (kind) => {
		sandbox.faults.add({ kind, times: 3 });
		const ended = await run(toSobjects, 20);
		expect(ended.errorOf('E')).toBeUndefined();
		expect(ended.outputs('E')[0]?.length).toBe(20);
	},
	30_000,
);

test('another org does not notice that this one is down', async () => {
	const other = await startSalesforceSandbox();
	const elsewhere = await Engine.open();
	try {
		elsewhere.credentials = { [OAUTH2]: oAuth2Credential(other) };
		sandbox.faults.add({ kind: 'unavailable' });
		const resilience = { maxAttempts: 3, onOutage: 'failFast', concurrency: 20 };
		const down = run({ ...toSobjects, resilience }, 200);
		const node = salesforceNode('other', { ...toSobjects, resilience });
		const ended = await elsewhere.run(node, { items: numbered(200) });
		expect(ended.errorOf('E')).toBeUndefined();
		expect(other.requests.length).toBe(200);
		expect((await down).errorOf('E')?.message).toMatch(/SERVER_UNAVAILABLE/);
	} finally {
		await other.close();
	}
}, 30_000);
