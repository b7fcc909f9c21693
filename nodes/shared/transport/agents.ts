import type { Agent } from 'node:http';
import type { SecureVersion } from 'node:tls';
import { fingerprint } from '../ground/fingerprint';
import { Recent } from '../ground/recent';
import type { EgressFilter } from './egress';
import { notAllowed } from './egress';
import { withoutBrackets } from './tunnel';

/** TLS settings of a credential. Certificates and keys are PEM texts. */
export interface TlsOptions {
	/** accepted besides (not instead of) the public certificate authorities */
	ca?: string;
	/** client certificate and its key */
	cert?: string;
	key?: string;
	passphrase?: string;
	/** name to ask for and to verify, where it is not the host of the URL */
	servername?: string;
	/** false: any certificate is accepted, which gives up the protection of TLS */
	rejectUnauthorized?: boolean;
	minVersion?: SecureVersion;
}

/** A proxy as axios takes it, for plain HTTP requests: the path is sent to it unchanged. */
export interface PlainProxy {
	protocol: string;
	host: string;
	port: number;
	auth?: { username: string; password: string };
}

/** How one origin is reached. */
export interface Route {
	agent: Agent;
	proxy: PlainProxy | false;
}

// Shorter than the idle time-outs of usual servers and load balancers (60 s), so that a request
// seldom meets a connection that the other side is just closing.
const IDLE_SOCKET_MS = 15_000;

// What axios sets on every socket: with another value here, each request would set it twice.
const KEEP_ALIVE_MS = 60_000;

const MOST_AGENTS = 200;

const agents = new Recent<Promise<Agent>>(MOST_AGENTS);

/**
 * The keep-alive agent for one owner (a credential) and one set of TLS settings, pooled over all
 * runs of the process, and the proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name for
 * this origin (the settings that n8n itself follows). HTTPS goes through a CONNECT tunnel.
 *
 * @param owner who may share connections: never two different credentials
 * @param direct not through a proxy
 */
export async function routeTo(
	origin: string,
	owner: string,
	tls: TlsOptions = {},
	egress?: EgressFilter,
	direct = false,
): Promise<Route> {
	const { getProxyForUrl } = await import('../../../vendor/proxyFromEnv');
	const proxyUrl = direct ? '' : getProxyForUrl(origin);
	if (proxyUrl && egress) {
		const { ok, error } = egress.validateConnectionHost(new URL(proxyUrl).hostname);
		if (!ok) throw notAllowed(error);
	}
	const secure = origin.startsWith('https:');
	if (secure) return { agent: await pooled(owner, true, tls, proxyUrl, egress), proxy: false };
	if (!proxyUrl) return { agent: await pooled(owner, false, {}, '', egress), proxy: false };
	// The connection is one to the proxy: the TLS settings for the target have no place in it.
	const agent = await pooled(owner, proxyUrl.startsWith('https:'), {}, '', egress);
	return { agent, proxy: plainProxy(proxyUrl) };
}

async function pooled(
	owner: string,
	secure: boolean,
	tls: TlsOptions,
	tunnel: string,
	egress?: EgressFilter,
): Promise<Agent> {
	const name = fingerprint({ owner, tls, tunnel, secure, filtered: egress !== undefined });
	// Of one that is forgotten the idle connections close by themselves, and those in use are not
	// disturbed.
	return await agents.get(name, async () => await openAgent(secure, tunnel, tls, egress));
}

async function openAgent(secure: boolean, tunnel: string, tls: TlsOptions, egress?: EgressFilter) {
	const pool = {
		keepAlive: true,
		keepAliveMsecs: KEEP_ALIVE_MS,
		timeout: IDLE_SOCKET_MS,
		scheduling: 'lifo' as const,
		...(egress && { lookup: egress.createSecureLookup() }),
	};
	const { HttpAgent, HttpsAgent } = await import('./largeReads');
	if (!secure) return new HttpAgent(pool);
	const secured = { ...pool, ...(await withPublicAuthorities(tls)) };
	if (!tunnel) return new HttpsAgent(secured);
	const { TunnelAgent } = await import('./tunnel');
	return new TunnelAgent(new URL(tunnel), secured);
}

/** Node takes `ca` instead of its own list; a company's CA should come on top of it. */
export async function withPublicAuthorities(tls: TlsOptions) {
	if (!tls.ca) return tls;
	const { rootCertificates } = await import('node:tls');
	return { ...tls, ca: [...rootCertificates, tls.ca] };
}

function plainProxy(proxyUrl: string): PlainProxy {
	const { protocol, hostname, port, username, password } = new URL(proxyUrl);
	return {
		protocol,
		host: withoutBrackets(hostname),
		port: Number(port) || (protocol === 'https:' ? 443 : 80),
		...(username && {
			auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
		}),
	};
}
