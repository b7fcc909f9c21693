import type { Socket } from 'node:net';
import { systemClock } from '../ground/clock';
import type { TlsOptions } from './agents';
import type { EgressFilter } from './egress';
import { notAllowed } from './egress';
import { networkFailure } from './networkFailure';
import { openSocket, secureSocket } from './socket';
import { askForTunnel, withoutBrackets } from './tunnel';

interface Dialling {
	/** scheme, host and port */
	origin: string;
	/** what is to be spoken (RFC 7301): "h2" */
	protocol: string;
	/** so long may it take until the connection stands, in ms */
	connectMs: number;
	/** for "https" */
	tls?: TlsOptions;
	egress?: EgressFilter;
	signal: AbortSignal;
}

/**
 * A connection for another protocol of the web than HTTP/1.1, by the same rules as requests: through
 * the proxy that HTTPS_PROXY and NO_PROXY name for it, and not to where n8n's egress filter does not
 * let it. Rejects with a Failure in phase `notSent`.
 */
export async function dial(dialling: Dialling): Promise<Socket> {
	const { origin, protocol, connectMs, egress, signal } = dialling;
	const { ok, error } = (await egress?.validateUrl(origin)) ?? { ok: true };
	if (!ok) throw notAllowed(error);
	const url = new URL(origin);
	const host = withoutBrackets(url.hostname);
	const tls = url.protocol === 'https:' ? (dialling.tls ?? {}) : undefined;
	const port = Number(url.port) || (tls ? 443 : 80);
	const { getProxyForUrl } = await import('../../../vendor/proxyFromEnv');
	const proxy = getProxyForUrl(origin);
	if (!proxy) return await openSocket({ host, port, tls, protocol, connectMs, egress, signal });
	const startedAt = systemClock.now();
	const tunnel = await tunnelThrough(new URL(proxy), `${url.hostname}:${port}`, dialling);
	if (!tls) return tunnel;
	const leftMs = Math.max(1, connectMs - (systemClock.now() - startedAt));
	return await secureSocket(tunnel, tls, { host, protocol, connectMs: leftMs, signal });
}

async function tunnelThrough(
	proxy: URL,
	target: string,
	{ egress, connectMs, signal }: Dialling,
): Promise<Socket> {
	const { ok, error } = egress?.validateConnectionHost(proxy.hostname) ?? { ok: true };
	if (!ok) throw notAllowed(error);
	const lookup = egress?.createSecureLookup();
	try {
		return await new Promise<Socket>((resolve, reject) => {
			askForTunnel(proxy, target, { lookup, connectMs, cancel: signal }, reject, resolve);
		});
	} catch (failed) {
		throw networkFailure(failed, false);
	}
}
