import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer that some server is known to give. */
export interface ScriptedAnswer {
	status: number;
	headers?: Record<string, string>;
	body?: string | Buffer;
	/** close the connection after so many bytes of the body */
	cutAfter?: number;
	/** send the body in chunks, without its length */
	chunked?: boolean;
}

export interface ScriptedRequest {
	method: string;
	target: string;
	headers: IncomingHttpHeaders;
	body: string;
}

export interface ScriptedServer {
	endpoint: string;
	requests: ScriptedRequest[];
	/** The answers to come, in order; the last one is given again and again. */
	answer(...answers: ScriptedAnswer[]): void;
	close(): Promise<void>;
}

/** A server that gives the answers it is told: for those that our own S3 server never gives. */
export async function startScriptedServer(): Promise<ScriptedServer> {
	const requests: ScriptedRequest[] = [];
	let script: ScriptedAnswer[] = [];
	const server = createServer((message, response) => {
		const chunks: Buffer[] = [];
		message.on('data', (chunk: Buffer) => chunks.push(chunk));
		message.on('end', () => {
			const { method = '', url = '', headers } = message;
			requests.push({ method, target: url, headers, body: Buffer.concat(chunks).toString() });
			const answer = script.length > 1 ? script.shift() : script[0];
			if (!answer) return void response.destroy();
			const body = Buffer.from(answer.body ?? '');
			for (const [name, value] of Object.entries(answer.headers ?? {})) {
				response.setHeader(name, value);
			}
			if (method !== 'HEAD' && !answer.chunked) response.setHeader('content-length', body.length);
			response.writeHead(answer.status);
			if (method === 'HEAD') response.end();
			else if (answer.cutAfter === undefined) response.end(body);
			else response.write(body.subarray(0, answer.cutAfter), () => response.destroy());
		});
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		endpoint: `http://127.0.0.1:${port}`,
		requests,
		answer: (...answers) => {
			script = answers;
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** The body of an error as Amazon words it; Ceph leaves `message` empty. */
export const errorXml = (code: string, message = 'Some words.', more = ''): string =>
	`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>4442587FB7D0A2F9</RequestId><HostId>x</HostId></Error>`;
