import http, { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Exchange, type ProxiedRequest } from './exchange.ts';
import type { FaultKind, FaultSource } from './faultSource.ts';

export type { ProxiedRequest } from './exchange.ts';
export * from './faultSource.ts';

export interface FaultProxyOptions {
	/** where requests go: "http://127.0.0.1:PORT" */
	upstream: string;
	/** everything passes when absent */
	faults?: FaultSource;
	/** of `throttleSeconds` and `throttleDate`, in seconds; 1 by default */
	retryAfterSeconds?: number;
	/** of `latency`; 50 by default */
	latencyMs?: number;
	/** time per byte of `drip` and `dripBody`; 200 by default */
	dripMs?: number;
}

/** `reset`: connections are taken and reset. `refuse`: nobody listens (these cannot be counted). */
export type Outage = 'reset' | 'refuse';

export interface FaultProxy {
	port: number;
	/** "http://127.0.0.1:PORT" */
	origin: string;
	/** may be replaced while the proxy runs */
	faults: FaultSource;
	/** in the order of arrival; may be emptied, which does not restart their numbers */
	requests: ProxiedRequest[];
	/** requests per kind of fault since the start */
	counts: ReadonlyMap<FaultKind, number>;
	/** connections that an outage reset before a request came: attempts of clients that met it */
	refusedConnections: number;
	/** failures of the server behind, which no fault asked for */
	upstreamErrors: number;
	/** Begins a total outage, resetting what is open; `off` ends it. */
	outage(kind: Outage | 'off'): Promise<void>;
	/** client connections with a request that has not been answered */
	busyConnections(): number;
	/** all client connections, idle ones included */
	openConnections(): number;
	close(): Promise<void>;
}

/**
 * An HTTP proxy in front of one server, on 127.0.0.1, that misbehaves as its fault source says.
 * Method, target and headers, Host included, are forwarded byte for byte, so that signatures stay
 * valid; bodies stream both ways. `Expect: 100-continue` is answered by the proxy itself.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
	const { hostname, port: upstreamPort } = new URL(options.upstream);
	const agent = new http.Agent({ keepAlive: true });
	const { retryAfterSeconds = 1, latencyMs = 50, dripMs = 200 } = options;
	const timing = { retryAfterSeconds, latencyMs, dripMs };
	const settings = { hostname, port: upstreamPort, agent, ...timing };
	const counts = new Map<FaultKind, number>();
	const sockets = new Set<Socket>();
	const busy = new Map<Socket, Exchange>();
	let down: Outage | undefined;
	let arrived = 0;

	// No time limits: how long things take is what tests decide.
	const parser = createHttpServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 });
	parser.on('request', (message, response) => {
		const { socket, method = '', url: path = '' } = message;
		const subject = { number: arrived++, method, path };
		const fault = proxy.faults(subject);
		const record: ProxiedRequest = { ...subject, at: Date.now(), fault, delivered: 0 };
		proxy.requests.push(record);
		counts.set(fault, (counts.get(fault) ?? 0) + 1);
		const exchange: Exchange = new Exchange(message, response, record, settings, () => {
			if (busy.get(socket) === exchange) busy.delete(socket);
		});
		busy.set(socket, exchange);
		exchange.run().catch(() => proxy.upstreamErrors++);
	});
	const listener = createServer((socket) => {
		socket.on('error', () => {});
		if (down) {
			proxy.refusedConnections++;
			socket.resetAndDestroy();
			return;
		}
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		parser.emit('connection', socket);
	});
	const listen = (port: number) =>
		new Promise<void>((resolve, reject) => {
			listener.once('error', reject).listen(port, '127.0.0.1', resolve);
		});
	const unlisten = () => new Promise<void>((resolve) => listener.close(() => resolve()));
	await listen(0);
	const { port } = listener.address() as AddressInfo;

	const proxy: FaultProxy = {
		port,
		origin: `http://127.0.0.1:${port}`,
		faults: options.faults ?? (() => 'pass'),
		requests: [],
		counts,
		refusedConnections: 0,
		upstreamErrors: 0,
		async outage(kind) {
			const before = down;
			down = kind === 'off' ? undefined : kind;
			if (down) {
				for (const exchange of busy.values()) exchange.reset();
				const open = [...sockets].map((socket) => new Promise((end) => socket.once('close', end)));
				for (const socket of sockets) socket.resetAndDestroy();
				await Promise.all(open);
			}
			if (down === 'refuse' && before !== 'refuse') await unlisten();
			if (down !== 'refuse' && before === 'refuse') await listen(port);
		},
		busyConnections: () => busy.size,
		openConnections: () => sockets.size,
		async close() {
			const closed = listener.listening ? unlisten() : undefined;
			for (const socket of sockets) socket.destroy();
			agent.destroy();
			await closed;
		},
	};
	return proxy;
}
