import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { reasonOf, systemClock } from '../ground/clock';
import { Failure } from '../resilience/failure';
import type { TlsOptions } from './agents';
import { withPublicAuthorities } from './agents';
import type { EgressFilter } from './egress';
import { notAllowed } from './egress';
import { networkFailure } from './networkFailure';

/** A name or IP address without brackets, and a port; or a Unix socket of this machine. */
export type SocketAddress = { host: string; port: number } | { path: string };

interface Opening {
	/** encrypted from the first byte; left out: not encrypted */
	tls?: TlsOptions;
	/** what is to be spoken inside of TLS (RFC 7301): "h2" */
	protocol?: string;
	/** so long may it take until the connection stands, TLS included, in ms */
	connectMs: number;
	egress?: EgressFilter;
	signal: AbortSignal;
}

export type SocketOptions = SocketAddress & Opening;

// Long before usual firewalls forget a connection on which nothing is sent.
const KEEP_ALIVE_MS = 30_000;

/**
 * A connection to a server that is no HTTP server: never through a proxy, never to where n8n's
 * egress filter does not let it. Rejects with a Failure in phase `notSent`.
 */
export async function openSocket(options: SocketOptions): Promise<Socket> {
	const { egress, tls, protocol, connectMs, signal } = options;
	const host = 'path' in options ? '' : options.host;
	const { ok, error } = (host && egress?.validateConnectionHost(host)) || { ok: true };
	if (!ok) throw notAllowed(error);
	const net = await import('node:net');
	const socket = net.connect({
		...('path' in options ? { path: options.path } : { host, port: options.port }),
		noDelay: true,
		keepAlive: true,
		keepAliveInitialDelay: KEEP_ALIVE_MS,
		...(egress && { lookup: egress.createSecureLookup() }),
	});
	const startedAt = systemClock.now();
	try {
		await standing(socket, 'connect', connectMs, signal);
	} catch (error) {
		throw networkFailure(error, false);
	}
	if (!tls) return socket;
	const leftMs = Math.max(1, connectMs - (systemClock.now() - startedAt));
	return await secureSocket(socket, tls, { host, protocol, connectMs: leftMs, signal });
}

/**
 * TLS on a connection that stands, verified against the host that was asked for: its name, or its
 * IP address, for which Node would otherwise look for "localhost" in the certificate. Nobody may
 * read from the socket any more. It is destroyed when this rejects.
 */
export async function secureSocket(
	socket: Socket,
	tls: TlsOptions,
	{ host, protocol, connectMs, signal }: Omit<Opening, 'tls' | 'egress'> & { host: string },
): Promise<Socket> {
	try {
		const { connect } = await import('node:tls');
		const { isIP } = await import('node:net');
		const secureContext = await contextOf(tls);
		const name = tls.servername ?? host;
		// Whoever sits on the way could have sent it, to be taken for words of the server.
		if (socket.readableLength > 0) throw earlyBytes();
		const secured = connect({
			socket,
			host: name,
			secureContext,
			servername: isIP(name) ? undefined : name,
			rejectUnauthorized: tls.rejectUnauthorized ?? true,
			...(protocol !== undefined && { ALPNProtocols: [protocol] }),
		});
		await standing(secured, 'secureConnect', connectMs, signal);
		return secured;
	} catch (error) {
		socket.destroy();
		throw networkFailure(error, false);
	}
}

/** What a server says before TLS begins, though it was not its turn. */
export const earlyBytes = (): Failure =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		scope: 'host',
		code: 'EARLY_BYTES',
		message: 'Something was sent unencrypted after TLS had been agreed on',
		hint: 'Somebody on the way may be trying to inject answers. Look at the network between n8n and the server.',
	});

// Reading the public authorities takes several milliseconds.
const contexts = new WeakMap<TlsOptions, SecureContext>();

async function contextOf(tls: TlsOptions): Promise<SecureContext> {
	const known = contexts.get(tls);
	if (known) return known;
	const { createSecureContext } = await import('node:tls');
	const { ca, cert, key, passphrase, minVersion } = await withPublicAuthorities(tls);
	const context = createSecureContext({ ca, cert, key, passphrase, minVersion });
	contexts.set(tls, context);
	return context;
}

/** Waits for the event that says that the connection stands; destroys the socket otherwise. */
async function standing(
	socket: Socket,
	event: 'connect' | 'secureConnect',
	withinMs: number,
	signal: AbortSignal,
): Promise<void> {
	// Whatever comes while nobody listens, now or between two steps, would end the process.
	socket.on('error', () => {});
	try {
		await new Promise<void>((resolve, reject) => {
			if (signal.aborted) return reject(reasonOf(signal));
			const stop = () => done(reject, reasonOf(signal));
			const late = () => done(reject, silent(withinMs));
			const failed = (error: Error) => done(reject, error);
			const closed = () => done(reject, hungUp());
			const stopTimer = systemClock.timer(withinMs, late);
			const done = <T>(settle: (value: T) => void, value: T) => {
				stopTimer();
				signal.removeEventListener('abort', stop);
				socket.off('error', failed).off('close', closed);
				settle(value);
			};
			signal.addEventListener('abort', stop, { once: true });
			socket.once('error', failed).once('close', closed);
			socket.once(event, () => done(resolve, undefined));
		});
	} catch (error) {
		socket.destroy();
		throw error;
	}
}

const silent = (afterMs: number) =>
	Object.assign(new Error(`the server did not answer within ${afterMs / 1_000} s`), {
		code: 'ETIMEDOUT',
	});

const hungUp = () =>
	Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' });
