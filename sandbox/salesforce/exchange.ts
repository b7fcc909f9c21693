import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { json, type Answer } from './answer.ts';
import { ApiError, refusal } from './errors.ts';
import { plannedAnswer, type Fault, type FaultPlan } from './faults.ts';
import type { Session } from './oauth/sessions.ts';
import type { Org } from './org.ts';
import type { ApiRequest, Call, Found, Router } from './router.ts';
import { sendAnswer } from './send.ts';
import type { RecordedRequest } from './server.ts';

/** What all requests share. */
export interface Service {
	org: Org;
	router: Router;
	faults: FaultPlan;
	latencyMs: number;
	/** What the host answers that the org has left. */
	oldHost: 'refuses' | 'redirects';
}

const needsSession = /^\/services\/(?:data\/v|apexrest\/)/;
const recordedBytes = 1_048_576;
/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_limits.htm */
const uriLimit = 16_384;

/** One request and its answer, with the faults planned for it. */
export class Exchange {
	readonly record: RecordedRequest;
	private readonly service: Service;
	private readonly message: IncomingMessage;
	private readonly response: ServerResponse;
	/** Whether so many long requests were under way when this one came that the org takes no more. */
	private crowded = false;

	constructor(service: Service, message: IncomingMessage, response: ServerResponse) {
		this.service = service;
		this.message = message;
		this.response = response;
		this.record = {
			at: service.org.clock.now(),
			method: message.method ?? '',
			path: message.url ?? '',
			headers: Object.fromEntries(
				Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
			),
			body: '',
			origin: `http://127.0.0.1:${message.socket.localPort ?? 0}`,
		};
	}

	async run(): Promise<void> {
		const { message, response, service } = this;
		response.on('error', () => {});
		message.on('error', () => {});
		response.sendDate = false;
		response.setHeader('date', new Date(service.org.clock.now()).toUTCString());
		const body = await this.receive();
		if (!body) return;
		this.crowded = this.longRequests() >= service.org.settings.longRequests;
		if (needsSession.test(this.record.path)) {
			service.org.running.set(this, performance.now());
			// When the answer is out, or the client is gone.
			response.once('close', () => service.org.running.delete(this));
		}
		const fault = service.faults.take(this.record);
		this.record.fault = fault?.kind;
		if (fault?.kind === 'hang') return;
		if (fault?.kind === 'resetBefore') {
			message.socket.resetAndDestroy();
			return;
		}
		if (fault?.kind === 'delay') await delay(fault.ms);
		const answer = await this.answer(body, fault);
		const late = fault?.kind === 'lateAnswer' ? fault.ms : 0;
		if (service.latencyMs + late > 0) await delay(service.latencyMs + late);
		this.record.status = answer.status;
		if (fault?.kind === 'resetAfter') message.socket.resetAndDestroy();
		else await sendAnswer(message, response, answer, fault, service.org.settings.compress);
	}

	/** The whole body; undefined when the client has gone. */
	private async receive(): Promise<Buffer | undefined> {
		const chunks: Buffer[] = [];
		try {
			for await (const chunk of this.message as AsyncIterable<Buffer>) chunks.push(chunk);
		} catch {
			return undefined;
		}
		const sent = Buffer.concat(chunks);
		const body = this.record.headers['content-encoding'] === 'gzip' ? unpacked(sent) : sent;
		this.record.body = body.subarray(0, recordedBytes).toString();
		return body;
	}

	private async answer(body: Buffer, fault: Fault | undefined): Promise<Answer> {
		const { org, router } = this.service;
		const { record } = this;
		const [path = '', ...search] = record.path.split('?');
		const query = new URLSearchParams(search.join('?'));
		const request: ApiRequest = {
			method: query.get('_HttpMethod') ?? record.method,
			path,
			query,
			headers: record.headers,
			body,
			origin: record.origin,
			lockedRows: fault?.kind === 'lockRows' ? fault.rows : undefined,
		};
		let counted = false;
		try {
			if (record.path.length > uriLimit) return { status: 414, body: 'URI Too Long' };
			const moved = this.movedAnswer(request);
			if (moved) return moved;
			// Who is not signed in is not told what there is.
			let session = needsSession.test(path) ? this.authenticate(request, fault) : undefined;
			counted = session !== undefined;
			if (counted) org.apiRequests++;
			const found = router.find(request.method, path);
			if (!found.route.open) session ??= this.authenticate(request, fault);
			const planned = fault && plannedAnswer(fault);
			const effect = fault?.kind === 'unknownException' && fault.after === true;
			if (planned && !effect) return this.withLimit(planned, counted);
			if (counted) this.checkLimits();
			if (body.length > (found.route.bodyLimit ?? org.settings.bodyLimit)) {
				throw refusal('REQUEST_TOO_LARGE', 'The request entity is too large.');
			}
			const usual = await handle(this.service, found, request, session);
			return this.withLimit(planned ?? usual, counted);
		} catch (error) {
			return this.withLimit(errorAnswer(error), counted);
		}
	}

	/** What a host without data answers: that of the login, or the one the org has left. */
	private movedAnswer({ path }: ApiRequest): Answer | undefined {
		const { org, oldHost } = this.service;
		const { origin } = this.record;
		if (!/^\/services\/(?:data|apexrest)(?:\/|$)/.test(path)) return undefined;
		if (origin === org.instanceUrl) return undefined;
		if (origin === org.loginUrl || oldHost === 'refuses') {
			if (path === '/services/data' || path === '/services/data/') return undefined;
			throw invalidSession();
		}
		const location = `${org.instanceUrl}${this.record.path}`;
		return { status: 302, headers: { location }, body: '' };
	}

	private authenticate({ headers }: ApiRequest, fault: Fault | undefined): Session {
		const { sessions } = this.service.org;
		const [, scheme, token = ''] = /^(\S+)\s+(.*)$/.exec(headers.authorization ?? '') ?? [];
		if (fault?.kind === 'expiredToken') sessions.end(token);
		if (scheme === undefined) throw invalidSession();
		if (!/^(?:bearer|oauth)$/i.test(scheme)) {
			throw refusal('INVALID_AUTH_HEADER', 'INVALID_HEADER_TYPE');
		}
		const session = sessions.of(token);
		if (!session) throw invalidSession();
		return session;
	}

	/** @throws ApiError REQUEST_LIMIT_EXCEEDED */
	private checkLimits(): void {
		const { org } = this.service;
		const { dailyApiRequests } = org.settings;
		if (org.apiRequests > dailyApiRequests) {
			org.apiRequests = dailyApiRequests;
			throw refusal('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
		}
		if (this.crowded) {
			const message = 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.';
			throw refusal('REQUEST_LIMIT_EXCEEDED', message);
		}
	}

	/** How many requests are under way for so long that they count. */
	private longRequests(): number {
		const { running, settings } = this.service.org;
		const since = performance.now() - settings.longRequestMs;
		return [...running.values()].filter((startedAt) => startedAt <= since).length;
	}

	private withLimit(answer: Answer, counted: boolean): Answer {
		if (!counted) return answer;
		const { apiRequests, settings } = this.service.org;
		const info = `api-usage=${apiRequests}/${settings.dailyApiRequests}`;
		return { ...answer, headers: { 'sforce-limit-info': info, ...answer.headers } };
	}
}

/** What is no gzip stays as it is: nobody can read it then. */
function unpacked(bytes: Buffer): Buffer {
	try {
		return gunzipSync(bytes);
	} catch {
		return bytes;
	}
}

const invalidSession = () => refusal('INVALID_SESSION_ID', 'Session expired or invalid');

/** The answer of an error. */
export function errorAnswer(error: unknown): Answer {
	if (error instanceof ApiError) return json(error.body, error.status);
	const message = `An unexpected error occurred: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
	return json([{ message, errorCode: 'UNKNOWN_EXCEPTION' }], 500);
}

/** Runs a route. */
function handle(
	service: Service,
	{ route, params, version }: Found,
	request: ApiRequest,
	known: Session | undefined,
): Answer | Promise<Answer> {
	const { org, router } = service;
	if (version !== '') checkVersion(org, version);
	const call: Call = {
		org,
		request,
		params,
		version,
		base: `/services/data/v${version}`,
		get session() {
			if (!known) throw invalidSession();
			return known;
		},
		dispatch(inner) {
			try {
				const answer = handle(service, router.find(inner.method, inner.path), inner, known);
				return answer instanceof Promise ? answer.catch(errorAnswer) : answer;
			} catch (error) {
				return errorAnswer(error);
			}
		},
	};
	return route.handle(call);
}

/** @throws ApiError NOT_FOUND, UNSUPPORTED_API_VERSION */
function checkVersion(org: Org, version: string): void {
	const number = Number(version);
	const { newestVersion, oldestVersion } = org.settings;
	if (number > newestVersion || number < 20 || !version.endsWith('.0')) {
		throw refusal('NOT_FOUND', 'The requested resource does not exist');
	}
	if (number < oldestVersion) {
		throw refusal(
			'UNSUPPORTED_API_VERSION',
			`API version v${version} is retired and is no longer supported.`,
		);
	}
}
