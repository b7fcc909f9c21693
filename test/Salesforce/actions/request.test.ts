import { call } from '../../../nodes/Salesforce/actions/apex/call.operation';
import { send } from '../../../nodes/Salesforce/actions/request/send.operation';
import { failureOf } from '../../S3/clientOf';
import type { Answer, Asked } from '../orgStub';
import { clientAt, startOrgStub } from '../orgStub';
import { act } from './acting';

let close: () => Promise<void> = async () => {};
afterEach(async () => await close());

async function org(answer: (asked: Asked, nth: number) => Answer) {
	const stub = await startOrgStub(answer);
	close = stub.close;
	return { ...stub, client: clientAt(stub.url) };
}

test('a path stands below the version, and its parameters are encoded', async () => {
	const { client, requests } = await org(() => ({ body: { ok: true } }));
	const query = { parameter: [{ name: 'q', value: "SELECT Id FROM A WHERE N='ä&b'" }] };
	const { answer } = await act(send, client, { path: 'query', query });
	expect(answer).toEqual({ ok: true });
	expect(requests[0]?.path).toBe(
		`/services/data/v68.0/query?q=${encodeURIComponent("SELECT Id FROM A WHERE N='ä&b'")}`,
	);
});

test('the address of a next page is taken as it is', async () => {
	const { client, requests } = await org(() => ({ body: {} }));
	await act(send, client, { path: '/services/data/v59.0/query/01g000000000001-2000' });
	expect(requests[0]?.path).toBe('/services/data/v59.0/query/01g000000000001-2000');
});

test('another server never gets the access token', async () => {
	const { client, requests } = await org(() => ({ body: {} }));
	const failure = await failureOf(act(send, client, { path: 'https://evil.example.com/x' }));
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	const headers = { header: [{ name: 'Authorization', value: 'Bearer mine' }] };
	const refused = await failureOf(act(send, client, { path: '/x', options: { headers } }));
	expect(refused).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(requests).toEqual([]);
});

test('a list becomes an item for each member, an empty answer says its status', async () => {
	const { client } = await org(({ method }) =>
		method === 'GET' ? { body: [{ a: 1 }, { a: 2 }, 'x'] } : { status: 204 },
	);
	expect((await act(send, client, { path: '/x' })).answer).toEqual([
		{ a: 1 },
		{ a: 2 },
		{ data: 'x' },
	]);
	const patched = await act(send, client, { method: 'PATCH', path: '/x', json: '{"Name":"N"}' });
	expect(patched.answer).toEqual({ statusCode: 204 });
});

test('a file of the item is sent, and sent again in full after a 503', async () => {
	const { client, requests } = await org((_asked, nth) =>
		nth === 1 ? { status: 503, body: 'down' } : { status: 201 },
	);
	const files = { data: { content: Buffer.from('a,b\n1,2\n'), size: 8, mimeType: 'text/csv' } };
	const path = '/jobs/ingest/750000000000001/batches';
	await act(send, client, { method: 'PUT', path, body: 'file', inputBinaryField: 'data' }, files);
	expect(requests.map(({ body, headers }) => [body, headers['content-type']])).toEqual([
		['a,b\n1,2\n', 'text/csv'],
		['a,b\n1,2\n', 'text/csv'],
	]);
});

test('an answer can be a file', async () => {
	const csv = { headers: { 'content-type': 'text/csv; charset=UTF-8' }, body: 'Id\n001\n' };
	const { client } = await org(() => csv);
	const { answer, saved } = await act(send, client, {
		path: '/jobs/query/1/results',
		response: 'file',
	});
	expect(answer).toMatchObject({
		row: { statusCode: 200, fileName: 'results' },
		files: { data: { mimeType: 'text/csv', fileName: 'results' } },
	});
	expect(saved).toEqual(['Id\n001\n']);
});

test('a POST whose answer was lost is sent again only where the user says so', async () => {
	const { client, requests } = await org((_asked, nth) =>
		nth % 2 === 1 ? { cut: true } : { body: {} },
	);
	const post = { method: 'POST', path: '/sobjects/Account', json: '{"Name":"N"}' };
	expect(await failureOf(act(send, client, post))).toMatchObject({ phase: 'maybeDone' });
	expect(requests.length).toBe(1);
	requests.length = 0;
	await client.call({ operation: 'x', path: '/x' }, () => {});
	await act(send, client, { ...post, options: { repeatable: true } });
	expect(requests.filter(({ method }) => method === 'POST').length).toBe(2);
});

test('Apex REST stands below its own root', async () => {
	const { client, requests } = await org(() => ({ body: { done: 1 } }));
	for (const path of ['/orders/1', 'orders/1', '/services/apexrest/orders/1'])
		expect((await act(call, client, { path })).answer).toEqual({ done: 1 });
	expect(new Set(requests.map(({ path }) => path))).toEqual(
		new Set(['/services/apexrest/orders/1']),
	);
});
