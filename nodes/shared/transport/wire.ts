import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import http from 'node:http';
import https from 'node:https';

/**
 * axios' `transport` option for one request: sends the path byte for byte. axios itself builds it
 * with `new URL`, which folds `..` and `%2E%2E` after the signature was made, so that the request
 * would name another object. It also knows whether the request can have reached the other side.
 */
export class Wire {
	/** The connection stood: from now on the other side may have acted. */
	sent = false;
	/** Why this side closed the connection, where it did. */
	closedFor: Error | undefined;
	private current: ClientRequest | undefined;

	constructor(
		private readonly path: string,
		private readonly idleMs: number,
	) {}

	request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest {
		// Through a plain proxy the path is absolute and must stay so.
		const origin = /^https?:\/\/[^/]+/.exec(options.path ?? '')?.[0] ?? '';
		options.path = origin + this.path;
		const secure = options.protocol === 'https:';
		const request = (secure ? https : http).request(options, onResponse);
		this.current = request;
		request.once('socket', (socket) => {
			const ready = () => {
				this.sent = true;
			};
			if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', ready);
			else ready();
		});
		request.setTimeout(this.idleMs, () => {
			const error = new Error(`no byte was received or taken for ${this.idleMs / 1_000} s`);
			this.close(Object.assign(error, { code: 'IDLE_TIMEOUT' }));
		});
		return request;
	}

	close(reason: Error): void {
		this.closedFor ??= reason;
		this.current?.destroy(reason);
	}
}
