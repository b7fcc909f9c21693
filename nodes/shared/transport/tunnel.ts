import type { RequestOptions } from 'node:https';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { Failure } from '../resilience/failure';

/** What a tunnel has to know of the request it is made for. */
export interface TunnelOptions {
	/** gives the tunnel up while it is made */
	cancel?: AbortSignal;
	/** how long the proxy may be silent meanwhile, in ms */
	connectMs?: number;
}

/**
 * HTTPS through a proxy: asks it for a tunnel (CONNECT, RFC 9110 section 9.3.6) and speaks TLS with
 * the target through it. The options (certificates, pooling) are those of the target; the proxy
 * gets nothing but its own credentials.
 */
export class TunnelAgent extends https.Agent {
	constructor(
		private readonly proxy: URL,
		options: https.AgentOptions,
	) {
		super(options);
	}

	override createConnection(
		options: RequestOptions & TunnelOptions,
		callback?: (error: Error | null, stream: Duplex) => void,
	): undefined {
		// Node's types want a stream even beside an error.
		const fail = callback as ((error: Error) => void) | undefined;
		const { host, port } = options;
		const target = `${net.isIPv6(host ?? '') ? `[${host}]` : host}:${port}`;
		askForTunnel(this.proxy, target, options, fail ?? (() => {}), (socket) => {
			const through = { ...options, socket };
			const secured = super.createConnection(through);
			if (secured) callback?.(null, secured);
		});
	}
}

/**
 * A tunnel to "host:port".
 * @param then called with the tunnel, or `fail` with why there is none
 */
export function askForTunnel(
	proxy: URL,
	target: string,
	{ lookup, connectMs, cancel }: TunnelOptions & Pick<RequestOptions, 'lookup'>,
	fail: (error: Error) => void,
	then: (tunnel: net.Socket) => void,
): void {
	const { protocol, hostname, port } = proxy;
	const request = (protocol === 'https:' ? https : http).request({
		method: 'CONNECT',
		host: withoutBrackets(hostname),
		port: port || (protocol === 'https:' ? 443 : 80),
		path: target,
		headers: { host: target, ...authorization(proxy) },
		agent: false,
		lookup,
		timeout: connectMs,
		signal: cancel,
	});
	request.once('connect', ({ statusCode = 0 }, socket: net.Socket) => {
		if (statusCode >= 200 && statusCode < 300) {
			socket.setTimeout(0);
			return then(socket);
		}
		socket.destroy();
		fail(refused(statusCode));
	});
	request.once('timeout', () => {
		const error = new Error('the proxy does not answer');
		request.destroy(Object.assign(error, { code: 'IDLE_TIMEOUT' }));
	});
	request.once('error', fail);
	request.end();
}

function authorization({ username, password }: URL): Record<string, string> {
	if (!username && !password) return {};
	const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** "[::1]", as a URL writes it, is no host that can be looked up. */
export const withoutBrackets = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

const refused = (status: number) =>
	new Failure({
		kind: status >= 500 ? 'network' : 'invalid',
		phase: 'notSent',
		scope: 'host',
		code: `PROXY_${status}`,
		message: `The proxy answered ${status} when it was asked for a connection`,
		hint:
			status === 407
				? 'The proxy wants a user name and a password: put them into HTTPS_PROXY.'
				: 'Check HTTPS_PROXY and NO_PROXY in the environment of n8n, and the rules of the proxy.',
	});
