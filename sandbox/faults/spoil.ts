import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The start of an answer as bytes: status line and headers as the server sent them. */
export function headOf(answer: IncomingMessage): Buffer {
	const { httpVersion, statusCode, statusMessage, rawHeaders } = answer;
	let head = `HTTP/${httpVersion} ${statusCode} ${statusMessage}\r\n`;
	for (let at = 0; at < rawHeaders.length; at += 2)
		head += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
	return Buffer.from(`${head}\r\n`, 'latin1');
}

async function write(socket: Socket, bytes: Buffer): Promise<void> {
	if (socket.destroyed || socket.write(bytes)) return;
	await new Promise<void>((resolve) => {
		const done = () => {
			socket.off('drain', done).off('close', done);
			resolve();
		};
		socket.on('drain', done).on('close', done);
	});
}

/** A chunk of the body as it goes over the wire (RFC 9112 section 7.1). */
const framed = (answer: IncomingMessage, chunk: Buffer) =>
	answer.headers['transfer-encoding'] === 'chunked'
		? Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')])
		: chunk;

/**
 * Writes the answer straight to the socket, one byte every `ms`.
 * @param from `head`: from the first byte of the status line; `body`: the head goes at once
 */
export async function drip(
	socket: Socket,
	answer: IncomingMessage,
	ms: number,
	from: 'head' | 'body',
): Promise<void> {
	const slowly = async (bytes: Buffer) => {
		for (let at = 0; at < bytes.length && !socket.destroyed; at++) {
			socket.write(bytes.subarray(at, at + 1));
			await delay(ms);
		}
	};
	if (from === 'head') await slowly(headOf(answer));
	else await write(socket, headOf(answer));
	for await (const chunk of answer as AsyncIterable<Buffer>) await slowly(framed(answer, chunk));
	if (answer.headers['transfer-encoding'] === 'chunked') await slowly(Buffer.from('0\r\n\r\n'));
}

/**
 * Ends the connection after half of the body, by its Content-Length or, without one, after half of
 * the first chunk; where there is no body, in the middle of the headers.
 */
export async function truncate(socket: Socket, answer: IncomingMessage): Promise<void> {
	const head = headOf(answer);
	const length = Number(answer.headers['content-length'] ?? Infinity);
	let first: Buffer | undefined;
	let left = Math.floor(length / 2);
	for await (const chunk of answer as AsyncIterable<Buffer>) {
		if (!first) await write(socket, head);
		first ??= chunk;
		if (left === Infinity) left = Math.ceil(chunk.length / 2);
		const piece = chunk.subarray(0, left);
		left -= piece.length;
		await write(socket, framed(answer, piece));
		if (left === 0) break;
	}
	if (!first) await write(socket, head.subarray(0, Math.floor(head.length / 2)));
	// In order: `end` lets the bytes out before the connection closes.
	socket.end();
}
