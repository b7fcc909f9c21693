import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { reasonOf } from '../ground/clock';
import { Failure, toFailure } from '../resilience/failure';
import type { Route, TlsOptions } from './agents';
import { routeTo } from './agents';
import type { Body } from './body';
import { ResponseBody } from './body';
import type { EgressFilter } from './egress';
import { notAllowed } from './egress';
import { networkFailure } from './networkFailure';
import { sendWhole, sendWithAxios } from './exchange';
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
	/** never through a proxy: for addresses of the machine itself */
	direct?: boolean;
}

const IDLE_MS = 60_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** HTTP for one credential: pooled connections, n8n's proxy settings and its egress filter. */
export function httpClient({ owner, tls, egress, direct }: HttpClientOptions): HttpClient {
	const routes = new Map<string, Route>();
	const route = async ({ origin, foreign = false }: Hop) => {
		const known = routes.get(`${origin} ${foreign}`);
		if (known) return known;
		const { ok, error } = (await egress?.validateUrl(origin)) ?? { ok: true };
		if (!ok) throw notAllowed(error);
		const opened = await routeTo(
			origin,
			owner,
			foreign ? withoutIdentity(tls) : tls,
			egress,
			direct,
		);
		routes.set(`${origin} ${foreign}`, opened);
		return opened;
	};
	const stream = async (request: Hop): Promise<HttpResponse<Body>> => {
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

interface Hop extends HttpRequest {
	/** a redirect has led to another origin, to which no credential may go */
	foreign?: boolean;
}

const withoutIdentity = ({ ca, rejectUnauthorized, minVersion }: TlsOptions = {}): TlsOptions => ({
	ca,
	rejectUnauthorized,
	minVersion,
});

async function sendOnce(
	request: Hop,
	route: (hop: Hop) => Promise<Route>,
): Promise<HttpResponse<Body>> {
	const { method, origin, path, headers, body, signal, idleMs = IDLE_MS } = request;
	const wire = new Wire(path, idleMs, signal);
	const source = body instanceof Readable ? body : undefined;
	try {
		// What is left of it would be sent as a complete, shorter body.
		if (source && (source.readableDidRead || source.destroyed)) throw alreadyRead();
		const way = await route(request);
		if (signal.aborted) throw reasonOf(signal);
		const outgoing = { method, origin, headers, signal, idleMs, wire, ...way };
		const message =
			body instanceof Readable || way.proxy
				? await sendWithAxios({ ...outgoing, body })
				: await sendWhole({ ...outgoing, body });
		// The answer may come, and end, before the source was read.
		if (source) message.once('close', () => source.destroy());
		return {
			status: message.statusCode ?? 0,
			headers: flat(message.headers),
			body: new ResponseBody(message, wire, signal),
		};
	} catch (error) {
		const sourceError = source?.errored;
		// Else its file would stay open.
		source?.destroy();
		if (signal.aborted) throw reasonOf(signal);
		if (sourceError) throw toFailure(sourceError);
		throw networkFailure(wire.closedFor ?? error, wire.sent);
	}
}

const alreadyRead = () =>
	new Failure({
		kind: 'bug',
		phase: 'notSent',
		code: 'BODY_USED',
		message: 'The body was read before: each attempt needs a stream of its own',
	});

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
function redirectOf(request: Hop, { status, headers }: HttpResponse<unknown>): Hop | undefined {
	const { origin, redirects = 0 } = request;
	if (redirects <= 0 || ![301, 302, 303, 307, 308].includes(status) || !headers.location) return;
	if (request.method !== 'GET' && request.method !== 'HEAD') return;
	const base = origin + request.path;
	if (!URL.canParse(headers.location, base)) return;
	const target = new URL(headers.location, base);
	if (target.protocol !== 'http:' && target.protocol !== 'https:') return;
	const next = {
		...request,
		origin: target.origin,
		path: target.pathname + target.search,
		redirects: redirects - 1,
	};
	if (target.origin === new URL(origin).origin) return next;
	const harmless = Object.entries(request.headers).filter(([name]) => HARMLESS.has(name));
	return { ...next, headers: Object.fromEntries(harmless), body: undefined, foreign: true };
}
