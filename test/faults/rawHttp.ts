import { connect, createServer, type AddressInfo } from 'node:net';

/** Sends these bytes and returns all that comes back until the connection ends, and how it ended. */
export async function exchangeBytes(
	port: number,
	bytes: string,
): Promise<{ answer: string; reset: boolean; tookMs: number }> {
	const began = Date.now();
	return await new Promise((resolve) => {
		const chunks: Buffer[] = [];
		let reset = false;
		const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')));
		socket.on('data', (chunk) => chunks.push(chunk));
		socket.on('error', () => (reset = true));
		socket.on('close', () =>
			resolve({
				answer: Buffer.concat(chunks).toString('latin1'),
				reset,
				tookMs: Date.now() - began,
			}),
		);
	});
}

/** A server that writes down every byte it gets and answers every request head with these bytes. */
export async function byteRecorder(answer: string) {
	let received = '';
	const server = createServer((socket) => {
		socket.on('error', () => {});
		socket.on('data', (chunk) => {
			received += chunk.toString('latin1');
			if (received.endsWith('\r\n\r\n') || received.endsWith('END')) socket.write(answer);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		origin: `http://127.0.0.1:${port}`,
		received: () => received,
		close: () => new Promise<void>((resolve) => server.close(() => resolve())),
	};
}
