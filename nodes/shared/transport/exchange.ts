import type { AxiosInstance } from 'axios';
import type { IncomingMessage } from 'node:http';
import { validateHeaderValue } from 'node:http';
import type { Readable } from 'node:stream';
import { reasonOf } from '../ground/clock';
import type { Route } from './agents';
import { withoutBrackets } from './tunnel';
import type { Wire } from './wire';

/** One request as it is to be sent, and the way to its target. */
export interface Outgoing<Content> extends Route {
	method: string;
	/** scheme, host and port */
	origin: string;
	/** names in lower case */
	headers: Record<string, string>;
	body: Content | undefined;
	signal: AbortSignal;
	/** no byte in either direction for so long, in ms, ends the request */
	idleMs: number;
	wire: Wire;
}

const USER_AGENT = 'n8n-nodes-resilient';

/**
 * Sends what is in memory, straight to the target or through a tunnel. Without axios, which costs as
 * much as all else that is done for a small object: `docs/decisions/0009-axios-for-streams-and-proxies.md`.
 * @returns the answer as soon as its head is there
 */
export async function sendWhole(request: Outgoing<Buffer | string>): Promise<IncomingMessage> {
	const { method, origin, headers, body, signal, idleMs, wire, agent } = request;
	const { protocol, hostname, port } = new URL(origin);
	const options = {
		protocol,
		hostname: withoutBrackets(hostname),
		port,
		method,
		headers: {
			'user-agent': USER_AGENT,
			...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }),
			...headers,
		},
		agent,
	};
	return await new Promise((resolve, reject) => {
		const sent = wire.request(options, resolve);
		const stop = () => wire.close(reasonOf(signal));
		signal.addEventListener('abort', stop, { once: true });
		sent.once('close', () => signal.removeEventListener('abort', stop));
		sent.on('error', reject);
		sent.setTimeout(idleMs);
		sent.end(body);
	});
}

let instance: AxiosInstance | undefined;

// axios adds these on its own unless told not to; its default Content-Type would be stored with
// uploaded objects.
const SILENT = {
	accept: false,
	'accept-encoding': false,
	'content-type': false,
	'user-agent': USER_AGENT,
} as const;

/** Sends what is read while it is sent, and what goes through a proxy without a tunnel. */
export async function sendWithAxios({
	method,
	origin,
	headers,
	body,
	signal,
	idleMs,
	wire,
	agent,
	proxy,
}: Outgoing<Buffer | string | Readable>): Promise<IncomingMessage> {
	// It would leave out what Node refuses, and send another value.
	for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
	instance ??= (await import('../../../vendor/axios')).axios.create();
	const { data } = await instance.request<IncomingMessage>({
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
		// With a transport it means silence; 0 would switch off the watch of the wire.
		timeout: idleMs,
		// A limit would put a stream of axios' own between.
		maxBodyLength: -1,
		maxContentLength: -1,
		decompress: false,
		responseType: 'stream',
		validateStatus: () => true,
		transformRequest: (content: unknown) => content,
	});
	return data;
}
