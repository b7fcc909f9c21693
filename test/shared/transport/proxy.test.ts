import https from 'node:https';
import { inspect } from 'node:util';
import { needs } from '../../needs';
import type { Authority } from './certificates';
import { authority } from './certificates';
import { client, failureOf, get, pause } from './client';
import type { Proxy } from './proxy';
import { proxy, proxySettings } from './proxy';
import type { RawServer } from './rawServer';
import { listen, rawServer, reply } from './rawServer';

const set = proxySettings();
let between: Proxy;
let target: RawServer;

beforeEach(async () => {
	target = await rawServer((socket) => socket.write(reply('hello')));
});
afterEach(async () => {
	await between.close();
	await target.close();
});

describe('plain HTTP', () => {
	test('goes through HTTP_PROXY, the path byte for byte', async () => {
		between = await proxy();
		set({ HTTP_PROXY: between.origin });
		const http = client();
		for (const path of ['/b/../x', '/b/%2E%2E/y?a=%20', '//z']) {
			const answer = await http.buffer(get(target.origin, { path }));
			expect(answer.body.toString()).toBe('hello');
		}
		expect(between.seen.map(({ line }) => line)).toEqual([
			`GET ${target.origin}/b/../x`,
			`GET ${target.origin}/b/%2E%2E/y?a=%20`,
			`GET ${target.origin}//z`,
		]);
		expect(between.connections).toHaveLength(1);
		expect(between.seen[0]?.headers.host).toBe(`127.0.0.1:${target.port}`);
	});

	test('the password of the proxy goes to the proxy', async () => {
		between = await proxy({ auth: 'me:p@ss word' });
		set({ http_proxy: between.origin.replace('//', '//me:p%40ss%20word@') });
		const answer = await client().buffer(get(target.origin));
		expect(answer.status).toBe(200);
	});

	test('NO_PROXY goes around it', async () => {
		between = await proxy();
		set({ HTTP_PROXY: between.origin, NO_PROXY: 'example.com,127.0.0.1' });
		expect((await client().buffer(get(target.origin))).status).toBe(200);
		expect(between.seen).toEqual([]);
	});

	test('a proxy that is not there is no answer of the server', async () => {
		between = await proxy();
		await between.close();
		set({ ALL_PROXY: between.origin });
		const failure = await failureOf(client().buffer(get(target.origin)));
		expect(failure).toMatchObject({ code: 'ECONNREFUSED', phase: 'notSent' });
		expect(target.requests).toEqual([]);
		between = await proxy();
	});
});

needs('openssl')('HTTPS through a tunnel', () => {
	let ours: Authority;
	let secure: Omit<RawServer, 'requests'>;
	let origin: string;
	let requests: Array<{ path: string; headers: NodeJS.Dict<string | string[]>; client?: string }>;

	beforeAll(() => {
		ours = authority();
	});
	afterAll(() => ours.remove());

	const start = async (options: https.ServerOptions = {}) => {
		requests = [];
		const identity = ours.issue('server', ['DNS:localhost', 'IP:127.0.0.1']);
		const server = https.createServer({ ...identity, ...options }, (request, response) => {
			const { subject } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate();
			requests.push({
				path: request.url ?? '',
				headers: request.headers,
				...(subject && { client: String(subject.CN) }),
			});
			request.resume();
			request.on('end', () => response.end('secured'));
		});
		server.on('tlsClientError', () => {});
		secure = await listen(server);
		origin = `https://localhost:${secure.port}`;
	};
	beforeEach(async () => await start());
	afterEach(async () => await secure.close());

	test('with the TLS settings of the credential, one tunnel for many requests', async () => {
		between = await proxy();
		set({ HTTPS_PROXY: between.origin });
		const http = client({ tls: { ca: ours.ca } });
		for (const path of ['/b/../x', '/2', '/3']) {
			const answer = await http.buffer(get(origin, { path }));
			expect(answer.body.toString()).toBe('secured');
		}
		expect(between.seen.map(({ line }) => line)).toEqual([`CONNECT localhost:${secure.port}`]);
		expect(requests.map(({ path }) => path)).toEqual(['/b/../x', '/2', '/3']);
	});

	test('the proxy gets its password and nothing of ours, the server nothing of the proxy', async () => {
		between = await proxy({ auth: 'me:secret of the proxy' });
		set({ https_proxy: between.origin.replace('//', '//me:secret%20of%20the%20proxy@') });
		const headers = { authorization: 'Bearer ours' };
		const request = get(origin, { method: 'PUT', body: 'x', headers });
		expect((await client({ tls: { ca: ours.ca } }).buffer(request)).status).toBe(200);
		expect(JSON.stringify(between.seen)).not.toContain('ours');
		expect(requests[0]?.headers['proxy-authorization']).toBeUndefined();
		expect(requests[0]?.headers.authorization).toBe('Bearer ours');
	});

	test('a wrong certificate behind the tunnel is refused like any other', async () => {
		between = await proxy();
		set({ HTTPS_PROXY: between.origin });
		const failure = await failureOf(client().buffer(get(origin)));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(failure.message).toContain('No trusted TLS connection');
		expect(requests).toEqual([]);
	});

	test('the name of the certificate may be given, and a client certificate is sent', async () => {
		await secure.close();
		await start({
			...ours.issue('server', ['DNS:s3.example']),
			ca: ours.ca,
			requestCert: true,
			rejectUnauthorized: true,
		});
		between = await proxy();
		set({ HTTPS_PROXY: between.origin });
		const tls = { ca: ours.ca, servername: 's3.example', ...ours.issue('a client') };
		expect((await client({ tls }).buffer(get(origin))).status).toBe(200);
		expect(requests[0]?.client).toBe('a client');
	});

	test('a target given as an address', async () => {
		between = await proxy();
		set({ HTTPS_PROXY: between.origin });
		const answer = await client({ tls: { ca: ours.ca } }).buffer(
			get(origin.replace('localhost', '127.0.0.1')),
		);
		expect(answer.status).toBe(200);
	});

	test.each([
		[407, 'invalid'],
		[403, 'invalid'],
		[502, 'network'],
		[503, 'network'],
	])('a proxy that answers %i: not sent, and %s', async (connect, kind) => {
		between = await proxy({ connect });
		set({ HTTPS_PROXY: between.origin.replace('//', '//me:secret-of-the-proxy@') });
		const headers = { authorization: 'Bearer secret-of-ours' };
		const request = get(origin, { method: 'PUT', body: 'x', headers });
		const failure = await failureOf(client({ tls: { ca: ours.ca } }).buffer(request));
		expect(failure).toMatchObject({ kind, phase: 'notSent', code: `PROXY_${connect}` });
		expect(inspect(failure, { depth: 10, showHidden: true })).not.toMatch(/secret-of-/);
		await between.deserted();
	});

	test('a proxy that never answers: cancelled, its connection is closed at once', async () => {
		between = await proxy({ connect: 0 });
		set({ HTTPS_PROXY: between.origin });
		const controller = new AbortController();
		const reason = new Error('stopped');
		const sending = client().stream(get(origin, { signal: controller.signal }));
		while (between.seen.length === 0) await pause(5);
		controller.abort(reason);
		await expect(sending).rejects.toBe(reason);
		await between.deserted();
	});

	test('a proxy that never answers is given up after the idle time', async () => {
		between = await proxy({ connect: 0 });
		set({ HTTPS_PROXY: between.origin });
		const failure = await failureOf(client().stream(get(origin, { idleMs: 200 })));
		expect(failure).toMatchObject({ kind: 'timeout', phase: 'notSent' });
		await between.deserted();
	});

	test('a server behind the tunnel that goes silent: given up after the idle time', async () => {
		await secure.close();
		requests = [];
		const identity = ours.issue('server', ['DNS:localhost']);
		const server = https.createServer(identity, ({ url = '', headers }) =>
			requests.push({ path: url, headers }),
		);
		secure = await listen(server);
		origin = `https://localhost:${secure.port}`;
		between = await proxy();
		set({ HTTPS_PROXY: between.origin });
		const http = client({ tls: { ca: ours.ca } });
		const failure = await failureOf(http.stream(get(origin, { idleMs: 300 })));
		expect(failure).toMatchObject({ code: 'IDLE_TIMEOUT', phase: 'maybeDone' });
		expect(requests).toHaveLength(1);
		await secure.deserted();
	});

	test('two credentials never share a tunnel', async () => {
		between = await proxy();
		set({ HTTPS_PROXY: between.origin });
		const tls = { ca: ours.ca };
		for (const owner of ['A', 'B', 'A', 'B']) {
			await client({ owner: `tunnel of ${owner}`, tls }).buffer(get(origin));
		}
		expect(between.seen).toHaveLength(2);
	});

	test('a proxy that speaks TLS itself', async () => {
		between = await proxy({ tls: ours.issue('proxy', ['IP:127.0.0.1']) });
		set({ HTTPS_PROXY: between.origin, HTTP_PROXY: between.origin });
		// Its certificate is held to the public authorities: that of the credential is not for it.
		for (const to of [origin, target.origin]) {
			const failure = await failureOf(client({ tls: { ca: ours.ca } }).buffer(get(to)));
			expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
			expect(failure.code).toMatch(/UNABLE_TO_/);
		}
		expect(between.seen).toEqual([]);
	});
});
