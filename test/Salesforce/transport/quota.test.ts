import { failureOf } from '../../S3/clientOf';
import type { Answer, Asked } from '../orgStub';
import { clientAt, startOrgStub } from '../orgStub';

let close: () => Promise<void> = async () => {};
afterEach(async () => await close());

async function org(answer: (asked: Asked, nth: number) => Answer) {
	const stub = await startOrgStub(answer);
	close = stub.close;
	return stub;
}

const ask = { operation: 'Get limits', path: '/limits' };
const usedUp: Answer = {
	status: 403,
	body: [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
};

/** A clock that is set by hand. */
function handClock() {
	let at = Date.UTC(2026, 10, 26);
	return {
		now: () => at,
		timer: (ms: number, then: () => void) => {
			const handle = setTimeout(then, ms);
			return () => clearTimeout(handle);
		},
		pass: (ms: number) => void (at += ms),
	};
}

test('when the requests of the day are used up, nothing is sent again, by nobody, for a minute', async () => {
	const stub = await org(() => usedUp);
	const clock = handClock();
	const salesforce = clientAt(stub.url, {}, { owner: 'quota', clock });
	const first = await failureOf(salesforce.call(ask, () => undefined));
	expect(first).toMatchObject({
		kind: 'quota',
		scope: 'credential',
		phase: 'rejected',
		attempts: 1,
	});
	expect(first.message).toBe('TotalRequests Limit exceeded. — Get limits');
	expect(first.hint).toMatch(/last 24 hours/);
	const other = clientAt(stub.url, {}, { owner: 'quota', clock });
	const second = await failureOf(other.call({ ...ask, operation: 'Query' }, () => undefined));
	expect(second).toMatchObject({ kind: 'quota', phase: 'notSent', attempts: 0 });
	expect(second.message).toBe('Not sent: TotalRequests Limit exceeded.');
	expect(stub.requests.length).toBe(1);
	clock.pass(61_000);
	await failureOf(other.call(ask, () => undefined));
	expect(stub.requests.length).toBe(2);
});

test('too many long requests at once are a reason to wait, not to stop', async () => {
	const message = 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.';
	const body = [{ message, errorCode: 'REQUEST_LIMIT_EXCEEDED' }];
	const stub = await org((_asked, nth) => (nth < 3 ? { status: 403, body } : { body: { ok: 1 } }));
	expect(await clientAt(stub.url).call(ask, ({ json }) => json)).toEqual({ ok: 1 });
	expect(stub.requests.length).toBe(3);
});

test('the credential stops at its share of the requests, and looks once a minute whether there are more', async () => {
	let used = 89;
	const stub = await org(() => ({
		headers: { 'sforce-limit-info': `per-app-api-usage=1/2(appName=x); api-usage=${used}/100` },
		body: {},
	}));
	const clock = handClock();
	const salesforce = clientAt(stub.url, { stopAtApiUse: 90 }, { clock });
	await salesforce.call(ask, () => {});
	expect(salesforce.apiUse).toEqual({ used: 89, allowed: 100 });
	used = 90;
	await salesforce.call(ask, () => {});
	const failure = await failureOf(salesforce.call(ask, () => {}));
	expect(failure).toMatchObject({
		kind: 'quota',
		phase: 'notSent',
		code: 'API_USE_STOP',
		attempts: 0,
	});
	expect(failure.message).toMatch(/90 of 100 .* stops at 90%/);
	clock.pass(60_000);
	used = 80;
	await salesforce.call(ask, () => {});
	await salesforce.call(ask, () => {});
	expect(stub.requests.length).toBe(4);
});

test('a header that tells only of the app says nothing of the org', async () => {
	const headers = { 'sforce-limit-info': 'per-app-api-usage=17/250(appName=sample)' };
	const stub = await org(() => ({ headers, body: {} }));
	const salesforce = clientAt(stub.url);
	await salesforce.call(ask, () => {});
	expect(salesforce.apiUse).toBeUndefined();
});

test('a full storage does not keep anybody from reading', async () => {
	const full = [{ message: 'storage limit exceeded', errorCode: 'STORAGE_LIMIT_EXCEEDED' }];
	const stub = await org(({ method }) =>
		method === 'POST' ? { status: 400, body: full } : { body: {} },
	);
	const salesforce = clientAt(stub.url);
	const post = {
		operation: 'Create',
		method: 'POST' as const,
		path: '/sobjects/Account',
		json: {},
	};
	expect(await failureOf(salesforce.call(post, () => {}))).toMatchObject({
		kind: 'quota',
		attempts: 1,
	});
	await salesforce.call(ask, () => {});
});
