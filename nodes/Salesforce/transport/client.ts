import type { Readable } from 'node:stream';
import type { Clock } from '../../shared/ground/clock';
import type { Redact } from '../../shared/ground/redact';
import type { Body } from '../../shared/transport/body';
import type { EgressFilter } from '../../shared/transport/egress';
import type { HttpResponse } from '../../shared/transport/http';

/** One request to an org. */
export interface SalesforceRequest {
	/** the operation in Salesforce's words ("Create records"): for metrics and messages */
	operation: string;
	/** what it is about ('Account "001..."'): for messages */
	about?: string;
	/** default GET */
	method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'HEAD';
	/**
	 * What begins with "/services/" or "/cometd/" is sent as it is (links of the server, Apex REST,
	 * Streaming API); all else stands below "/services/data/vNN.0". Encoded already: see `path`.
	 */
	path: string;
	/** sent as JSON */
	json?: unknown;
	/** instead of `json`; made anew for each attempt, because a stream can be sent only once */
	body?: () => Buffer | string | Readable;
	/** names in lower case; content-type is needed with `body` */
	headers?: Record<string, string>;
	/** statuses beside 2xx that are answers, not failures */
	accept?: readonly number[];
	/** sending it twice does no harm; default: GET and HEAD are */
	repeatable?: boolean;
	/** default 120 s; 0: only silence ends it, as for files; Salesforce itself gives up after 10 minutes */
	attemptTimeoutMs?: number;
	/** instead of that of the run */
	signal?: AbortSignal;
}

/** How an answer came about. */
export interface History {
	/** number of the attempt that was answered, from 1 */
	attempt: number;
	/** an earlier attempt may have had its effect: the answer to it was lost */
	lost: boolean;
}

export interface JsonAnswer {
	status: number;
	/** names in lower case */
	headers: Record<string, string>;
	/** what stood in the body; undefined where it was empty */
	json: unknown;
}

/** How much of the daily requests of the org is used. */
export interface ApiUse {
	used: number;
	allowed: number;
}

/** An org on the wire: signed in, classified, and sent through all policies. */
export interface SalesforceClient {
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** takes the secrets of the credential out of what the server says */
	readonly redact: Redact;
	/** who shares limits, circuit breaker and what is known of the org: credential and host */
	readonly scope: string;
	/** retries of single rows inside a successful answer follow the same settings as requests */
	readonly maxAttempts: number;
	/**
	 * The whole answer, as JSON. Rejects with a Failure that names operation and thing.
	 * @param read what it throws counts as a failed attempt. It must not make another call.
	 */
	call<T>(
		request: SalesforceRequest,
		read: (answer: JsonAnswer, history: History) => T | Promise<T>,
	): Promise<T>;
	/** Like `call`, with the body of a success as it arrives; it must be read inside `read`. */
	receive<T>(
		request: SalesforceRequest,
		read: (answer: HttpResponse<Body>, history: History) => Promise<T>,
	): Promise<T>;
	/** "68.0": that of the credential, or the newest that both sides know. */
	version(): Promise<string>;
	/** Where the org is, and a token for it: for event streams. Asked for again after `refused`. */
	session(): Promise<Session>;
	/** What connections to other hosts of Salesforce are held to as well: the Pub/Sub API. */
	readonly egress?: EgressFilter;
	/** As the last answer told; undefined before the first one. */
	readonly apiUse: ApiUse | undefined;
}

export interface Session {
	accessToken: string;
	/** scheme and host */
	instanceUrl: string;
	/** 18 characters, "00D..." */
	organizationId: string;
	/** The org calls the token expired: another one is there afterwards, or it throws. */
	refused(): Promise<void>;
}
