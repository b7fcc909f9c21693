import { once } from 'node:events';
import net from 'node:net';

export interface DamagingProxy {
	endpoint: string;
	/** how many bits it has changed */
	damaged: number;
	close(): Promise<void>;
}

/** Passes everything on to the server, but changes one bit of what a client sends, far into a body. */
export async function startDamagingProxy(
	{ endpoint }: { endpoint: string },
	afterBytes: number,
): Promise<DamagingProxy> {
	const { hostname, port } = new URL(endpoint);
	const proxy = { endpoint: '', damaged: 0 };
	let passed = 0;
	const sockets = new Set<net.Socket>();
	const server = net.createServer((client) => {
		const target = net.connect(Number(port), hostname);
		for (const socket of [client, target]) {
			sockets.add(socket);
			socket.on('error', () => {});
		}
		client.on('data', (chunk: Buffer) => {
			if (proxy.damaged === 0 && passed + chunk.length > afterBytes && chunk.length > 4_096) {
				proxy.damaged++;
				const at = chunk.length >> 1;
				chunk.writeUInt8(chunk.readUInt8(at) ^ 1, at);
			}
			passed += chunk.length;
			if (!target.write(chunk)) client.pause();
		});
		target.on('drain', () => client.resume());
		target.pipe(client);
		client.on('close', () => target.destroy());
		target.on('close', () => client.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
	return Object.assign(proxy, {
		endpoint: `http://127.0.0.1:${address.port}`,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	});
}
