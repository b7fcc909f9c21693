import type { AddressInfo, Socket } from 'node:net';
import net from 'node:net';

/** One request as it stood on the wire, decoded as latin1: one character per byte. */
export interface RawRequest {
	line: string;
	/** header lines in their order */
	headers: string[];
	body: string;
	/** number of the connection, from 1 */
	connection: number;
}

export interface RawServer {
	origin: string;
	port: number;
	requests: RawRequest[];
	/** all connections there were */
	connections: Socket[];
	/** connections that are still open */
	open(): number;
	/** resolves when nobody is connected any more */
	deserted(): Promise<void>;
	close(): Promise<void>;
}

/** A listener that takes connections on 127.0.0.1, and forgets none of them. */
export async function listen(server: net.Server): Promise<Omit<RawServer, 'requests'>> {
	const connections: Socket[] = [];
	const waiting: Array<() => void> = [];
	const open = () => connections.filter(({ closed }) => !closed).length;
	server.on('connection', (socket: Socket) => {
		connections.push(socket);
		socket.on('error', () => {});
		socket.on('close', () => {
			if (open() === 0) for (const resolve of waiting.splice(0)) resolve();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		origin: `http://127.0.0.1:${port}`,
		port,
		connections,
		open,
		deserted: async () => {
			if (open() > 0) await new Promise<void>((resolve) => waiting.push(resolve));
		},
		close: async () => {
			for (const socket of connections) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/**
 * A server without HTTP library, so that what is seen is what was sent. Bodies with a
 * content-length or in chunks are read before the answer; with `early` it answers after the headers.
 */
export async function rawServer(
	answer: (socket: Socket, request: RawRequest) => void,
	{ early = false } = {},
): Promise<RawServer> {
	const requests: RawRequest[] = [];
	const server = net.createServer();
	const listening = await listen(server);
	server.on('connection', (socket) => {
		const connection = listening.connections.length;
		let text = '';
		socket.on('data', (data) => {
			text += data.toString('latin1');
			for (;;) {
				const end = text.indexOf('\r\n\r\n');
				if (end < 0) return;
				const [line = '', ...headers] = text.slice(0, end).split('\r\n');
				const value = (name: string) =>
					headers.find((header) => header.toLowerCase().startsWith(`${name}:`))?.split(/: */)[1];
				let body = text.slice(end + 4);
				if (!early) {
					const length = Number(value('content-length') ?? 0);
					if (body.length < length) return;
					if (value('transfer-encoding') && !body.endsWith('0\r\n\r\n')) return;
					if (!value('transfer-encoding')) body = body.slice(0, length);
				}
				text = early ? '' : text.slice(end + 4 + body.length);
				const request = { line, headers, body, connection };
				requests.push(request);
				answer(socket, request);
				if (early) return;
			}
		});
	});
	return { ...listening, requests };
}

/** An answer with a body of known length. */
export const reply = (body = '', status = '200 OK', headers: string[] = []): string =>
	[`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join(
		'\r\n',
	);
