import http from 'node:http';
import type { AddressInfo } from 'node:net';
import tls, { TLSSocket } from 'node:tls';
import type { Failure } from '../../../nodes/shared/resilience/failure';
import { dial } from '../../../nodes/shared/transport/dial';
import { authority } from './certificates';
import { proxy, proxySettings } from './proxy';

const { issue, ca, remove } = authority();
const identity = issue('server', ['DNS:localhost']);
remove();

const set = proxySettings();
const closing: Array<() => unknown> = [];
afterEach(async () => {
	for (const close of closing.splice(0)) await close();
});

async function server(protocols: string[]): Promise<number> {
	const listening = tls.createServer({ ...identity, ALPNProtocols: protocols }, (socket) => {
		socket.on('error', () => {}).end('hello');
	});
	listening.on('tlsClientError', () => {});
	await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
	closing.push(() => listening.close());
	return (listening.address() as AddressInfo).port;
}

const dialled = async (port: number, more: { host?: string } = {}) => {
	const socket = await dial({
		origin: `https://${more.host ?? 'localhost'}:${port}`,
		...{ protocol: 'h2', connectMs: 2_000, tls: { ca }, signal: new AbortController().signal },
	});
	closing.push(() => socket.destroy());
	return socket;
};

test('the protocol is agreed on, the server is verified', async () => {
	const port = await server(['h2']);
	const socket = await dialled(port);
	expect(socket instanceof TLSSocket && socket.alpnProtocol).toBe('h2');
	const failure: Failure = await dialled(port, { host: '127.0.0.1' }).then(
		() => expect('trusted').toBe('refused') as never,
		(error: Failure) => error,
	);
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
});

test('through the proxy that the environment names, also through an encrypted one; past it where it says so', async () => {
	const port = await server(['h2']);
	const between = await proxy({ auth: 'ann:pass' });
	closing.push(async () => await between.close());
	set({ HTTPS_PROXY: between.origin.replace('//', '//ann:pass@') });
	const socket = await dialled(port);
	expect(socket instanceof TLSSocket && socket.alpnProtocol).toBe('h2');
	expect(between.seen.map(({ line }) => line)).toEqual([`CONNECT localhost:${port}`]);
	set({ HTTPS_PROXY: between.origin, NO_PROXY: 'localhost' });
	await dialled(port);
	expect(between.seen).toHaveLength(1);
	set({ HTTPS_PROXY: between.origin });
	await expect(dialled(port)).rejects.toMatchObject({ code: 'PROXY_407', phase: 'notSent' });
});

test('a proxy that never answers is given up', async () => {
	const between = await proxy({ connect: 0 });
	closing.push(async () => await between.close());
	set({ HTTPS_PROXY: between.origin });
	const stop = new AbortController();
	const signal = stop.signal;
	const dialling = { origin: 'https://localhost:1', protocol: 'h2', signal } as const;
	await expect(dial({ ...dialling, connectMs: 100 })).rejects.toMatchObject({
		...{ kind: 'timeout', phase: 'notSent' },
	});
	setTimeout(() => stop.abort(), 50);
	await expect(dial({ ...dialling, connectMs: 20_000 })).rejects.toThrow();
});

test('neither server nor proxy is asked where the egress filter does not let it', async () => {
	const error = Object.assign(new Error('blocked'), { name: 'SsrfBlockedIpError' });
	const between = http.createServer();
	const asked = jest.fn();
	between.on('connect', asked);
	await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
	closing.push(() => between.close());
	set({ HTTPS_PROXY: `http://127.0.0.1:${(between.address() as AddressInfo).port}` });
	const egress = {
		validateUrl: async () => await Promise.resolve({ ok: true }),
		validateConnectionHost: () => ({ ok: false, error }),
		createSecureLookup: () => () => {},
	};
	const { signal } = new AbortController();
	const dialling = { origin: 'https://localhost:1', protocol: 'h2', connectMs: 500, signal };
	await expect(dial({ ...dialling, egress })).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
	expect(asked).not.toHaveBeenCalled();
});
