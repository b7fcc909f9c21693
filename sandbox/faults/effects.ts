import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What happened to one business key. */
export interface Effect {
	/** requests that changed something: every POST, every PUT, the first POST of an idempotency key */
	commits: number;
	/** requests that arrived whole, those included that changed nothing */
	deliveries: number;
	/** the body that was stored last */
	value: string;
}

export interface EffectOracleOptions {
	/** time between the effect and its answer; 0 by default */
	answerMs?: number;
}

export interface EffectOracle {
	/** "http://127.0.0.1:PORT" */
	origin: string;
	/** by business key */
	effects: ReadonlyMap<string, Effect>;
	/** Connections that are open now. */
	openConnections(): number;
	close(): Promise<void>;
}

interface Reply {
	status: number;
	body: object;
}

/**
 * A server that counts effects per business key, on 127.0.0.1.
 * - `POST /effects/KEY` is not repeatable: each one is one more effect.
 * - `PUT /effects/KEY` is repeatable: any number of them leaves the same value.
 * - `POST` with `Idempotency-Key` has its effect once; a repetition gets the stored answer, and 422
 *   if its body is another one (draft-ietf-httpapi-idempotency-key-header-07).
 * - `GET /effects/KEY` answers what is stored, or 404.
 * A request whose body does not arrive whole has no effect.
 */
export async function startEffectOracle(options: EffectOracleOptions = {}): Promise<EffectOracle> {
	const { answerMs = 0 } = options;
	const effects = new Map<string, Effect>();
	const replies = new Map<string, { body: string; reply: Reply }>();
	const sockets = new Set<Socket>();

	const effectOf = (key: string) => {
		const effect = effects.get(key) ?? { commits: 0, deliveries: 0, value: '' };
		effects.set(key, effect);
		return effect;
	};
	const commit = (key: string, effect: Effect, value: string): Reply => {
		effect.commits++;
		effect.value = value;
		return { status: 201, body: { key, ...effect } };
	};
	const handle = (message: IncomingMessage, body: string): Reply => {
		const key = /^\/effects\/([^/?]+)$/.exec(message.url ?? '')?.[1];
		if (key === undefined) return { status: 404, body: { error: 'no such path' } };
		if (message.method === 'GET') {
			const effect = effects.get(key);
			return effect
				? { status: 200, body: { key, ...effect } }
				: { status: 404, body: { error: 'no such key' } };
		}
		if (message.method !== 'POST' && message.method !== 'PUT')
			return { status: 405, body: { error: 'GET, PUT or POST' } };
		const effect = effectOf(key);
		effect.deliveries++;
		const idempotencyKey = message.headers['idempotency-key'];
		if (message.method === 'PUT' || typeof idempotencyKey !== 'string')
			return commit(key, effect, body);
		const known = replies.get(idempotencyKey);
		if (known)
			return known.body === body
				? known.reply
				: { status: 422, body: { error: 'the key was used for another request' } };
		const reply = commit(key, effect, body);
		replies.set(idempotencyKey, { body, reply });
		return reply;
	};

	const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0, headersTimeout: 0 });
	server.on('request', (message, response) => {
		response.on('error', () => {});
		bodyOf(message)
			.then(async (body) => {
				const reply = handle(message, body);
				if (answerMs > 0) await delay(answerMs);
				response.writeHead(reply.status, { 'content-type': 'application/json' });
				response.end(JSON.stringify(reply.body));
			})
			.catch(() => response.destroy());
	});
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		origin: `http://127.0.0.1:${port}`,
		effects,
		openConnections: () => sockets.size,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
}

/** Rejects when the connection ends before the body does. */
async function bodyOf(message: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}
