import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import tls from 'node:tls';
import { needs } from '../../needs';
import type { Authority } from './certificates';
import { authority, locked, opensslServer } from './certificates';
import { client, failureOf, get } from './client';
import type { RawServer } from './rawServer';
import { listen } from './rawServer';

needs('openssl')('TLS', () => {
	let ours: Authority;
	let other: Authority;
	let server: Omit<RawServer, 'requests'>;
	/** name asked for, and common name of the client certificate, of each request */
	let seen: Array<{ asked: string | false | null | undefined; client: string | undefined }>;
	let origin: string;

	beforeAll(() => {
		ours = authority();
		other = authority();
	});
	afterAll(() => {
		ours.remove();
		other.remove();
	});
	afterEach(async () => await server.close());

	const serve = async (options: https.ServerOptions) => {
		seen = [];
		const secure = https.createServer(options, (request, response) => {
			const socket = request.socket as TLSSocket & { servername?: string };
			const { subject } = socket.getPeerCertificate();
			seen.push({ asked: socket.servername, client: subject ? String(subject.CN) : undefined });
			response.end('hello');
		});
		secure.on('tlsClientError', () => {});
		server = await listen(secure);
		origin = server.origin.replace('http:', 'https:');
	};
	const forLoopback = () => ours.issue('server', ['IP:127.0.0.1', 'DNS:localhost']);

	test('a certificate of a private authority is refused without its CA: not sent, no retry', async () => {
		await serve(forLoopback());
		const failure = await failureOf(client().buffer(get(origin)));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent', scope: 'host' });
		expect(failure.code).toMatch(/UNABLE_TO_(VERIFY|GET)/);
		expect(failure.hint).toMatch(/CA certificate/);
		expect(seen).toEqual([]);
	});

	test('with its CA it is accepted, beside the public authorities and not instead of them', async () => {
		await serve(forLoopback());
		const answer = await client({ tls: { ca: ours.ca } }).buffer(get(origin));
		expect(answer.body.toString()).toBe('hello');
		// A public authority stands in for one that Node knows.
		const known = tls.rootCertificates.length;
		expect(known).toBeGreaterThan(100);
		const both = await failureOf(client({ tls: { ca: other.ca } }).buffer(get(origin)));
		expect(both).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	});

	test('a certificate for another host is refused, unless its name is given', async () => {
		await serve(ours.issue('server', ['DNS:s3.example']));
		const failure = await failureOf(client({ tls: { ca: ours.ca } }).buffer(get(origin)));
		expect(failure).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID', phase: 'notSent' });
		const named = client({ tls: { ca: ours.ca, servername: 's3.example' } });
		expect((await named.buffer(get(origin))).status).toBe(200);
		expect(seen).toEqual([{ asked: 's3.example', client: undefined }]);
	});

	test('without verification anything goes, for this credential only', async () => {
		await serve(other.issue('server', ['DNS:wrong.example']));
		const lax = client({ tls: { rejectUnauthorized: false } });
		expect((await lax.buffer(get(origin))).status).toBe(200);
		const failure = await failureOf(client().buffer(get(origin)));
		expect(failure.phase).toBe('notSent');
	});

	describe('a server that wants a client certificate', () => {
		beforeEach(async () => {
			await serve({ ...forLoopback(), ca: ours.ca, requestCert: true, rejectUnauthorized: true });
		});

		test('gets it', async () => {
			const identity = ours.issue('a client');
			const answer = await client({ tls: { ca: ours.ca, ...identity } }).buffer(get(origin));
			expect(answer.status).toBe(200);
			expect(seen).toEqual([{ asked: false, client: 'a client' }]);
		});

		test('gets it from a key with a passphrase', async () => {
			const { cert, key } = ours.issue('a client');
			const own = { ca: ours.ca, cert, key: locked(key, 'open sesame') };
			const answer = await client({ tls: { ...own, passphrase: 'open sesame' } }).buffer(
				get(origin),
			);
			expect(answer.status).toBe(200);
			const failure = await failureOf(
				client({ tls: { ...own, passphrase: 'wrong' } }).buffer(get(origin)),
			);
			expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
			expect(failure.hint).toMatch(/passphrase/);
		});
	});

	// Node's own server just hangs up; OpenSSL's says why, as usual servers do.
	test.each([
		['no client certificate', () => ({})],
		['one of another authority', () => other.issue('a stranger')],
	])('%s is refused: no retry can help, and nothing was done', async (_label, identity) => {
		await serve({});
		const strict = await opensslServer(forLoopback(), ours.ca);
		const http = client({ tls: { ca: ours.ca, ...identity() } });
		const request = get(strict.origin, { method: 'PUT', body: 'x' });
		const failure = await failureOf(http.buffer(request));
		await strict.close();
		expect(failure.kind).toBe('invalid');
		expect(failure.phase).not.toBe('maybeDone');
		expect(failure.hint).toMatch(/client certificate/);
	});

	test('a server that speaks no TLS', async () => {
		const plain = https.createServer();
		plain.removeAllListeners('connection');
		plain.on('connection', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
		server = await listen(plain);
		origin = server.origin.replace('http:', 'https:');
		const failure = await failureOf(client().buffer(get(origin)));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	});

	test('a server that goes silent, or away, in the handshake: nothing was sent', async () => {
		const silent = https.createServer();
		silent.removeAllListeners('connection');
		server = await listen(silent);
		origin = server.origin.replace('http:', 'https:');
		const slow = await failureOf(client().buffer(get(origin, { idleMs: 200 })));
		expect(slow).toMatchObject({ code: 'IDLE_TIMEOUT', kind: 'timeout', phase: 'notSent' });
		silent.on('connection', (socket) => socket.destroy());
		const gone = await failureOf(client().buffer(get(origin)));
		expect(gone).toMatchObject({ kind: 'network', phase: 'notSent' });
	});

	test('an old server is refused where the credential asks for more', async () => {
		await serve({ ...forLoopback(), maxVersion: 'TLSv1.2' });
		const modern = client({ tls: { ca: ours.ca, minVersion: 'TLSv1.3' } });
		expect(await failureOf(modern.buffer(get(origin)))).toMatchObject({
			kind: 'invalid',
			phase: 'notSent',
		});
		const either = client({ tls: { ca: ours.ca } });
		expect((await either.buffer(get(origin))).status).toBe(200);
	});
});
