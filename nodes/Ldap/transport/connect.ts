import { systemClock } from '../../shared/ground/clock';
import { fingerprint } from '../../shared/ground/fingerprint';
import { Recent } from '../../shared/ground/recent';
import { redactor } from '../../shared/ground/redact';
import { resilient } from '../../shared/resilience';
import { invalidInput } from '../../shared/resilience/failure';
import type { Connection } from '../../shared/transport/connection';
import type { Environment } from '../../shared/transport/hostIdentity';
import { checkHostIdentity } from '../../shared/transport/hostIdentity';
import type { LdapClient } from './client';
import { ldapClient } from './ldapClient';
import { hostsIn } from './referrals';
import { ServerList } from './serverList';
import type { Encryption, Server } from './servers';
import { isLocal, parseServers } from './servers';
import type { SignInFields } from './signIn';
import { signInOf } from './signIn';
import type { ResolveSrv } from './srv';
import { findServers, srvResolver } from './srv';
import type { TlsFields } from './tls';
import { tlsOf } from './tls';

/** The fields of the credential `resilientLdapApi`. */
export interface LdapCredential extends SignInFields, TlsFields {
	findServers?: 'list' | 'srv';
	/** servers, separated by commas, or a domain */
	servers?: string;
	encryption?: Encryption;
	/** 0: the usual one */
	port?: number;
	baseDn?: string;
	followReferrals?: boolean;
	/** host names, separated by commas; "*.example.com" for any name in a domain */
	referralHosts?: string;
	connectTimeoutMs?: number;
	maxConnections?: number;
	maxConcurrentRequests?: number;
}

export interface LdapConnection extends Connection {
	environment?: Environment;
	/** instead of the DNS servers of this machine */
	resolveSrv?: ResolveSrv;
}

const CONNECT_MS = 5_000;
// As many as items are worked on at the same time: a request that shares a connection is lost with it.
const MOST_CONNECTIONS = 10;
const MOST_REQUESTS = 50;

/**
 * A client for one run with this credential. Nothing is sent yet.
 * @throws Failure invalid, that names the field of the credential which is wrong
 */
export function connect(credential: LdapCredential, connection: LdapConnection): LdapClient {
	const { owner, signal, egress, clock = systemClock } = connection;
	const { encryption = 'ldaps', baseDn } = credential;
	const listed = listedServers(credential, connection.environment ?? process.env);
	checkExternal(credential, listed);
	return ldapClient({
		servers: serverList(credential, listed, connection),
		encryption,
		tls: encryption === 'none' ? {} : tlsOf(credential),
		signIn: signInOf(credential),
		encrypted:
			encryption !== 'none' ||
			credential.allowUnencryptedPasswords === true ||
			(listed?.every(isLocal) ?? false),
		connectMs: positive(credential.connectTimeoutMs) ?? CONNECT_MS,
		maxConnections: positive(credential.maxConnections) ?? MOST_CONNECTIONS,
		egress,
		key: fingerprint({ owner, credential }),
		send: resilient({
			...connection,
			limits: { concurrency: credential.maxConcurrentRequests ?? MOST_REQUESTS, perSecond: 0 },
		}),
		scope: `ldap ${owner} ${credential.servers?.trim() ?? ''}`,
		signal,
		redact: redactor(secretsOf(credential)),
		baseDn: baseDn?.trim() || undefined,
		...(credential.followReferrals && { followTo: hostsIn(credential.referralHosts ?? '') }),
		clock,
	});
}

/** The servers that the credential names itself. */
function listedServers(
	{ findServers: by, servers = '', encryption = 'ldaps', port }: LdapCredential,
	environment: Environment,
): Server[] | undefined {
	if (by === 'srv') return undefined;
	const listed = parseServers(servers, encryption, port);
	if (listed.some((server) => 'path' in server)) checkHostIdentity(environment);
	return listed;
}

// Which servers cannot be used, and what DNS said, holds for all runs with the credential.
const MOST_LISTS = 200;
const lists = new Recent<ServerList>(MOST_LISTS);

function serverList(
	{ servers = '', encryption = 'ldaps', port }: LdapCredential,
	listed: Server[] | undefined,
	{ owner, clock = systemClock, random = Math.random, resolveSrv }: LdapConnection,
): ServerList {
	const question = { domain: servers, encryption, port };
	const find = async () =>
		listed ?? (await findServers(question, resolveSrv ?? srvResolver(), random));
	const name = fingerprint({ owner, ...question, listed: listed !== undefined });
	return lists.get(name, () => new ServerList(find, clock));
}

function checkExternal(credential: LdapCredential, listed?: Server[]): void {
	const { signInWith, encryption, clientCertificate } = credential;
	if (signInWith !== 'external' || listed?.every((server) => 'path' in server)) return;
	if (clientCertificate && encryption !== 'none') return;
	throw invalidInput(
		'There is no client certificate to sign in with',
		'Choose LDAPS or STARTTLS under "Encryption", and fill in "Client Certificate" and "Client Key".',
	);
}

const positive = (value: number | undefined) =>
	value !== undefined && value > 0 ? value : undefined;

/** What must never be seen outside. */
export const secretsOf = (credential: LdapCredential): Array<string | undefined> => [
	credential.password,
	credential.clientKey,
	credential.clientKeyPassphrase,
];
