import { gzipSync } from 'node:zlib';
import { Failure } from '../../../nodes/shared/resilience/failure';
import type { Answer, Asked } from '../orgStub';
import { clientAt, startOrgStub } from '../orgStub';
import { failureOf } from '../../S3/clientOf';

const EXPIRED: Answer = {
	status: 401,
	body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }],
};

let close: () => Promise<void> = async () => {};
afterEach(async () => await close());

async function org(answer: (asked: Asked, nth: number) => Answer | Promise<Answer>) {
	const stub = await startOrgStub(answer);
	close = stub.close;
	return stub;
}

const ask = { operation: 'Get limits', path: '/limits' };

test('an expired token is renewed once, and the request sent again with the new one', async () => {
	const stub = await org(({ headers }) =>
		headers.authorization === 'Bearer second' ? { body: { ok: true } } : EXPIRED,
	);
	let renewals = 0;
	const renewToken = async () => {
		renewals++;
		return { access_token: 'second', instance_url: stub.url };
	};
	const salesforce = clientAt(stub.url, {}, { renewToken });
	const all = Array.from({ length: 8 }, async () => {
		return await salesforce.call(ask, ({ json }) => json);
	});
	expect(await Promise.all(all)).toEqual(Array(8).fill({ ok: true }));
	expect(renewals).toBe(1);
});

test('a new token that is refused as well is not renewed again and again', async () => {
	const stub = await org(() => EXPIRED);
	let renewals = 0;
	const renewToken = async () => ({ access_token: `token ${++renewals}`, instance_url: stub.url });
	const salesforce = clientAt(stub.url, {}, { renewToken });
	for (let n = 0; n < 5; n++) {
		const failure = await failureOf(salesforce.call(ask, () => undefined));
		expect(failure).toMatchObject({
			kind: 'auth',
			scope: 'credential',
			code: 'INVALID_SESSION_ID',
		});
	}
	expect(renewals).toBe(1);
	expect(stub.requests.length).toBe(6);
});

test('the version is the newest that both sides know, and asked for once', async () => {
	const versions = ['41.0', '66.0', '67.0'].map((version) => ({ label: '', version, url: '' }));
	const stub = await org(({ path }) => ({ body: path === '/services/data' ? versions : {} }));
	const salesforce = clientAt(stub.url, { apiVersion: '' });
	await Promise.all([salesforce.call(ask, () => {}), salesforce.call(ask, () => {})]);
	expect(stub.requests.map(({ path }) => path)).toEqual([
		'/services/data',
		'/services/data/v67.0/limits',
		'/services/data/v67.0/limits',
	]);
});

test('a failure says what the org said, and about what', async () => {
	const body = [{ message: 'The requested resource does not exist', errorCode: 'NOT_FOUND' }];
	const stub = await org(() => ({ status: 404, body }));
	const failure = await failureOf(
		clientAt(stub.url).call({ ...ask, about: 'Account "001"' }, () => undefined),
	);
	expect(failure).toBeInstanceOf(Failure);
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'rejected', code: 'NOT_FOUND' });
	expect(failure.message).toBe(
		'The requested resource does not exist — Get limits of Account "001"',
	);
});

test('what the org packs is unpacked, errors as well', async () => {
	const json = Array.from({ length: 1_000 }, (_one, n) => ({ Id: n, Name: `Name ${n}` }));
	const words = 'x'.repeat(3_000);
	const stub = await org(({ path, headers }) => {
		if (headers['accept-encoding'] !== 'gzip') return { status: 406 };
		const bad = path.endsWith('/bad');
		const body = bad ? [{ message: words, errorCode: 'INVALID_FIELD' }] : json;
		const packed = gzipSync(JSON.stringify(body));
		return { status: bad ? 400 : 200, headers: { 'content-encoding': 'gzip' }, body: packed };
	});
	const salesforce = clientAt(stub.url);
	expect(await salesforce.call(ask, (answer) => answer.json)).toEqual(json);
	const failure = await failureOf(salesforce.call({ ...ask, path: '/bad' }, () => {}));
	expect(failure).toMatchObject({ code: 'INVALID_FIELD', message: `${words} — Get limits` });
});

test('a question that is answered with nothing is asked again', async () => {
	const stub = await org((_asked, nth) => ({ body: nth === 1 ? '' : { Name: 'Acme' } }));
	const name = await clientAt(stub.url).call(ask, ({ json }) => json);
	expect(name).toEqual({ Name: 'Acme' });
	expect(stub.requests.length).toBe(2);
});
