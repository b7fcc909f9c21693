import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A line to a server that takes so many bytes a second towards it, in small pieces. */
export async function slowLine(to: string, bytesPerSecond: number) {
	const { hostname, port } = new URL(to);
	const sockets = new Set<net.Socket>();
	const server = net.createServer({ highWaterMark: 16 * 1024 }, (near) => {
		const far = net.connect({ host: hostname, port: Number(port) });
		for (const socket of [near, far]) {
			sockets.add(socket.on('error', () => socket.destroy()));
			socket.once('close', () => [near, far].forEach((one) => one.destroy()));
		}
		far.pipe(near);
		void (async () => {
			let due = performance.now();
			for await (const piece of near as AsyncIterable<Buffer>) {
				far.write(piece);
				due = Math.max(due, performance.now()) + (piece.length / bytesPerSecond) * 1_000;
				await wait(due - performance.now());
			}
		})().catch(() => {});
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const address = server.address() as net.AddressInfo;
	return {
		endpoint: `http://127.0.0.1:${address.port}`,
		close() {
			server.close();
			for (const socket of sockets) socket.destroy();
		},
	};
}
