import { connect } from 'node:net';

/**
 * Sends bytes as they are to 127.0.0.1 and reads until the server closes.
 * @param options.halfClose closes the sending side after the bytes
 * @param options.until ends the reading as soon as the answer contains this
 */
export async function rawExchange(
	port: number,
	bytes: string | Buffer,
	options: { halfClose?: boolean; until?: string } = {},
): Promise<string> {
	const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
	if (options.halfClose) socket.end(bytes);
	else socket.write(bytes);
	let answer = '';
	for await (const chunk of socket) {
		answer += String(chunk);
		if (options.until !== undefined && answer.includes(options.until)) break;
	}
	socket.destroy();
	return answer;
}
