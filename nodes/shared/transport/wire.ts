import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { TunnelOptions } from './tunnel';

// A connection that does not stand by then is given up.
const CONNECT_MS = 15_000;

/**
 * One request on the wire; for axios, its `transport` option. Sends the path byte for byte: axios
 * builds it with `new URL`, which folds `..` and `%2E%2E` after the signature was made, so that the
 * request would name another object. It also knows whether the request can have reached the other
 * side.
 */
export class Wire {
	/** The connection stood: from now on the other side may have acted. */
	sent = false;
	/** Why this side closed the connection, where it did. */
	closedFor: Error | undefined;
	private current: ClientRequest | undefined;

	/** @param idleMs so long may no byte move; the time-out of the request must be the same */
	constructor(
		private readonly path: string,
		private readonly idleMs: number,
		private readonly signal: AbortSignal,
	) {}

	request(
		options: RequestOptions & TunnelOptions,
		onResponse: (response: IncomingMessage) => void,
	): ClientRequest {
		// Through a plain proxy the path is absolute and must stay so.
		const origin = /^https?:\/\/[^/]+/.exec(options.path ?? '')?.[0] ?? '';
		options.path = origin + this.path;
		const connectMs = Math.min(this.idleMs, CONNECT_MS);
		Object.assign(options, { cancel: this.signal, connectMs } satisfies TunnelOptions);
		const secure = options.protocol === 'https:';
		const request = (secure ? https : http).request(options, onResponse);
		this.current = request;
		request.once('socket', (socket) => {
			const ready = () => {
				this.sent = true;
			};
			if (request.reusedSocket) return ready();
			socket.once(secure ? 'secureConnect' : 'connect', ready);
			// Node begins to count when the connection stands; it may hang before.
			if (socket.connecting) socket.setTimeout(connectMs);
		});
		request.once('timeout', () => this.close(this.silence()));
		return request;
	}

	close(reason: Error): void {
		this.closedFor ??= reason;
		this.current?.destroy(reason);
	}

	private silence(): Error {
		const error = new Error(
			this.sent
				? `no byte was received or taken for ${this.idleMs / 1_000} s`
				: 'the server does not answer',
		);
		return Object.assign(error, { code: 'IDLE_TIMEOUT' });
	}
}
