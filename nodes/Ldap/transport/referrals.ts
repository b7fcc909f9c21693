import type { Calls } from './calls';
import type { LdapUrl } from './ldapUrl';
import { parseLdapUrl } from './ldapUrl';
import type { Encryption, Server } from './servers';
import { usualPort } from './servers';

/** A server to ask instead, or as well. */
export interface Elsewhere extends Pick<LdapUrl, 'dn' | 'scope' | 'filter'> {
	calls: Calls;
}

// A chain of referrals that is longer leads in a circle, or nobody would understand it.
const MOST_STEPS = 10;

/**
 * Which referrals of one operation are followed: to hosts that the credential allows, each URL once,
 * and never with less encryption than the credential asks for.
 */
export class Referrals {
	private readonly visited = new Set<string>();

	constructor(
		private readonly encryption: Encryption,
		private readonly allows: (host: string) => boolean,
		private readonly callsTo: (server: Server, encryption: Encryption) => Calls,
	) {}

	/** `undefined`: it is not followed. */
	follow(url: string): Elsewhere | undefined {
		const target = parseLdapUrl(url);
		if (!target || !this.allows(target.host)) return undefined;
		if (this.visited.has(url) || this.visited.size >= MOST_STEPS) return undefined;
		this.visited.add(url);
		const { secure, host, port, ...what } = target;
		const encryption = secure ? 'ldaps' : this.encryption;
		// "ldap:" names the port without TLS, or with STARTTLS.
		const isOther = encryption === 'ldaps' && !secure;
		const server = { host, port: (!isOther && port) || usualPort(encryption) };
		return { ...what, calls: this.callsTo(server, encryption) };
	}
}

/** Host names of a list such as "dc1.example.com, *.ad.example.com"; a star is any name in the domain. */
export function hostsIn(list: string): (host: string) => boolean {
	const hosts = list
		.toLowerCase()
		.split(/[\s,;]+/)
		.filter(Boolean);
	return (host) =>
		hosts.some((allowed) =>
			allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed,
		);
}
