import http from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultKind, FaultSubject } from './faultSource.ts';
import { drip, truncate } from './spoil.ts';

/** One request as it arrived, and what was done to it. */
export interface ProxiedRequest extends FaultSubject {
	/** ms since 1970 */
	at: number;
	fault: FaultKind;
	/** how often it was sent to the server behind */
	delivered: number;
	/** the moment that Retry-After named (ms since 1970) */
	retryAt?: number;
	/** ms since 1970 */
	endedAt?: number;
	/** `answer`: the client has it. Else who closed the connection before. */
	endedBy?: 'answer' | 'client' | 'proxy';
}

/** How long the faults take, and where requests go. */
export interface Settings {
	hostname: string;
	port: string;
	agent: http.Agent;
	retryAfterSeconds: number;
	latencyMs: number;
	dripMs: number;
}

const REFUSALS: Partial<Record<FaultKind, [number, string]>> = {
	throttle: [429, 'Too Many Requests'],
	throttleSeconds: [429, 'Too Many Requests'],
	throttleDate: [429, 'Too Many Requests'],
	unavailable: [503, 'Service Temporarily Unavailable'],
	error: [500, 'Internal Server Error'],
};

/** One request of a client, and its answer with the fault that was chosen for it. */
export class Exchange {
	private readonly onward = new Set<ClientRequest>();
	private readonly socket: Socket;
	private readonly message: IncomingMessage;
	private readonly response: ServerResponse;
	private readonly record: ProxiedRequest;
	private readonly settings: Settings;
	private readonly onEnd: () => void;
	private closing = false;

	/** @param onEnd called once, when the answer is out or the connection is gone */
	constructor(
		message: IncomingMessage,
		response: ServerResponse,
		record: ProxiedRequest,
		settings: Settings,
		onEnd: () => void,
	) {
		this.message = message;
		this.socket = message.socket;
		this.response = response;
		this.record = record;
		this.settings = settings;
		this.onEnd = onEnd;
		this.socket.once('close', this.closed);
		response.once('finish', () => this.end('answer'));
		message.on('error', () => {});
		response.on('error', () => {});
		response.sendDate = false;
	}

	/** Rejects only when the server behind fails, which no fault asked for. */
	async run(): Promise<void> {
		const { fault } = this.record;
		const refusal = REFUSALS[fault];
		if (fault === 'resetBefore') this.reset();
		else if (fault === 'halfOpen') this.message.resume();
		else if (refusal) this.refuse(...refusal);
		else {
			try {
				await this.forward();
			} catch (error) {
				if (this.record.endedBy !== undefined) return;
				this.reset();
				throw error;
			}
		}
	}

	/** Closes the client's connection with a TCP reset. */
	reset(): void {
		this.closing = true;
		this.socket.resetAndDestroy();
	}

	private readonly closed = () => this.end(this.closing ? 'proxy' : 'client');

	private end(by: 'answer' | 'client' | 'proxy'): void {
		if (this.record.endedBy !== undefined) return;
		this.record.endedAt = Date.now();
		this.record.endedBy = by;
		this.socket.off('close', this.closed);
		// Whoever gave up must not leave a request behind that nobody waits for.
		if (by !== 'answer') for (const request of this.onward) request.destroy();
		this.onEnd();
	}

	private refuse(status: number, words: string): void {
		const { fault } = this.record;
		const { retryAfterSeconds } = this.settings;
		const retryAt = Date.now() + retryAfterSeconds * 1_000;
		if (fault === 'throttleSeconds') {
			this.record.retryAt = retryAt;
			this.response.setHeader('retry-after', retryAfterSeconds);
		} else if (fault === 'throttleDate') {
			// An HTTP date has no fractions: rounded down it would ask for less.
			this.record.retryAt = Math.ceil(retryAt / 1_000) * 1_000;
			this.response.setHeader('retry-after', new Date(this.record.retryAt).toUTCString());
		}
		this.response.setHeader('content-type', 'text/html');
		// What stands in front of the servers of this world speaks HTML, whatever they speak.
		this.response.writeHead(status, words).end(`<html><h1>${status} ${words}</h1></html>\n`);
		this.message.resume();
	}

	private async forward(): Promise<void> {
		const { fault } = this.record;
		const { latencyMs, dripMs } = this.settings;
		if (fault === 'latency') await delay(latencyMs);
		const answer = fault === 'duplicate' ? await this.twice() : await this.deliver();
		if (fault === 'resetAfter') {
			await all(answer);
			this.reset();
		} else if (fault === 'drip' || fault === 'dripBody') {
			await drip(this.socket, answer, dripMs, fault === 'drip' ? 'head' : 'body');
			this.closing = true;
			this.socket.end();
		} else if (fault === 'truncate') {
			this.closing = true;
			await truncate(this.socket, answer);
		} else {
			answer.on('error', () => this.reset());
			const { statusCode = 502, statusMessage, rawHeaders } = answer;
			this.response.writeHead(statusCode, statusMessage, rawHeaders);
			answer.pipe(this.response);
		}
	}

	private async twice(): Promise<IncomingMessage> {
		const body = await all(this.message);
		await all(await this.deliver(body));
		return await this.deliver(body);
	}

	/** @param body stands for the client's stream where that was read already */
	private async deliver(body?: Buffer): Promise<IncomingMessage> {
		const { agent, hostname, port } = this.settings;
		const { method, url, rawHeaders } = this.message;
		this.record.delivered++;
		const request = http.request({
			agent,
			hostname,
			port,
			method,
			path: url,
			headers: rawHeaders,
		});
		this.onward.add(request);
		return await new Promise((resolve, reject) => {
			request.once('response', resolve).on('error', reject);
			if (body) request.end(body);
			else this.message.pipe(request);
		});
	}
}

async function all(message: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks);
}
