import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { Answer } from './answer.ts';
import type { Fault } from './faults.ts';

/** Answers below this are not compressed. */
const smallestCompressed = 2048;

/** Sends an answer, spoilt as the fault says. */
export async function sendAnswer(
	message: IncomingMessage,
	response: ServerResponse,
	answer: Answer,
	fault: Fault | undefined,
	compress: boolean,
): Promise<void> {
	const { status, headers = {}, body } = answer;
	response.statusCode = status;
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	const wanted = /\bgzip\b/.test(String(message.headers['accept-encoding'] ?? ''));
	const spoilt = fault?.kind === 'slowBody' || fault?.kind === 'truncate';
	if (body instanceof Readable && !spoilt) {
		const packing = compress && wanted ? [createGzip({ level: 1 })] : [];
		if (packing.length > 0) response.setHeader('content-encoding', 'gzip');
		// The client may go before the end.
		await pipeline([body, ...packing, response]).catch(() => {});
		return;
	}
	const plain = body instanceof Readable ? await buffer(body) : Buffer.from(body ?? '');
	const packed = compress && wanted && plain.length >= smallestCompressed;
	if (packed) response.setHeader('content-encoding', 'gzip');
	const bytes = packed ? gzipSync(plain, { level: 1 }) : plain;
	if (status !== 204 && status !== 304) response.setHeader('content-length', bytes.length);
	if (message.method === 'HEAD') response.end();
	else if (fault?.kind === 'slowBody') await slowly(response, bytes, fault.ms);
	else if (fault?.kind === 'truncate') {
		response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => message.socket.destroy());
	} else response.end(bytes);
}

async function slowly(response: ServerResponse, bytes: Buffer, ms: number): Promise<void> {
	const size = Math.ceil(bytes.length / 10);
	for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
		response.write(bytes.subarray(at, at + size));
		await delay(ms);
	}
	response.end();
}
