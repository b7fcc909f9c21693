import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

interface Message {
	channel: string;
	clientId?: string;
	subscription?: string;
	error?: string;
	successful?: boolean;
	advice?: object;
	ext?: { replay?: boolean | Record<string, number>; sfdc?: object };
	data?: object;
}

interface Adapter {
	attach(server: Server): void;
	addExtension(extension: object): void;
	_server: {
		_engine: {
			_engine: {
				_messages: Map<string, Message[]>;
				publish(message: Message, channels: string[]): void;
				removeAllTimeouts(): void;
			};
		};
	};
}

/** The Streaming API on faye's server, another implementation of Bayeux, with replay as Salesforce has it. */
export class CometdServer {
	readonly events: Array<{ channel: string; data: { event: { replayId: number } } & object }> = [];
	readonly cookies: Array<string | undefined> = [];
	readonly replays: unknown[] = [];
	/** answered by a refusal, in turn: '401' or a Bayeux error for /meta/connect */
	readonly refusals: string[] = [];
	token = '00D000000000001!first-token';
	handshakes = 0;
	sockets = new Set<Socket>();
	private oldest = 0;
	private server: Server | undefined;
	private adapter: Adapter | undefined;
	private port = 0;

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	async start(): Promise<void> {
		// Without types of its own.
		const { NodeAdapter } = require('faye') as { NodeAdapter: new (options: object) => Adapter };
		const adapter = new NodeAdapter({ mount: '/cometd/68.0', timeout: 2 });
		adapter.addExtension({
			incoming: (message: Message, request: IncomingMessage, done: (message: Message) => void) => {
				done(this.incoming(message, request));
			},
			outgoing: (message: Message, done: (message: Message) => void) => {
				done(this.outgoing(message));
			},
		});
		this.adapter = adapter;
		const server = createServer();
		adapter.attach(server);
		const listeners = server.listeners('request') as Array<(...args: unknown[]) => void>;
		server.removeAllListeners('request').on('request', (request, response) => {
			// Load balancers of Salesforce set several.
			response.setHeader('set-cookie', [
				'BrowserId=abc; domain=.salesforce.com; path=/; expires=Fri, 26-Nov-2027 03:00:00 GMT; Max-Age=31536000',
				'BAYEUX_BROWSER=b-1; path=/',
			]);
			if (request.url === '/services/data') return void response.end('[]');
			for (const listener of listeners) listener.call(server, request, response);
		});
		server.on('connection', (socket) => {
			this.sockets.add(socket);
			socket.on('close', () => this.sockets.delete(socket));
		});
		this.server = server;
		await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
		this.port = (server.address() as AddressInfo).port;
	}

	async stop(): Promise<void> {
		this.kill();
		this.adapter?._server._engine._engine.removeAllTimeouts();
		await new Promise((resolve) => this.server?.close(resolve));
	}

	/** All connections break. */
	kill(): void {
		for (const socket of this.sockets) socket.destroy();
	}

	publish(channel: string, payload: object, more: object = {}): void {
		const replayId = 1_000 + this.events.length * 3;
		const uuid = `00000000-0000-4000-8000-${String(replayId).padStart(12, '0')}`;
		const data = { schema: 's', payload, event: { replayId, EventUuid: uuid }, ...more };
		this.events.push({ channel, data });
		this.adapter?._server._engine._engine.publish({ channel, data }, [channel]);
	}

	forgetBefore(number: number): void {
		this.oldest = number;
	}

	private incoming(message: Message, request: IncomingMessage | null): Message {
		// The server's own client.
		if (!request) return message;
		const { authorization, cookie } = request.headers;
		if (message.channel === '/meta/handshake') this.handshakes++;
		if (message.channel === '/meta/connect') {
			this.cookies.push(cookie);
			const refusal = this.refusals.shift();
			if (refusal) message.error = refusal;
		}
		if (authorization !== `Bearer ${this.token}`) {
			message.error =
				message.channel === '/meta/handshake'
					? '403::Handshake denied'
					: '401::Authentication invalid';
		}
		const from = this.startOf(message);
		if (message.channel === '/meta/subscribe') this.replays.push(from);
		if (from === undefined)
			message.error = `400::The replayId {${JSON.stringify(message.ext?.replay)}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`;
		return message;
	}

	private outgoing(message: Message): Message {
		if (message.channel === '/meta/handshake') {
			message.ext = { replay: true };
			if (message.error) {
				message.ext.sfdc = { failureReason: '401::Authentication invalid' };
				message.advice = { reconnect: 'none' };
			}
		}
		if (message.channel === '/meta/subscribe' && message.successful && message.clientId) {
			const { _messages: queues } = this.adapter?._server._engine._engine ?? {
				_messages: new Map(),
			};
			const { subscription = '' } = message;
			const from = this.asked.get(message.clientId) ?? this.events.length;
			const missed = this.events.slice(from).filter(({ channel }) => channel === subscription);
			if (missed.length > 0) queues.set(message.clientId, missed);
		}
		return message;
	}

	private readonly asked = new Map<string, number>();

	private startOf({ channel, subscription = '', clientId = '', ext }: Message): number | undefined {
		if (channel !== '/meta/subscribe') return 0;
		const replay = typeof ext?.replay === 'object' ? ext.replay[subscription] : -1;
		const at = this.events.findIndex(({ data }) => data.event.replayId === replay);
		const from = replay === -1 ? this.events.length : replay === -2 ? this.oldest : at + 1;
		if (from < this.oldest || (at === -1 && replay !== -1 && replay !== -2)) return undefined;
		this.asked.set(clientId, from);
		return from;
	}
}
