import dns from 'node:dns';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { EgressFilter } from '../../../nodes/shared/transport/egress';
import type { Failure } from '../../../nodes/shared/resilience/failure';
import type { SocketOptions } from '../../../nodes/shared/transport/socket';
import { openSocket } from '../../../nodes/shared/transport/socket';
import { authority } from './certificates';
import { listen } from './rawServer';

const { issue, ca, remove } = authority();
const byAddress = issue('server', ['IP:127.0.0.1']);
const byName = issue('server', ['DNS:ldap.example']);
remove();

type Listening = Awaited<ReturnType<typeof listen>>;
const servers: Listening[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) await server.close();
});

async function serve(server: net.Server): Promise<Listening> {
	const listening = await listen(server);
	servers.push(listening);
	return listening;
}

const open = async (port: number, more: Partial<SocketOptions> & { host?: string } = {}) =>
	await openSocket({
		host: '127.0.0.1',
		port,
		connectMs: 2_000,
		signal: new AbortController().signal,
		...more,
	});

async function refused(promise: Promise<net.Socket>): Promise<Failure> {
	return await promise.then(
		(socket) => {
			socket.destroy();
			throw new Error('It should have failed');
		},
		(failure: Failure) => failure,
	);
}

class SsrfBlockedIpError extends Error {
	override name = 'SsrfBlockedIpError';
}

/** A filter that refuses one host: where it is asked about it, or when it is looked up. */
const filter = (host: string, when: 'asked' | 'lookup'): EgressFilter => ({
	validateUrl: async () => await Promise.resolve({ ok: true }),
	validateConnectionHost: (name) =>
		when === 'asked' && name === host
			? { ok: false, error: new SsrfBlockedIpError(`${name} is blocked`) }
			: { ok: true },
	createSecureLookup: () => (name, options, then) => {
		if (when === 'lookup' && name === host) then(new SsrfBlockedIpError(`${name} is blocked`), '');
		else dns.lookup(name, options, then);
	},
});

test.each([
	['127.0.0.1', 'asked'],
	['localhost', 'lookup'],
] as const)('where the egress filter refuses %s (%s) nothing is connected', async (host, when) => {
	const server = await serve(net.createServer());
	const failure = await refused(open(server.port, { host, egress: filter(host, when) }));
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent', code: 'EGRESS_BLOCKED' });
	expect(failure.hint).toContain('N8N_SSRF_ALLOWED');
	expect(server.connections).toHaveLength(0);
});

test('what the filter allows is connected', async () => {
	const server = await serve(net.createServer());
	const socket = await open(server.port, { host: 'localhost', egress: filter('other', 'lookup') });
	expect(socket.remotePort).toBe(server.port);
	socket.destroy();
});

test.each([
	['its address', byAddress, {}, undefined],
	['another name', byName, {}, 'ERR_TLS_CERT_ALTNAME_INVALID'],
	['the name that the credential says', byName, { servername: 'ldap.example' }, undefined],
	['another name, where anything is accepted', byName, { rejectUnauthorized: false }, undefined],
])('TLS: a certificate for %s', async (_name, identity, settings, code) => {
	const server = await serve(tls.createServer(identity));
	const opening = open(server.port, { tls: { ca, ...settings } });
	if (code !== undefined) {
		expect(await refused(opening)).toMatchObject({ kind: 'invalid', phase: 'notSent', code });
		return;
	}
	const socket = await opening;
	expect(socket).toBeInstanceOf(tls.TLSSocket);
	socket.destroy();
});

test('an authority that is not known is refused', async () => {
	const server = await serve(tls.createServer(byAddress));
	expect(await refused(open(server.port, { tls: {} }))).toMatchObject({
		kind: 'invalid',
		phase: 'notSent',
	});
});

test('it is given up in time, or at once when it is cancelled', async () => {
	const server = await serve(net.createServer((socket) => socket.resume()));
	expect(await refused(open(server.port, { tls: {}, connectMs: 50 }))).toMatchObject({
		kind: 'timeout',
		phase: 'notSent',
	});
	const stop = new AbortController();
	const opening = refused(open(server.port, { tls: {}, signal: stop.signal }));
	stop.abort(new Error('enough'));
	expect((await opening).message).toContain('enough');
	await server.deserted();
});

test('a server that resets what it has accepted', async () => {
	const server = await serve(net.createServer((socket) => socket.resetAndDestroy()));
	for (let n = 0; n < 20; n++)
		expect(await refused(open(server.port, { tls: { ca } }))).toMatchObject({
			kind: 'network',
			phase: 'notSent',
		});
});

test('nobody listens', async () => {
	const server = await serve(net.createServer());
	await servers.pop()?.close();
	expect(await refused(open(server.port))).toMatchObject({
		kind: 'network',
		phase: 'notSent',
		code: 'ECONNREFUSED',
	});
});

test('a Unix socket of this machine', async () => {
	const path = `/tmp/socket-test-${process.pid}`;
	const server = net.createServer((socket) => socket.end('hello')).listen(path);
	await once(server, 'listening');
	const signal = new AbortController().signal;
	const socket = await openSocket({ path, connectMs: 2_000, signal });
	const [chunk] = (await once(socket, 'data')) as [Buffer];
	expect(chunk.toString()).toBe('hello');
	socket.destroy();
	server.close();
	await once(server, 'close');
});
