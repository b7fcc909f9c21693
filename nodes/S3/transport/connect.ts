import type { Registry } from '../../shared/resilience/registry';
import { redactor } from '../../shared/ground/redact';
import type { ResilienceSettings } from '../../shared/resilience';
import { resilient } from '../../shared/resilience';
import type { EgressFilter } from '../../shared/transport/egress';
import type { TlsOptions } from '../../shared/transport/agents';
import type { HttpClient } from '../../shared/transport/http';
import { httpClient } from '../../shared/transport/http';
import type { S3Client } from './client';
import { s3Client } from './client';
import type { ServerFields } from './providers';
import { serverId, serverOf } from './providers';
import { sharedWhereabouts } from './whereabouts';

/** The fields of the credential `resilientS3Api`. */
export interface S3Credential extends ServerFields {
	accessKeyId?: string;
	secretAccessKey?: string;
	sessionToken?: string;
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

export interface Connection extends Omit<ResilienceSettings, 'limits' | 'registry'> {
	/** identifies the credential: who shares connections, limits and circuit breaker */
	owner: string;
	signal: AbortSignal;
	egress?: EgressFilter;
	registry?: Registry;
	/** instead of our own: where n8n allows connections only through its functions */
	http?: (tls: TlsOptions) => HttpClient;
}

/** A client for one run with this credential. Nothing is sent yet. */
export function connect(credential: S3Credential, connection: Connection): S3Client {
	const { owner, signal, egress } = connection;
	const tls = tlsOf(credential);
	const server = serverOf(credential);
	const keys = {
		accessKeyId: credential.accessKeyId?.trim() ?? '',
		secretAccessKey: credential.secretAccessKey?.trim() ?? '',
		sessionToken: credential.sessionToken?.trim() || undefined,
	};
	const scope = `s3 ${owner} ${credential.endpoint?.trim() || server.region}`;
	return s3Client({
		region: server.region,
		quirks: server.quirks,
		where: sharedWhereabouts(`${scope} ${serverId(credential)}`, server),
		credentials: () => keys,
		http: connection.http?.(tls) ?? httpClient({ owner, egress, tls }),
		send: resilient({
			...connection,
			limits: {
				concurrency: credential.maxConcurrentRequests ?? 50,
				perSecond: credential.maxRequestsPerSecond ?? 0,
			},
		}),
		scope,
		signal,
		redact: redactor(secretsOf(credential)),
		clock: connection.clock,
	});
}

const tlsOf = (credential: S3Credential): TlsOptions => ({
	ca: credential.ca || undefined,
	cert: credential.clientCertificate || undefined,
	key: credential.clientKey || undefined,
	passphrase: credential.clientKeyPassphrase || undefined,
	servername: credential.serverName || undefined,
	rejectUnauthorized: credential.allowUnauthorizedCerts !== true,
});

/** What must never be seen outside. */
export const secretsOf = (credential: S3Credential): Array<string | undefined> => [
	credential.secretAccessKey,
	credential.sessionToken,
	credential.clientKey,
	credential.clientKeyPassphrase,
];
