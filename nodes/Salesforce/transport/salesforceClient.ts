import type { Clock } from '../../shared/ground/clock';
import type { Redact } from '../../shared/ground/redact';
import type { Send } from '../../shared/resilience';
import { Failure, toFailure } from '../../shared/resilience/failure';
import type { Body } from '../../shared/transport/body';
import type { EgressFilter } from '../../shared/transport/egress';
import type { HttpClient, HttpResponse } from '../../shared/transport/http';
import { checkEncrypted } from './address';
import type { Quota } from './apiUse';
import type { History, SalesforceClient, SalesforceRequest } from './client';
import { errorsIn, jsonIn } from './errorAnswer';
import { salesforceFailure, unreadable } from './failure';
import { collected, COMPRESSED } from './inflate';
import type { LongRequests } from './longRequests';
import { isOfTheWrongKind } from './meanings';
import { readJson } from './readJson';
import type { Token } from './signIn/token';
import type { SignIn } from './signIn/tokens';
import { negotiated, newestCommon, versionsIn } from './versions';

export interface SalesforceClientOptions {
	signIn: SignIn;
	/** that of the credential; else it is negotiated */
	version?: string;
	http: HttpClient;
	send: Send;
	/** who shares limits, circuit breaker and what is known of the org */
	scope: string;
	quota: Quota;
	longRequests: LongRequests;
	/** percent of the daily requests after which nothing is sent any more; 0: never */
	stopAtApiUse: number;
	maxAttempts: number;
	signal: AbortSignal;
	redact: Redact;
	egress?: EgressFilter;
	clock: Clock;
}

const ATTEMPT_TIMEOUT_MS = 120_000;
const MAX_ERROR_BYTES = 1024 * 1024;
/** A page of a query with long texts may be large. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

export function salesforceClient(options: SalesforceClientOptions): SalesforceClient {
	const { signIn, http, send, scope, quota, longRequests, stopAtApiUse, redact, clock } = options;

	const sendOnce = async (
		request: SalesforceRequest,
		path: string,
		token: Token | undefined,
		origin: string,
		signal: AbortSignal,
	) => {
		const { method = 'GET', json, body, attemptTimeoutMs = ATTEMPT_TIMEOUT_MS } = request;
		const sending = http.stream({
			method,
			origin,
			path,
			headers: {
				accept: 'application/json',
				...(json !== undefined && { 'content-type': 'application/json; charset=UTF-8' }),
				...(token && { authorization: `Bearer ${token.accessToken}` }),
				...request.headers,
			},
			body: body?.() ?? (json === undefined ? undefined : JSON.stringify(json)),
			signal,
			// The org is silent while it works, for minutes where triggers and flows have much to do.
			idleMs: attemptTimeoutMs || ATTEMPT_TIMEOUT_MS,
		});
		const answer = await (waitsForEvents(path) ? sending : sending.finally(longRequests.begin()));
		quota.learn(answer.headers['sforce-limit-info']);
		return answer;
	};

	const exchange = async (
		request: SalesforceRequest,
		path: string,
		signal: AbortSignal,
	): Promise<HttpResponse<Body>> => {
		// While it waited for a place, another one may have learned that there are no more.
		if (!waitsForEvents(path)) quota.spend(stopAtApiUse);
		for (let renewed = false; ; renewed = true) {
			const token = await signIn.current(signal);
			checkEncrypted(token.instanceUrl);
			const answer = await sendOnce(request, path, token, token.instanceUrl, signal);
			const { status, headers } = answer;
			if ((status >= 200 && status < 300) || request.accept?.includes(status)) return answer;
			const body = redact.text((await collected(answer, MAX_ERROR_BYTES)).toString());
			if (!renewed && isTokenRefused(status, body) && (await signIn.renew(token, signal))) continue;
			throw salesforceFailure(status, headers, body, clock.now());
		}
	};

	const receive: SalesforceClient['receive'] = async (request, read) => {
		const { method = 'GET', operation } = request;
		const isRead = method === 'GET' || method === 'HEAD';
		const path = /^\/(services|cometd)\//.test(request.path)
			? request.path
			: `/services/data/v${await version()}${request.path}`;
		const cancel = request.signal ?? options.signal;
		const waits = waitsForEvents(path);
		if (!waits) {
			quota.check(stopAtApiUse);
			await longRequests.pass(quota.use, cancel);
		}
		const about = {
			system: 'salesforce',
			operation,
			// Other requests shall not wait for the places of those that wait for events.
			scope: waits ? `${scope} events` : scope,
			repeatable: request.repeatable ?? isRead,
			attemptTimeoutMs: (request.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS) || undefined,
			signal: cancel,
		};
		let lost = false;
		const answered = send(about, async (signal, attempt) => {
			const history: History = { attempt, lost };
			// Until something else is known of this attempt.
			lost = true;
			try {
				return await read(await exchange(request, path, signal), history);
			} catch (error) {
				const failure = toFailure(error);
				lost = history.lost || failure.phase === 'maybeDone';
				quota.heed(failure);
				throw explained(failure, request);
			}
		});
		// Nothing was to be done, so nothing can have been done in spite of the failure.
		return await (isRead ? answered.catch(inNoDoubt) : answered);
	};

	const call: SalesforceClient['call'] = async (request, read) =>
		await receive(packed(request), async (answer, history) => {
			const body = await collected(answer, MAX_ANSWER_BYTES);
			const { status, headers } = answer;
			// It would be read as a record without fields, or as a list without rows.
			if (status === 200 && body.length === 0 && (request.method ?? 'GET') === 'GET')
				throw unreadable(status, '', 'it is empty');
			const json = readJson(status, headers, body, salesforce);
			return await read({ status, headers, json }, history);
		});

	let asking: Promise<string> | undefined;
	const version = async (): Promise<string> => {
		const known = options.version ?? negotiated.peek(scope);
		if (known !== undefined) return known;
		asking ??= negotiate().finally(() => (asking = undefined));
		return await asking;
	};

	/** Nobody has to be signed in for that, and it does not count as a request of the day. */
	const negotiate = async (): Promise<string> => {
		const about = { system: 'salesforce', operation: 'Get versions', scope, repeatable: true };
		const request: SalesforceRequest = { operation: about.operation, path: '/services/data' };
		const found = await send({ ...about, signal: options.signal }, async (signal) => {
			const { instanceUrl } = await signIn.current(signal);
			checkEncrypted(instanceUrl);
			const { status, headers, body } = await sendOnce(
				request,
				request.path,
				undefined,
				instanceUrl,
				signal,
			);
			const bytes = await body.collect(MAX_ERROR_BYTES);
			if (status >= 500 || status === 429)
				throw salesforceFailure(status, headers, redact.text(bytes.toString()), clock.now());
			return newestCommon(versionsIn(jsonIn(bytes)));
		}).catch(notYet);
		negotiated.set(scope, found);
		return found;
	};

	const salesforce: SalesforceClient = {
		clock,
		signal: options.signal,
		redact,
		egress: options.egress,
		scope,
		maxAttempts: options.maxAttempts,
		get apiUse() {
			return quota.use;
		},
		call,
		receive,
		version,
		session: async () => {
			const token = await signIn.current(options.signal);
			checkEncrypted(token.instanceUrl);
			return {
				...token,
				refused: async () => {
					if (!(await signIn.renew(token, options.signal))) throw refusedAgain();
				},
			};
		},
	};
	return salesforce;
}

/** Requests of the Streaming API take minutes, and Salesforce counts them neither as long nor for the day. */
const waitsForEvents = (path: string) => path.startsWith('/cometd/');

// The org is somewhere else by now, or the token has expired: n8n and Salesforce know a new one.
// Bulk API has spellings of its own.
const REFUSED = new Set([
	'INVALID_SESSION_ID',
	'InvalidSessionId',
	'INVALIDSESSIONID',
	'URL_NOT_RESET',
	'Bad_OAuth_Token',
]);

function isTokenRefused(status: number, body: string): boolean {
	if (status > 300 && status < 400 && status !== 304) return true;
	if (status < 400) return false;
	const [error] = errorsIn(jsonIn(Buffer.from(body)));
	// The answer to HEAD has no body.
	if (!error) return status === 401 || REFUSED.has(body.trim());
	return REFUSED.has(error.code) && !isOfTheWrongKind(error.message);
}

const packed = (request: SalesforceRequest): SalesforceRequest => ({
	...request,
	headers: { ...COMPRESSED, ...request.headers },
});

/** The request that needs the answer has not been sent. */
function notYet(error: unknown): never {
	throw toFailure(error).inPhase('notSent');
}

function inNoDoubt(error: unknown): never {
	const failure = toFailure(error);
	throw failure.phase === 'maybeDone' ? failure.inPhase('rejected') : failure;
}

const refusedAgain = () =>
	new Failure({
		kind: 'auth',
		phase: 'rejected',
		scope: 'credential',
		code: 'INVALID_SESSION_ID',
		message: 'The org does not accept a token that is hardly a minute old',
		hint: 'Look at the policies of the app, and at the login history of the user.',
	});

/** The message names what the request was about: "NOT_FOUND" alone does not say what. */
const explained = (failure: Failure, { operation, about }: SalesforceRequest): Failure =>
	failure.saying(`${failure.message} — ${operation}${about ? ` of ${about}` : ''}`);
