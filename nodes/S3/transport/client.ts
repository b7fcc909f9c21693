import type { Clock } from '../../shared/ground/clock';
import { systemClock } from '../../shared/ground/clock';
import type { Redact } from '../../shared/ground/redact';
import { redactor } from '../../shared/ground/redact';
import type { Send } from '../../shared/resilience';
import type { Failure } from '../../shared/resilience/failure';
import { toFailure } from '../../shared/resilience/failure';
import type { Body } from '../../shared/transport/body';
import type { HttpClient, HttpResponse } from '../../shared/transport/http';
import type { Address } from './address';
import { secretHeaders } from './encryption';
import type { ErrorAnswer } from './failure';
import { readError, s3Failure } from './failure';
import { allowed } from './headerValues';
import type { Quirks } from './quirks';
import { UNKNOWN_SERVER } from './quirks';
import type { S3Request } from './request';
import { signedRequest } from './request';
import type { Credentials } from './sign';
import type { Place, Whereabouts } from './whereabouts';

export type { S3Request } from './request';

/**
 * The keys to sign with now; those of a role are fetched and renewed when they are asked for.
 * `undefined`: requests go unsigned, as for public buckets.
 */
export type CredentialSource = (
	signal: AbortSignal,
) => Credentials | undefined | Promise<Credentials | undefined>;

/** What a presigned URL of an object, or of a bucket, is made from. */
export interface Signing extends Address {
	region: string;
	/** ms since 1970, by the server's clock */
	at: number;
	credentials: Credentials | undefined;
	/** who uses the URL must say so, as the client itself does */
	requesterPays: boolean;
}

export interface S3ClientOptions {
	/** of the service */
	region: string;
	where: Whereabouts;
	credentials: CredentialSource;
	/** The server calls these keys expired: whether others can be had. */
	renew?(used: Credentials): boolean;
	/** Whose the keys are, where it can be found out. */
	arn?(signal: AbortSignal): Promise<string | undefined>;
	/** the account of the credential pays for the requests, not the owner of the bucket */
	requesterPays?: boolean;
	quirks?: Quirks;
	http: HttpClient;
	send: Send;
	/** who shares limits and circuit breaker */
	scope: string;
	signal: AbortSignal;
	/** takes the secrets of the credential out of what the server says */
	redact: Redact;
	clock?: Clock;
}

/** The verbs of S3 on the wire: addressed, signed, classified, and sent through all policies. */
export interface S3Client {
	readonly region: string;
	/** nobody on the way can read what is sent */
	readonly tls: boolean;
	readonly quirks: Quirks;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** takes the secrets of the credential out of what the server says */
	readonly redact: Redact;
	/**
	 * @param read what it throws counts as a failed attempt. It must not make another call: it holds
	 * a place in the limiter that the other call may wait for.
	 */
	call<T>(
		request: S3Request,
		read: (answer: HttpResponse<Buffer>, history: History) => T | Promise<T>,
	): Promise<T>;
	/** Like `call`, with the body of a success as it arrives; it must be read inside `read`. */
	receive<T>(
		request: () => S3Request,
		read: (answer: HttpResponse<Body>, history: History) => Promise<T>,
	): Promise<T>;
	/** The keys that requests are signed with; `undefined`: none. */
	identity(): Promise<Credentials | undefined>;
	/** The ARN of whom the keys belong to, where it can be found out. */
	arn(signal: AbortSignal): Promise<string | undefined>;
	/** For presigning. Nothing is sent, but keys of a role that are not known yet are fetched. */
	signing(bucket: string, key?: string): Promise<Signing>;
}

/** How an answer came about. */
export interface History {
	/** number of the attempt that was answered, from 1 */
	attempt: number;
	/** an earlier attempt may have had its effect: the answer to it was lost */
	lost: boolean;
}

// Long enough for servers that list or delete slowly, short enough to leave time for another try.
const ATTEMPT_TIMEOUT_MS = 60_000;
const MAX_ERROR_BYTES = 1024 * 1024;
/** Enough for a listing or a list of results of 1,000 keys. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

export function s3Client(options: S3ClientOptions): S3Client {
	const { where, credentials, http, send, scope, clock = systemClock } = options;

	// Some servers repeat what they do not like, and the key of SSE-C is not one of the credential.
	const redactOf = ({ headers = {} }: S3Request): Redact => {
		const keys = secretHeaders(headers);
		if (keys.length === 0) return options.redact;
		const ofRequest = redactor(keys);
		return {
			text: (text) => options.redact.text(ofRequest.text(text)),
			value: (value) => options.redact.value(ofRequest.value(value)),
		};
	};

	const errorIn = async ({ status, headers, body }: HttpResponse<Body>, request: S3Request) =>
		readError(status, headers, await body.collect(MAX_ERROR_BYTES), redactOf(request));

	/** Why a HEAD was refused, which only an answer with a body can say; `undefined`: no reason. */
	const reasonOf = async (
		request: S3Request,
		place: Place,
		keys: Credentials | undefined,
		signal: AbortSignal,
	): Promise<ErrorAnswer | undefined> => {
		const headers = { ...request.headers, range: 'bytes=0-0' };
		// A range of a part is an error of its own.
		const query = request.query?.filter(([name]) => name !== 'partNumber');
		const asked = { ...request, method: 'GET' as const, headers, query };
		const toSend = allowed(() => signedRequest(asked, { ...options, clock }, place, keys));
		const answer = await http.stream({ ...toSend, signal });
		if (answer.status >= 400) return await errorIn(answer, request);
		answer.body.destroy();
		return undefined;
	};

	const exchange = async (request: S3Request, signal: AbortSignal): Promise<HttpResponse<Body>> => {
		let renewed = false;
		// Twice, because region and clock may both have to be learned from the server.
		for (let lesson = 0; ; lesson++) {
			const place = where.placeOf(request);
			const keys = await credentials(signal);
			const toSend = allowed(() => signedRequest(request, { ...options, clock }, place, keys));
			const answer = await http.stream({ ...toSend, signal });
			const { status, headers } = answer;
			const done = status >= 200 && status < 300;
			if (done && request.region && request.bucket) where.made(request.bucket, place.region);
			if (done || request.accept?.includes(status)) return answer;
			let error = await errorIn(answer, request);
			// A region that is wrong is 400 as well, and not every server names the right one in a header.
			const told = error.region !== undefined && error.region !== place.region;
			if (request.method === 'HEAD' && error.code === 'HTTP 400' && !told)
				error = (await reasonOf(request, place, keys, signal)) ?? error;
			if (keys && !renewed && EXPIRED.has(error.code)) {
				renewed = options.renew?.(keys) ?? false;
				if (renewed) continue;
			}
			if (lesson >= 2 || !where.learn(request, error, headers, place, clock.now()))
				throw explained(s3Failure(status, headers, error, clock.now()), request);
		}
	};

	const receive: S3Client['receive'] = async (describe, read) => {
		const first = describe();
		// Before it counts as a request: a wrong name is no attempt.
		allowed(() => where.address(where.placeOf(first).region)(first.bucket, first.key));
		const about = {
			system: 's3',
			operation: first.operation,
			scope,
			repeatable: first.repeatable ?? true,
			attemptTimeoutMs: first.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS,
			signal: first.signal ?? options.signal,
		};
		let lost = false;
		return await send(about, async (signal, attempt) => {
			const history = { attempt, lost };
			// Until something else is known of this attempt.
			lost = true;
			try {
				return await read(await exchange(describe(), signal), history);
			} catch (error) {
				lost = history.lost || toFailure(error).phase === 'maybeDone';
				throw error;
			}
		});
	};

	return {
		region: options.region,
		get tls() {
			return allowed(() => where.address(options.region)()).origin.startsWith('https:');
		},
		quirks: options.quirks ?? UNKNOWN_SERVER,
		clock,
		signal: options.signal,
		redact: options.redact,
		receive,
		call: async (request, read) =>
			await receive(
				() => request,
				async ({ status, headers, body }, history) =>
					await read({ status, headers, body: await body.collect(MAX_ANSWER_BYTES) }, history),
			),
		identity: async () => await credentials(options.signal),
		arn: async (signal) => await options.arn?.(signal),
		signing: async (bucket, key) => {
			const { region, skewMs } = where.placeOf({ bucket });
			const address = allowed(() => where.address(region)(bucket, key));
			const keys = await credentials(options.signal);
			const { requesterPays = false } = options;
			return { ...address, region, at: clock.now() + skewMs, credentials: keys, requesterPays };
		},
	};
}

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']);

/** The message names what the request was about: "NoSuchKey" alone does not say which key. */
function explained(failure: Failure, { bucket, key, operation }: S3Request): Failure {
	const thing =
		key === undefined ? bucket && `bucket "${bucket}"` : `"${key}" in bucket "${bucket}"`;
	failure.message = `${failure.message} — ${operation}${thing ? ` of ${thing}` : ''}`;
	return failure;
}
