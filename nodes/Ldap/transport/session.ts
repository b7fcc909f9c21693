import type { TlsOptions } from '../../shared/transport/agents';
import type { EgressFilter } from '../../shared/transport/egress';
import type { Result } from './message';
import type { Control } from './search';
import type { Encryption, Server } from './servers';

export interface ConnectOptions {
	/** TLS from the first byte, TLS by RFC 4511 section 4.14 before anything else is sent, or none */
	encryption: Encryption;
	tls: TlsOptions;
	/** for the connection with TLS; as long again for STARTTLS, in ms */
	connectMs: number;
	egress?: EgressFilter;
	signal: AbortSignal;
}

export interface RequestOptions {
	controls?: Control[];
	/** gives it up: the server is told to abandon it */
	signal?: AbortSignal;
}

/** What signing in needs of a connection. */
export interface Session {
	readonly server: Server;
	/** nobody on the way can read what is sent */
	readonly encrypted: boolean;
	/** Any result of the server is a result, whatever its code. Rejects when none comes. */
	request(operation: Buffer, options?: RequestOptions): Promise<Result>;
}

/** Signs in on a fresh connection, or rejects with a Failure. */
export type SignIn = (session: Session, signal: AbortSignal) => Promise<void>;
