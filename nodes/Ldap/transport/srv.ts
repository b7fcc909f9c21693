import { Resolver } from 'node:dns/promises';
import { domainToASCII } from 'node:url';
import { Failure } from '../../shared/resilience/failure';
import type { Encryption, Server } from './servers';

/** One SRV record (RFC 2782). */
export interface SrvRecord {
	name: string;
	port: number;
	priority: number;
	weight: number;
}

/** Asks DNS for the SRV records of a name; rejects as `node:dns` does. */
export type ResolveSrv = (name: string) => Promise<SrvRecord[]>;

const DNS_TIMEOUT_MS = 2_000;
const DNS_TRIES = 2;

/** @param servers instead of the DNS servers of this machine: "127.0.0.1:5353" */
export function srvResolver(servers?: string[]): ResolveSrv {
	const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
	if (servers) resolver.setServers(servers);
	return async (name) => await resolver.resolveSrv(name);
}

// SRV records give the port of unencrypted LDAP and of the global catalog; there is none for LDAPS.
const LDAPS_PORTS: Record<number, number> = { 389: 636, 3268: 3269 };

export interface SrvQuestion {
	/** "example.com", or a whole name that begins with an underscore */
	domain: string;
	encryption: Encryption;
	/** instead of the ports that DNS gives */
	port?: number;
}

/**
 * The servers of a domain, in the order in which to try them: the domain controllers where it is one
 * of Active Directory, else what RFC 3088 has for LDAP.
 * @throws Failure invalid where DNS knows none, network where it does not answer
 */
export async function findServers(
	question: SrvQuestion,
	resolve: ResolveSrv,
	random: () => number,
): Promise<Server[]> {
	const domain = checkedDomain(question.domain);
	const names = domain.startsWith('_')
		? [domain]
		: [`_ldap._tcp.dc._msdcs.${domain}`, `_ldap._tcp.${domain}`];
	for (const name of names) {
		const records = (await recordsOf(name, resolve)).filter(({ name: host }) => host !== '');
		if (records.length > 0) {
			const zone = zoneOf(domain);
			return inSrvOrder(records, random).map((record) => serverOf(record, zone, question));
		}
	}
	throw wrong(
		'SRV_NONE',
		`DNS knows no LDAP server of "${domain}" (SRV records of ${names.join(' and ')})`,
		'Check the spelling of the domain and the DNS server of the machine that n8n runs on, or list the servers under "Servers".',
	);
}

/** The order of RFC 2782: by priority, and within one by chance in proportion to the weights. */
export function inSrvOrder(records: SrvRecord[], random: () => number): SrvRecord[] {
	const left = [...records].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
	const ordered: SrvRecord[] = [];
	while (left[0] !== undefined) {
		const { priority } = left[0];
		const equal = left.filter((record) => record.priority === priority);
		const total = equal.reduce((sum, { weight }) => sum + weight, 0);
		// Those without weight stand first, so that chance can take them too (with 0 only).
		let drawn = Math.floor(random() * (total + 1));
		const index = equal.findIndex(({ weight }) => (drawn -= weight) <= 0);
		ordered.push(...left.splice(index, 1));
	}
	return ordered;
}

async function recordsOf(name: string, resolve: ResolveSrv): Promise<SrvRecord[]> {
	try {
		return await resolve(name);
	} catch (cause) {
		const code = String((cause as { code?: unknown }).code);
		if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
		throw new Failure({
			kind: code === 'ETIMEOUT' ? 'timeout' : 'network',
			phase: 'notSent',
			code,
			message: `DNS does not say where the servers are (SRV records of ${name}): ${code}`,
			hint: 'Check the DNS server of the machine that n8n runs on, or list the servers under "Servers".',
			cause,
		});
	}
}

/** "_ldap._tcp.Berlin._sites.dc._msdcs.example.com": "example.com". */
const zoneOf = (domain: string) => domain.replace(/^.*(?:^|\.)_[^.]*\./, '');

// DNS may be forged, and a server elsewhere can have a valid certificate for its own name. So only
// names below the one in the credential are trusted (RFC 4513 section 3.1.3, RFC 6125 section 6.2.1).
function serverOf({ name, port }: SrvRecord, zone: string, question: SrvQuestion): Server {
	const host = name.toLowerCase().replace(/\.$/, '');
	if (host !== zone && !host.endsWith(`.${zone}`))
		throw wrong(
			'SRV_ELSEWHERE',
			`DNS names "${host}" as a server of "${zone}", which is outside of that domain`,
			'If that is right, list the servers under "Servers".',
		);
	const usual = question.encryption === 'ldaps' ? (LDAPS_PORTS[port] ?? port) : port;
	return { host, port: question.port || usual };
}

function checkedDomain(text: string): string {
	const domain = domainToASCII(text.trim()).replace(/\.$/, '');
	if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(domain)) return domain;
	throw wrong(
		'SRV_DOMAIN',
		`"${text}" in "Domain" is no domain`,
		'Write the DNS domain of the directory alone, such as ad.example.com.',
	);
}

const wrong = (code: string, message: string, hint: string) =>
	new Failure({ kind: 'invalid', phase: 'notSent', code, message, hint });
