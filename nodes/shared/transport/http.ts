import type { AxiosInstance } from 'axios';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { reasonOf } from '../ground/clock';
import { Failure } from '../resilience/failure';
import type { Route, TlsOptions } from './agents';
import { routeTo } from './agents';
import type { Body } from './body';
import { ResponseBody } from './body';
import type { EgressFilter } from './egress';
import { networkFailure } from './networkFailure';
import { Wire } from './wire';

export interface HttpRequest {
	method: string;
	/** scheme, host and port: "https://s3.example.com:9000" */
	origin: string;
	/** path and query exactly as they shall stand in the request line, already encoded */
	path: string;
	/** names in lower case; sent as given, and besides them only Host, Connection and framing */
	headers: Record<string, string>;
	/** a stream is destroyed when the request fails; without a content-length it is sent chunked */
	body?: Buffer | string | Readable;
	signal: AbortSignal;
	/** no byte in either direction for so long, in ms, ends the request */
	idleMs?: number;
	/** a larger answer is refused (buffered answers only), in bytes */
	maxBytes?: number;
	/** follow so many redirects of GET and HEAD; other methods and 0 (default) return the 3xx */
	redirects?: number;
}

export interface HttpResponse<Content> {
	status: number;
	/** names in lower case; values that came more than once are joined with ", " */
	headers: Record<string, string>;
	body: Content;
}

export interface HttpClient {
	/** The whole answer in memory. Any status is an answer; only the wire rejects, with a Failure. */
	buffer(request: HttpRequest): Promise<HttpResponse<Buffer>>;
	/** The answer as it arrives. */
	stream(request: HttpRequest): Promise<HttpResponse<Body>>;
}

export interface HttpClientOptions {
	/** who may share pooled connections: one credential */
	owner: string;
	tls?: TlsOptions;
	egress?: EgressFilter;
}

const IDLE_MS = 60_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** HTTP for one credential: pooled connections, n8n's proxy settings and its egress filter. */
export function httpClient({ owner, tls, egress }: HttpClientOptions): HttpClient {
	const routes = new Map<string, Route>();
	const route = async (origin: string) => {
		const known = routes.get(origin);
		if (known) return known;
		const { ok, error } = (await egress?.validateUrl(origin)) ?? { ok: true };
		if (!ok) throw notAllowed(origin, error);
		const opened = await routeTo(origin, owner, tls, egress);
		routes.set(origin, opened);
		return opened;
	};
	const stream = async (request: HttpRequest): Promise<HttpResponse<Body>> => {
		const response = await sendOnce(request, route);
		const next = redirectOf(request, response);
		if (!next) return response;
		response.body.destroy();
		return await stream(next);
	};
	return {
		stream,
		buffer: async (request) => {
			const { status, headers, body } = await stream(request);
			return { status, headers, body: await body.collect(request.maxBytes ?? MAX_BYTES) };
		},
	};
}

let instance: AxiosInstance | undefined;

// axios adds these on its own unless told not to; its default Content-Type would be stored with
// uploaded objects.
const SILENT = {
	accept: false,
	'accept-encoding': false,
	'content-type': false,
	'user-agent': 'n8n-nodes-resilient',
} as const;

async function sendOnce(
	{ method, origin, path, headers, body, signal, idleMs = IDLE_MS }: HttpRequest,
	route: (origin: string) => Promise<Route>,
): Promise<HttpResponse<ResponseBody>> {
	const wire = new Wire(path, idleMs);
	try {
		if (signal.aborted) throw reasonOf(signal);
		const { agent, proxy } = await route(origin);
		instance ??= (await import('../../../vendor/axios')).axios.create();
		const response = await instance.request<IncomingMessage>({
			method,
			url: `${origin}/`,
			headers: { ...SILENT, ...headers },
			data: body,
			signal,
			httpAgent: agent,
			httpsAgent: agent,
			proxy,
			transport: wire,
			// Through follow-redirects the whole body is kept in memory for a possible replay.
			maxRedirects: 0,
			// axios' own time-out is wall-clock: it would kill a transfer that moves.
			timeout: 0,
			maxBodyLength: Infinity,
			maxContentLength: -1,
			decompress: false,
			responseType: 'stream',
			validateStatus: () => true,
			transformRequest: (data: unknown) => data,
		});
		return {
			status: response.status,
			headers: flat(response.data.headers),
			body: new ResponseBody(response.data, wire, signal),
		};
	} catch (error) {
		const reason = signal.aborted ? reasonOf(signal) : (wire.closedFor ?? error);
		// axios leaves the source open when a request fails: its file would stay open.
		if (body instanceof Readable) body.destroy();
		throw signal.aborted ? reason : networkFailure(reason, wire.sent);
	}
}

const flat = (headers: IncomingMessage['headers']) =>
	Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [
			name,
			Array.isArray(value) ? value.join(', ') : (value ?? ''),
		]),
	);

// These may follow a redirect to another origin; any other header may be a credential.
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'range', 'user-agent']);

/** The request a 3xx answer asks for, if it is to be followed. RFC 9110 section 15.4 */
function redirectOf(request: HttpRequest, { status, headers }: HttpResponse<unknown>) {
	const { origin, redirects = 0 } = request;
	if (redirects <= 0 || ![301, 302, 303, 307, 308].includes(status) || !headers.location) return;
	if (request.method !== 'GET' && request.method !== 'HEAD') return;
	const target = new URL(headers.location, origin + request.path);
	const sameOrigin = target.origin === new URL(origin).origin;
	const kept = Object.entries(request.headers).filter(([name]) => sameOrigin || HARMLESS.has(name));
	return {
		...request,
		origin: target.origin,
		path: target.pathname + target.search,
		headers: Object.fromEntries(kept),
		redirects: redirects - 1,
	};
}

const notAllowed = (origin: string, cause?: Error) =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		scope: 'host',
		code: 'EGRESS_BLOCKED',
		message: `n8n does not allow connections to ${origin}: ${cause?.message ?? 'blocked by the egress filter'}`,
		hint: 'Ask the administrator of this n8n to allow the address (N8N_SSRF_ALLOWED_HOSTNAMES, N8N_SSRF_ALLOWED_IP_RANGES).',
		cause,
	});
