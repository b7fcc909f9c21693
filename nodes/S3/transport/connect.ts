import { systemClock } from '../../shared/ground/clock';
import { repairPem } from '../../shared/ground/pem';
import { growingRedactor } from '../../shared/ground/redact';
import { resilient } from '../../shared/resilience';
import type { Connection } from '../../shared/transport/connection';
import type { TlsOptions } from '../../shared/transport/agents';
import type { Environment } from '../../shared/transport/hostIdentity';
import type { HttpClient } from '../../shared/transport/http';
import { httpClient } from '../../shared/transport/http';
import type { S3Client } from './client';
import { s3Client } from './client';
import { serverId, serverOf } from './providers';
import type { SignInFields } from './signIn/fields';
import { signIn } from './signIn/signIn';
import { sharedWhereabouts } from './whereabouts';

/** The fields of the credential `resilientS3Api`. */
export interface S3Credential extends SignInFields {
	requesterPays?: boolean;
	testBucket?: string;
	maxConcurrentRequests?: number;
	maxRequestsPerSecond?: number;
	ca?: string;
	clientCertificate?: string;
	clientKey?: string;
	clientKeyPassphrase?: string;
	serverName?: string;
	allowUnauthorizedCerts?: boolean;
}

export interface S3Connection extends Connection {
	/** instead of our own: where n8n allows connections only through its functions */
	http?: (tls: TlsOptions) => HttpClient;
	environment?: Environment;
}

/** A client for one run with this credential. Nothing is sent yet. */
export function connect(credential: S3Credential, connection: S3Connection): S3Client {
	const { owner, signal, egress, clock = systemClock, environment = process.env } = connection;
	const tls = tlsOf(credential);
	const server = serverOf(credential);
	const scope = `s3 ${owner} ${credential.endpoint?.trim() || server.region}`;
	const http = connection.http?.(tls) ?? httpClient({ owner, egress, tls });
	const { redact, learn } = growingRedactor();
	learn(secretsOf(credential));
	const identity = signIn(credential, {
		owner,
		server,
		http,
		directHttp: httpClient({ owner, direct: true }),
		send: resilient({
			...connection,
			limits: { concurrency: 0, perSecond: 0 },
			maxAttempts: STS_ATTEMPTS,
			deadlineMs: Math.min(connection.deadlineMs || STS_DEADLINE_MS, STS_DEADLINE_MS),
			onOutage: 'failFast',
		}),
		clock,
		redact,
		environment,
		learn: (secrets) => {
			learn(secrets);
			connection.learn?.(secrets);
		},
	});
	return s3Client({
		region: server.region,
		quirks: server.quirks,
		where: sharedWhereabouts(`${scope} ${serverId(credential)}`, server),
		credentials: identity.keys,
		renew: identity.renew,
		arn: identity.arn,
		requesterPays: credential.requesterPays,
		http,
		send: resilient({
			...connection,
			limits: {
				concurrency: credential.maxConcurrentRequests ?? 50,
				perSecond: credential.maxRequestsPerSecond ?? 0,
			},
		}),
		scope,
		signal,
		redact,
		clock,
	});
}

// The request that needs the keys is waiting, and is tried again by itself.
const STS_ATTEMPTS = 2;
const STS_DEADLINE_MS = 20_000;

const tlsOf = (credential: S3Credential): TlsOptions => ({
	ca: repairPem(credential.ca) || undefined,
	cert: repairPem(credential.clientCertificate) || undefined,
	key: repairPem(credential.clientKey) || undefined,
	passphrase: credential.clientKeyPassphrase || undefined,
	servername: credential.serverName || undefined,
	rejectUnauthorized: credential.allowUnauthorizedCerts !== true,
});

/** What must never be seen outside. */
export const secretsOf = (credential: S3Credential): Array<string | undefined> => [
	credential.secretAccessKey,
	credential.sessionToken,
	credential.webIdentityToken,
	credential.externalId,
	credential.clientKey,
	credential.clientKeyPassphrase,
];
