import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { needs } from '../../needs';
import { authority } from './certificates';
import { client, failureOf, get, pause } from './client';
import { listen, type RawServer } from './rawServer';

// Bodies that are copied as they arrive: from one buffer for each connection.

const BYTES = randomBytes(5 * 1024 * 1024 + 7);

let server: Omit<RawServer, 'requests'>;
let connections: number;
const answer: http.RequestListener = (request, response) => {
	if (request.url === '/short') {
		response.writeHead(200, { 'content-length': BYTES.length });
		response.write(BYTES.subarray(0, 1_000_000), () => response.destroy());
	} else response.end(BYTES);
};
beforeEach(async () => {
	connections = 0;
	const plain = http.createServer(answer);
	plain.on('connection', () => connections++);
	server = await listen(plain);
});
afterEach(async () => await server.close());

async function copied(path = '/', sender = client(), origin = server.origin): Promise<Buffer> {
	const { body } = await sender.stream(get(origin, { path }));
	const copies: Buffer[] = [];
	await body.each((chunk) => copies.push(Buffer.from(chunk)) > 0);
	return Buffer.concat(copies);
}

test('every byte arrives, also of several answers at once, and connections are used again', async () => {
	const sender = client();
	const all = await Promise.all([1, 2, 3].map(async () => await copied('/', sender)));
	expect(all.every((bytes) => bytes.equals(BYTES))).toBe(true);
	await pause(20);
	expect((await copied('/', sender)).equals(BYTES)).toBe(true);
	expect(connections).toBeLessThanOrEqual(3);
	const { body } = await sender.buffer(get(server.origin));
	expect(body.equals(BYTES)).toBe(true);
});

test('the memory of a chunk is given back once it was looked at', async () => {
	const { body } = await client().stream(get(server.origin));
	const chunks: Buffer[] = [];
	const lengths: number[] = [];
	await body.each((chunk) => {
		lengths.push(chunk.length);
		return chunks.push(chunk) > 0;
	});
	expect(lengths.reduce((sum, length) => sum + length)).toBe(BYTES.length);
	const left = chunks.reduce((sum, { length }) => sum + length, 0);
	expect(left).toBeLessThan(BYTES.length / 10);
});

test('whoever has enough ends it, and whoever throws is heard', async () => {
	const { body } = await client().stream(get(server.origin));
	let seen = 0;
	await body.each(() => ++seen < 2);
	expect(seen).toBe(2);
	const second = await client().stream(get(server.origin));
	const throwing = second.body.each(() => {
		throw new TypeError('no');
	});
	await expect(throwing).rejects.toThrow(TypeError);
});

test('a body that is cut off, and one that is cancelled, is a failure', async () => {
	expect(await failureOf(copied('/short'))).toMatchObject({ kind: 'network' });
	const stop = new AbortController();
	const { body } = await client().stream(get(server.origin, { signal: stop.signal }));
	const reading = body.each(() => {
		stop.abort(new Error('enough'));
		return true;
	});
	await expect(reading).rejects.toThrow('enough');
});

needs('openssl')('over TLS', () => {
	test('every byte arrives', async () => {
		const ours = authority();
		const secure = https.createServer(ours.issue('server', ['IP:127.0.0.1']), answer);
		const listening = await listen(secure);
		try {
			const sender = client({ tls: { ca: ours.ca } });
			const origin = listening.origin.replace('http:', 'https:');
			expect((await copied('/', sender, origin)).equals(BYTES)).toBe(true);
			expect((await copied('/', sender, origin)).equals(BYTES)).toBe(true);
		} finally {
			await listening.close();
			ours.remove();
		}
	});
});
