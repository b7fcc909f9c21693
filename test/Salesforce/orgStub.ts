import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SalesforceClient } from '../../nodes/Salesforce/transport/client';
import type {
	SalesforceConnection,
	SalesforceCredential,
} from '../../nodes/Salesforce/transport/connect';
import { connect } from '../../nodes/Salesforce/transport/connect';
import { Registry } from '../../nodes/shared/resilience/registry';

export interface Asked {
	method: string;
	path: string;
	headers: IncomingMessage['headers'];
	body: string;
}

export interface Answer {
	status?: number;
	headers?: Record<string, string>;
	/** sent as JSON, unless it is a text or bytes */
	body?: unknown;
	/** the connection is closed instead */
	cut?: boolean;
}

/** A server that answers what a test tells it to: for what a real org does only now and then. */
export async function startOrgStub(
	answer: (asked: Asked, nth: number) => Answer | Promise<Answer>,
) {
	const requests: Asked[] = [];
	const serve = async (request: IncomingMessage, response: ServerResponse) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const asked = {
			method: request.method ?? '',
			path: request.url ?? '',
			headers: request.headers,
			body: Buffer.concat(chunks).toString(),
		};
		requests.push(asked);
		const { status = 200, headers = {}, body, cut } = await answer(asked, requests.length);
		if (cut) return void request.socket.destroy();
		const isBare = typeof body === 'string' || Buffer.isBuffer(body);
		const text = isBare ? body : body === undefined ? '' : JSON.stringify(body);
		response.writeHead(status, { 'content-type': 'application/json', ...headers });
		response.end(text);
	};
	const server = createServer((request, response) => void serve(request, response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url,
		requests,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

let clients = 0;

/**
 * A client as the node makes it, with gate, budget and limiter of its own, and no pauses between
 * attempts, so that tests of retries take no time.
 */
export function clientAt(
	url: string,
	credential: SalesforceCredential = {},
	connection: Partial<SalesforceConnection> = {},
): SalesforceClient {
	return connect(
		{
			myDomain: url,
			grantType: 'pkce',
			apiVersion: '68.0',
			oauthTokenData: { access_token: '00D000000000001!first-token', instance_url: url },
			...credential,
		},
		{
			owner: `test ${clients++}`,
			signal: new AbortController().signal,
			maxAttempts: 5,
			deadlineMs: 20_000,
			onOutage: 'wait',
			registry: new Registry(),
			random: () => 0,
			...connection,
		},
	);
}
