import { Failure } from '../../../shared/resilience/failure';
import type { JsonAnswer, SalesforceClient } from '../client';
import { Cookies } from './cookies';

/** A message of the Bayeux protocol. https://docs.cometd.org/current8/reference/#_bayeux */
export interface BayeuxMessage {
	channel: string;
	successful?: boolean;
	error?: string;
	clientId?: string;
	subscription?: string;
	advice?: { reconnect?: string; interval?: number; timeout?: number };
	ext?: { sfdc?: { failureReason?: string } };
	/** of an event */
	data?: unknown;
}

interface Question {
	channel: string;
	[field: string]: unknown;
}

// Salesforce answers a /meta/connect after 110 seconds, with or without events.
const LONGEST_POLL_MS = 110_000;
const ANSWER_MS = 30_000;

/**
 * A session of the Streaming API. Requests go the way of all others: token, proxy, egress filter,
 * limits. What is lost on the way is not asked for again here: the events in it are replayed to a new
 * session.
 * https://developer.salesforce.com/docs/atlas.en-us.api_streaming.meta/api_streaming/using_streaming_api_client_connection.htm
 */
export class BayeuxSession {
	private readonly cookies = new Cookies();
	private clientId = '';
	private lastId = 0;
	private pollMs = LONGEST_POLL_MS;

	constructor(
		private readonly client: SalesforceClient,
		private readonly signal: AbortSignal,
	) {}

	async handshake(): Promise<void> {
		const [answer] = await this.exchange('Handshake', {
			channel: '/meta/handshake',
			version: '1.0',
			minimumVersion: '1.0',
			supportedConnectionTypes: ['long-polling'],
			ext: { replay: true, 'payload.format': true },
		});
		this.clientId = answer.clientId ?? '';
	}

	/**
	 * @param from a replay id, -1 for what comes, -2 for all that is kept
	 * @returns events that have come meanwhile
	 */
	async subscribe(topic: string, from: number): Promise<BayeuxMessage[]> {
		const [, ...others] = await this.exchange('Subscribe', {
			channel: '/meta/subscribe',
			clientId: this.clientId,
			subscription: topic,
			ext: { replay: { [topic]: from } },
		});
		return others;
	}

	/** Waits for what comes next, which may be nothing. */
	async connect(): Promise<BayeuxMessage[]> {
		const [answer, ...others] = await this.exchange(
			'Connect',
			{ channel: '/meta/connect', clientId: this.clientId, connectionType: 'long-polling' },
			this.pollMs + ANSWER_MS,
		);
		this.pollMs = answer.advice?.timeout ?? this.pollMs;
		return others;
	}

	/** Salesforce keeps sessions that are not ended for a while, and allows only so many. */
	async disconnect(): Promise<void> {
		if (this.clientId === '') return;
		const message = { channel: '/meta/disconnect', clientId: this.clientId };
		const signal = AbortSignal.timeout(DISCONNECT_MS);
		await this.send('Disconnect', message, DISCONNECT_MS, signal).catch(() => {});
	}

	/** The answer to a message comes first, whatever comes with it after it. */
	private async exchange(
		operation: string,
		message: Question,
		withinMs = ANSWER_MS,
	): Promise<[BayeuxMessage, ...BayeuxMessage[]]> {
		const messages = await this.send(operation, message, withinMs, this.signal);
		const answer = messages.find(({ channel }) => channel === message.channel);
		if (!answer) throw noAnswer(message.channel);
		if (answer.successful !== true) throw bayeuxFailure(answer, this.client);
		return [answer, ...messages.filter((other) => other !== answer)];
	}

	private async send(
		operation: string,
		message: Question,
		attemptTimeoutMs: number,
		signal: AbortSignal,
	): Promise<BayeuxMessage[]> {
		const version = await this.client.version();
		const cookie = this.cookies.header();
		return await this.client.call(
			{
				operation: `${operation} (Streaming API)`,
				method: 'POST',
				path: `/cometd/${version}`,
				json: [{ id: String(++this.lastId), ...message }],
				...(cookie && { headers: { cookie } }),
				repeatable: false,
				attemptTimeoutMs,
				signal,
			},
			(answer) => {
				this.cookies.take(answer.headers['set-cookie']);
				return messagesIn(answer);
			},
		);
	}
}

const DISCONNECT_MS = 5_000;

function messagesIn({ json }: JsonAnswer): BayeuxMessage[] {
	const list: unknown[] = Array.isArray(json) ? json : [json];
	return list.filter(isMessage);
}

const isMessage = (value: unknown): value is BayeuxMessage =>
	typeof value === 'object' &&
	value !== null &&
	'channel' in value &&
	typeof value.channel === 'string';

const noAnswer = (channel: string) =>
	new Failure({
		kind: 'unavailable',
		phase: 'rejected',
		code: 'NO_ANSWER',
		message: `The Streaming API has not answered ${channel}`,
	});

const CHECK_TOPIC =
	'Check the name of the topic, and that the user of the credential may read it. For change events, select the object under Setup > Change Data Capture.';

/**
 * A refusal as a Failure: "403::Unknown client" means only that a new session is needed.
 * https://developer.salesforce.com/docs/platform/api-streaming/guide/streaming-error-codes.html
 */
function bayeuxFailure(
	{ error = '', ext, advice }: BayeuxMessage,
	{ redact }: SalesforceClient,
): Failure {
	// The reason stands deeper than the error that follows from it.
	const words = redact.text(ext?.sfdc?.failureReason ?? error) || 'refused without a reason';
	const [, code = '0'] = /^(\d{3})::/.exec(words) ?? [];
	const passing =
		/unknown client|not completed handshake|too busy|simultaneous connections/i.test(words) ||
		(advice?.reconnect !== undefined && advice.reconnect !== 'none' && code !== '400');
	const limited = /limit exceeded/i.test(words);
	return new Failure({
		kind:
			code === '401'
				? 'auth'
				: limited
					? 'throttled'
					: passing || code.startsWith('5')
						? 'unavailable'
						: code === '403'
							? 'auth'
							: 'invalid',
		phase: 'rejected',
		scope: code === '401' ? 'credential' : 'item',
		code: `CometD ${code}`,
		message: words,
		hint: limited || passing || code === '401' ? undefined : CHECK_TOPIC,
	});
}

/** The token was refused, not what it may do. */
export const isSessionRefused = ({ kind, code }: Failure): boolean =>
	kind === 'auth' && code === 'CometD 401';
