import { once } from 'node:events';
import net from 'node:net';

export interface WatchingProxy {
	endpoint: string;
	/** bytes that clients have sent */
	passed: number;
	/** "PUT /bucket/key" of each request */
	requests: string[];
	/** how many bits it has changed */
	damaged: number;
	close(): Promise<void>;
}

/**
 * Passes everything on to a server and counts it.
 * @param damageAfter changes one bit of what clients send, so many bytes from the beginning
 */
export async function startWatchingProxy(
	{ endpoint }: { endpoint: string },
	damageAfter = Infinity,
): Promise<WatchingProxy> {
	const { hostname, port } = new URL(endpoint);
	const proxy = { endpoint: '', passed: 0, requests: [] as string[], damaged: 0 };
	const sockets = new Set<net.Socket>();
	const watch = (chunk: Buffer) => {
		// A client that waits for each answer begins a request at the beginning of a chunk.
		const line = /^([A-Z]+ \S+) HTTP\/1\.1\r\n/.exec(chunk.toString('latin1', 0, 4_096));
		if (line?.[1]) proxy.requests.push(line[1]);
		if (proxy.damaged === 0 && proxy.passed > damageAfter && chunk.length > 4_096) {
			proxy.damaged++;
			const at = chunk.length >> 1;
			chunk.writeUInt8(chunk.readUInt8(at) ^ 1, at);
		}
		proxy.passed += chunk.length;
	};
	const server = net.createServer((client) => {
		const target = net.connect(Number(port), hostname);
		for (const socket of [client, target]) {
			sockets.add(socket);
			socket.on('error', () => {});
		}
		client.on('data', (chunk: Buffer) => {
			watch(chunk);
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
