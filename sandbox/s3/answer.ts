import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { byteLength, sliceChunks } from './content.ts';

/** What an operation answers. */
export interface Answer {
	status: number;
	headers?: Record<string, string>;
	/** An XML document, or the bytes of an object. */
	body?: string | readonly Buffer[];
}

/** Ways of spoiling an answer on its way out. */
export type Spoil =
	| { kind: 'drip'; ms: number }
	| { kind: 'truncate' }
	| { kind: 'corrupt' }
	| { kind: 'keepAliveFirst' }
	| undefined;

async function write(response: ServerResponse, chunk: Buffer): Promise<void> {
	if (response.destroyed || response.write(chunk)) return;
	await new Promise<void>((resolve) => {
		const done = () => {
			response.off('drain', done).off('close', done);
			resolve();
		};
		response.on('drain', done).on('close', done);
	});
}

async function drip(response: ServerResponse, chunks: readonly Buffer[], ms: number) {
	for (const chunk of chunks) {
		for (let at = 0; at < chunk.length; at++) {
			if (response.destroyed) return;
			response.write(chunk.subarray(at, at + 1));
			await delay(ms);
		}
	}
	response.end();
}

function corrupted(chunks: readonly Buffer[]): Buffer[] {
	const bytes = Buffer.concat(chunks);
	const middle = bytes.length >> 1;
	if (bytes.length > 0) bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
	return [bytes];
}

/**
 * Sends an answer; resolves when all of it is handed to the socket or the socket is gone.
 * @param head whether the request was HEAD, whose answer has headers only
 */
export async function sendAnswer(
	response: ServerResponse,
	answer: Answer,
	head: boolean,
	spoil: Spoil,
): Promise<void> {
	const { status, headers = {}, body = [] } = answer;
	const chunks = typeof body === 'string' ? [Buffer.from(body)] : body;
	const size = byteLength(chunks);
	if (typeof body === 'string') response.setHeader('content-type', 'application/xml');
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	if (spoil?.kind === 'keepAliveFirst') {
		// The status line is out before the outcome is known: the documented 200 with an error in it.
		response.writeHead(status);
		for (let sent = 0; sent < 3; sent++) {
			await write(response, Buffer.from(' '));
			await delay(5);
		}
		response.end(Buffer.concat(chunks));
		return;
	}
	if (status !== 204 && status !== 304 && !head) response.setHeader('content-length', size);
	response.writeHead(status);
	if (head) {
		response.end();
	} else if (spoil?.kind === 'drip') {
		response.flushHeaders();
		await drip(response, chunks, spoil.ms);
	} else if (spoil?.kind === 'truncate') {
		for (const chunk of sliceChunks(chunks, 0, Math.floor(size / 2))) await write(response, chunk);
		await delay(20);
		response.destroy();
	} else {
		const sent = spoil?.kind === 'corrupt' ? corrupted(chunks) : chunks;
		for (const chunk of sent) await write(response, chunk);
		response.end();
	}
}
