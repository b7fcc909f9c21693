import { randomBytes } from 'node:crypto';
import { json, type Answer } from '../answer.ts';
import type { Call, Route } from '../router.ts';
import { BayeuxClient } from './bayeuxClient.ts';
import { failed, messagesOf, type BayeuxReply, type BayeuxRequest } from './bayeuxMessage.ts';
import type { EventBus } from './bus.ts';
import type { Topics } from './topics.ts';

export interface BayeuxSettings {
	/** How long a connect waits for events; 110 s at Salesforce. */
	connectMs: number;
	/** How long a client may take to connect again; 40 s at Salesforce. */
	reconnectMs: number;
}

const cookieName = 'BAYEUX_BROWSER';

/**
 * Salesforce's Streaming API: Bayeux over long polling, with replay.
 * https://developer.salesforce.com/docs/atlas.en-us.api_streaming.meta/api_streaming/streaming_error_codes.htm
 */
export class Bayeux {
	readonly settings: BayeuxSettings = { connectMs: 110_000, reconnectMs: 40_000 };
	/** Error that the next connects are answered with, as when the day's events are used up. */
	refuseConnect?: string;
	private readonly clients = new Map<string, BayeuxClient>();
	private readonly bus: EventBus;
	private readonly topics: Topics;

	constructor(bus: EventBus, topics: Topics) {
		this.bus = bus;
		this.topics = topics;
	}

	readonly routes: Route[] = ['//cometd/:version', '//cometd/:version/*'].map((path) => ({
		method: 'POST',
		path,
		open: true,
		handle: async (call) => await this.answer(call),
	}));

	/** How many clients have shaken hands and not left. */
	get openClients(): number {
		return this.clients.size;
	}

	/** Forgets all clients, as a restart of the server does: their next message is refused. */
	forget(): void {
		for (const client of [...this.clients.values()]) this.leave(client);
	}

	private async answer({ org, request, params }: Call): Promise<Answer> {
		const version = Number(params.version);
		if (!(version >= 37 && version <= org.settings.newestVersion)) {
			const format = `URI format: '/cometd/${org.settings.newestVersion}.0'`;
			return {
				status: 400,
				body: `Unsupported API version. Only API versions '37.0' and later are supported. ${format}`,
			};
		}
		const [, token = ''] =
			/^(?:Bearer|OAuth)\s+(.*)$/i.exec(request.headers.authorization ?? '') ?? [];
		const signedIn = () => org.sessions.of(token) !== undefined;
		const refused =
			request.headers.authorization === undefined
				? '401::Request requires authentication'
				: signedIn()
					? undefined
					: '401::Authentication invalid';
		const cookie = new RegExp(`${cookieName}=([^;\\s]+)`).exec(request.headers.cookie ?? '')?.[1];
		const browser = cookie ?? randomBytes(12).toString('base64url');
		const replies: BayeuxReply[] = [];
		for (const message of messagesOf(request.body)) {
			const answers = refused
				? [denied(message, refused)]
				: await this.handle(message, browser, cookie !== undefined);
			if (!answers) return { status: 408 };
			// The session may have ended while the client waited for events.
			const ended = refused === undefined && !signedIn();
			replies.push(...(ended ? [denied(message, '401::Authentication invalid')] : answers));
		}
		const headers: Record<string, string> = {};
		if (cookie === undefined) headers['set-cookie'] = `${cookieName}=${browser};Path=/cometd/`;
		return json(replies, 200, headers);
	}

	/** The answers to one message, events in front; `undefined` for a connect that was overtaken. */
	private async handle(
		message: BayeuxRequest,
		browser: string,
		hasCookie: boolean,
	): Promise<BayeuxReply[] | undefined> {
		if (message.channel === '/meta/handshake') return [this.shakeHands(message, browser)];
		const client = this.clients.get(message.clientId ?? '');
		if (!client) {
			const advice = { reconnect: 'handshake', interval: 0 } as const;
			return [failed(message, '403::Unknown client', { advice })];
		}
		if (!hasCookie || client.browser !== browser) {
			return [
				failed(
					message,
					`400::Client ${client.id} has established a session, but no ${cookieName} cookie present`,
				),
			];
		}
		const { channel, id, subscription } = message;
		const done = { channel, id, clientId: client.id, successful: true };
		if (channel === '/meta/connect') return await this.connect(client, message);
		if (channel === '/meta/subscribe') return [this.subscribe(client, message)];
		if (channel === '/meta/unsubscribe') {
			for (const one of [subscription ?? []].flat()) client.unsubscribe(one);
			return [{ ...done, subscription }];
		}
		if (channel === '/meta/disconnect') {
			this.leave(client);
			return [done];
		}
		return [failed(message, '403::Publishing is not allowed')];
	}

	private shakeHands({ channel, id }: BayeuxRequest, browser: string): BayeuxReply {
		const client = new BayeuxClient(randomBytes(14).toString('hex'), browser, this.bus);
		this.clients.set(client.id, client);
		this.expire(client);
		return {
			ext: { replay: true, 'payload.format': true },
			minimumVersion: '1.0',
			clientId: client.id,
			supportedConnectionTypes: ['long-polling'],
			channel,
			id,
			version: '1.0',
			successful: true,
		};
	}

	private async connect(
		client: BayeuxClient,
		message: BayeuxRequest,
	): Promise<BayeuxReply[] | undefined> {
		const { channel, connectionType, id } = message;
		if (this.refuseConnect) {
			this.leave(client);
			return [failed(message, this.refuseConnect, { advice: { reconnect: 'none' } })];
		}
		if (connectionType !== 'long-polling') {
			return [failed(message, `400::Invalid connection type ${connectionType ?? ''}`)];
		}
		const { connectMs } = this.settings;
		const patience = Math.min(message.advice?.timeout ?? connectMs, connectMs);
		const first = !client.connected;
		client.connected = true;
		const events = await client.collect(first ? 0 : patience);
		if (!events) return undefined;
		this.expire(client);
		const advice = { reconnect: 'retry', interval: 0, timeout: connectMs } as const;
		const done = { clientId: client.id, ...(first && { advice }), channel, id, successful: true };
		return [...events, done];
	}

	private subscribe(client: BayeuxClient, message: BayeuxRequest): BayeuxReply {
		const { channel, ext, id, subscription } = message;
		const wanted = [subscription ?? []].flat();
		if (wanted.length === 0) return failed(message, '400::Channel name not specified');
		for (const name of wanted) {
			if (!name.startsWith('/')) {
				return failed(message, "400::Channel subscriptions must start with a leading '/'", {
					subscription,
				});
			}
			if (!this.topics.exists(name)) {
				const error = `400::The channel you requested to subscribe to does not exist {${name}}`;
				return failed(message, error, { subscription });
			}
			const from = Number(ext?.replay?.[name] ?? -1);
			if (from !== -1 && from !== -2 && !this.bus.knows(from)) {
				const error = `400::The replayId {${from}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`;
				return failed(message, error, { clientId: client.id, subscription });
			}
			client.subscribe(name, from === -1 ? undefined : Math.max(from, 0));
		}
		return { clientId: client.id, channel, id, subscription, successful: true };
	}

	private expire(client: BayeuxClient): void {
		client.expireIn(this.settings.reconnectMs, () => this.leave(client));
	}

	private leave(client: BayeuxClient): void {
		this.clients.delete(client.id);
		client.end();
	}
}

/** Who is not signed in learns it from a handshake in `ext`, else from the error. */
function denied(message: BayeuxRequest, why: string): BayeuxReply {
	const advice = { reconnect: 'none' } as const;
	if (message.channel !== '/meta/handshake') return failed(message, why, { advice });
	const ext = { sfdc: { failureReason: why }, replay: true };
	return failed(message, '403::Handshake denied', { advice, ext });
}
