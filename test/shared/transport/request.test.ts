import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { oddKeys } from '../../sandbox/s3/oddKeys';
import { client, failureOf, get } from './client';
import type { RawServer } from './rawServer';
import { rawServer, reply } from './rawServer';

let server: RawServer;

beforeEach(async () => {
	server = await rawServer((socket) => socket.write(reply('hello')));
});
afterEach(async () => await server.close());

describe('header lines: those given, and besides them only host, connection, agent and framing', () => {
	const common = () => [
		'user-agent: n8n-nodes-resilient',
		`Host: 127.0.0.1:${server.port}`,
		'Connection: keep-alive',
	];
	const lines = async (method: string, body?: Buffer | string, headers = {}) => {
		await client().buffer(get(server.origin, { method, body, headers }));
		return server.requests[0]?.headers.toSorted();
	};

	test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('%s', async (method) => {
		if (method === 'HEAD') return;
		expect(await lines(method)).toEqual(common().toSorted());
	});

	test('HEAD', async () => {
		await server.close();
		server = await rawServer((socket) =>
			socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n'),
		);
		const { headers, body } = await client().buffer(get(server.origin, { method: 'HEAD' }));
		expect(server.requests[0]?.headers.toSorted()).toEqual(common().toSorted());
		expect(headers['content-length']).toBe('5000');
		expect(body).toHaveLength(0);
	});

	test.each(['PUT', 'POST', 'PATCH'])('%s without a body', async (method) => {
		expect(await lines(method)).toEqual([...common(), 'Content-Length: 0'].toSorted());
	});

	test.each(['PUT', 'POST', 'DELETE'])('%s with a body', async (method) => {
		expect(await lines(method, Buffer.from('{"a":1}'))).toEqual(
			[...common(), 'Content-Length: 7'].toSorted(),
		);
		expect(server.requests[0]?.body).toBe('{"a":1}');
	});

	test('a text is sent as UTF-8', async () => {
		expect(await lines('PUT', 'ü')).toEqual([...common(), 'Content-Length: 2'].toSorted());
		expect(server.requests[0]?.body).toBe('\u00c3\u00bc');
	});

	test('those given are sent as given', async () => {
		const given = {
			accept: 'text/xml',
			'content-type': 'application/octet-stream',
			'accept-encoding': 'identity',
			'user-agent': 'mine',
			'x-amz-meta-a': 'two  spaces',
			authorization: 'AWS4-HMAC-SHA256 x',
		};
		const sent = await lines('PUT', Buffer.from('x'), given);
		const asSent = (sent ?? []).map((line) => {
			const [name = '', value = ''] = line.split(/: (.*)/s);
			return [name.toLowerCase(), value];
		});
		expect(Object.fromEntries(asSent)).toEqual({
			...given,
			host: `127.0.0.1:${server.port}`,
			connection: 'keep-alive',
			'content-length': '1',
		});
	});

	test('a stream is sent with the same ones', async () => {
		const headers = { 'content-length': '3', 'x-a': 'b' };
		const body = Readable.from([Buffer.from('abc')]);
		await client().buffer(get(server.origin, { method: 'PUT', body, headers }));
		const sent = (server.requests[0]?.headers ?? []).map((line) => line.toLowerCase());
		const expected = [...common(), 'content-length: 3', 'x-a: b'];
		expect(sent.toSorted()).toEqual(expected.map((line) => line.toLowerCase()).toSorted());
	});

	test.each([
		['in memory', () => Buffer.from('abc')],
		['as a stream', () => Readable.from([Buffer.from('abc')])],
	])('a body %s: what a header cannot carry is refused, never changed', async (_label, make) => {
		const headers = { 'x-amz-meta-name': 'ü日本' };
		const request = get(server.origin, { method: 'PUT', headers, body: make() });
		const failure = await failureOf(client().buffer(request));
		expect(failure).toMatchObject({
			kind: 'invalid',
			phase: 'notSent',
			message: expect.stringContaining('x-amz-meta-name'),
		});
		expect(server.requests).toHaveLength(0);
	});

	test('a line break in a value makes no second header', async () => {
		const request = get(server.origin, { headers: { 'x-a': 'a\r\nx-injected: b' } });
		await client()
			.buffer(request)
			.catch(() => {});
		const names = (server.requests[0]?.headers ?? []).map((line) => line.split(':')[0]);
		expect(names).not.toContain('x-injected');
	});
});

describe('the path byte for byte', () => {
	const encode = (key: string) =>
		encodeURIComponent(key)
			.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
			.replace(/%2F/g, '/');
	const raw = [
		'/b/..',
		'/b/.',
		'/b/../secret-b/pw.txt',
		'/b/dir/../x',
		'/b/dir/./y',
		'/b/trail/..',
		'/b/%2E%2E/x',
		'/b/%2e%2e/x',
		'/b/.%2e/x',
		'/b/%2E',
		'//',
		'//evil.example/x',
		'/b//k',
		'/b/a+b?x=1+2&y=%20',
		'/b?uploads',
		'/b?',
		'/b?a=..&b=/../c',
		'/b/back\\slash',
		'/b/%5C%09%0A%01%27',
		'/b/k#not-a-fragment',
		'/b/@user:x',
		'/b/http://other.example/',
	];
	const paths = [...raw, ...oddKeys.map((key) => `/b/${encode(key)}`)];

	test(`${paths.length} odd paths, one connection`, async () => {
		expect(paths.length).toBeGreaterThanOrEqual(46);
		const http = client();
		for (const path of paths) await http.buffer(get(server.origin, { path }));
		expect(server.requests.map(({ line }) => line)).toEqual(
			paths.map((path) => `GET ${path} HTTP/1.1`),
		);
		expect(server.connections).toHaveLength(1);
	});

	test(`the same ${paths.length} of streams`, async () => {
		const http = client();
		for (const path of paths)
			await http.buffer(
				get(server.origin, {
					method: 'PUT',
					path,
					headers: { 'content-length': '1' },
					body: Readable.from([Buffer.from('x')]),
				}),
			);
		expect(server.requests.map(({ line }) => line)).toEqual(
			paths.map((path) => `PUT ${path} HTTP/1.1`),
		);
	});

	test.each(['/a b', '/a\nb', '/日本'])(
		'%j cannot be sent: no attempt, and no retry',
		async (path) => {
			const failure = await failureOf(client().buffer(get(server.origin, { path })));
			expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
			expect(server.requests).toHaveLength(0);
		},
	);

	test('a header that cannot be sent is not a broken network either', async () => {
		const headers = { 'bad name': 'x' };
		const failure = await failureOf(client().buffer(get(server.origin, { headers })));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	});
});

describe('the answer', () => {
	test.each([204, 301, 304, 400, 401, 404, 409, 429, 500, 503])(
		'status %i is an answer like any other',
		async (status) => {
			await server.close();
			server = await rawServer((socket) => socket.write(reply('', `${status} X`, ['ETag: "e"'])));
			const answer = await client().buffer(get(server.origin));
			expect(answer).toMatchObject({ status, headers: { etag: '"e"' } });
		},
	);

	test('header names in lower case, several of one name joined, the body untouched', async () => {
		await server.close();
		const headers = [
			'X-A: 1',
			'x-a: 2',
			'Set-Cookie: a=1',
			'Set-Cookie: b=2',
			'Content-Encoding: gzip',
		];
		server = await rawServer((socket) => socket.write(reply('not gzip at all', '200 OK', headers)));
		const answer = await client().buffer(get(server.origin));
		expect(answer.headers).toMatchObject({ 'x-a': '1, 2', 'set-cookie': 'a=1, b=2' });
		expect(answer.body.toString()).toBe('not gzip at all');
	});
});

describe('no secret in a failure', () => {
	const secret = 'very-secret-token';
	const headers = { authorization: `Bearer ${secret}`, 'x-amz-security-token': secret };
	const tell = (failure: unknown) =>
		inspect(failure, { depth: 12, showHidden: true, getters: true });

	test('refused connection', async () => {
		const { origin } = server;
		await server.close();
		const failure = await failureOf(client().buffer(get(origin, { headers })));
		expect(failure).toMatchObject({ code: 'ECONNREFUSED', kind: 'network', phase: 'notSent' });
		expect(tell(failure)).not.toContain(secret);
	});

	test('broken connection', async () => {
		await server.close();
		server = await rawServer((socket) => socket.destroy());
		const request = get(server.origin, { headers, method: 'PUT', body: secret });
		const failure = await failureOf(client().buffer(request));
		expect(failure).toMatchObject({ code: 'ECONNRESET', kind: 'network', phase: 'maybeDone' });
		expect(tell(failure)).not.toContain(secret);
	});
});

test('a host with two addresses that both refuse says so', async () => {
	const { port } = server;
	await server.close();
	const failure = await failureOf(client().buffer(get(`http://localhost:${port}`)));
	expect(failure).toMatchObject({ code: 'ECONNREFUSED', phase: 'notSent' });
	expect(failure.message).toMatch(/No connection: .*(refused|ECONNREFUSED)/);
});

test('a host that does not exist', async () => {
	const failure = await failureOf(client().buffer(get('http://nowhere.invalid')));
	expect(failure).toMatchObject({ kind: 'network', phase: 'notSent', scope: 'host' });
	expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(failure.code);
	expect(failure.hint).toBeTruthy();
});
