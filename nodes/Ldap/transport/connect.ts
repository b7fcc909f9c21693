import type { ResilienceSettings } from '../../shared/resilience';
import { Failure } from '../../shared/resilience/failure';
import type { Registry } from '../../shared/resilience/registry';
import type { EgressFilter } from '../../shared/transport/egress';
import type { LdapClient } from './client';

/** The fields of the credential `resilientLdapApi`. */
export interface LdapCredential {
	findServers?: 'list' | 'srv';
	/** servers, separated by commas, or a domain */
	servers?: string;
	encryption?: 'ldaps' | 'startTls' | 'none';
	/** 0: the usual one */
	port?: number;
	signInWith?:
		| 'simple'
		| 'anonymous'
		| 'external'
		| 'plain'
		| 'scram-sha-1'
		| 'scram-sha-256'
		| 'scram-sha-512';
	/** DN, or what else the server takes for a name */
	bindDn?: string;
	password?: string;
	allowUnencryptedPasswords?: boolean;
	authorizationId?: string;
	baseDn?: string;
	ca?: string;
	clientCertificate?: string;
	clientKey?: string;
	clientKeyPassphrase?: string;
	serverName?: string;
	minimumTls?: 'TLSv1.2' | 'TLSv1.3';
	allowUnauthorizedCerts?: boolean;
	followReferrals?: boolean;
	/** host names, separated by commas; "*.example.com" for any name in a domain */
	referralHosts?: string;
	connectTimeoutMs?: number;
	maxConnections?: number;
	maxConcurrentRequests?: number;
}

export interface Connection extends Omit<ResilienceSettings, 'limits' | 'registry'> {
	/** identifies the credential: who shares connections, limits and circuit breaker */
	owner: string;
	signal: AbortSignal;
	egress?: EgressFilter;
	registry?: Registry;
}

/** A client for one run with this credential. Nothing is sent yet. */
export function connect(_credential: LdapCredential, _connection: Connection): LdapClient {
	throw new Failure({
		kind: 'bug',
		phase: 'notSent',
		code: 'NOT_BUILT',
		message: 'There is no connection to LDAP servers yet',
	});
}

/** What must never be seen outside. */
export const secretsOf = (credential: LdapCredential): Array<string | undefined> => [
	credential.password,
	credential.clientKey,
	credential.clientKeyPassphrase,
];
