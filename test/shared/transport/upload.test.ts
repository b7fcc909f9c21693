import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { client, failureOf, get, pause } from './client';
import type { RawServer } from './rawServer';
import { rawServer, reply } from './rawServer';

let server: RawServer | undefined;
afterEach(async () => await server?.close());

const put = (origin: string, body: Readable, details = {}) =>
	get(origin, { method: 'PUT', body, ...details });

/** A source of `size` bytes that counts how many were taken. */
function source(size: number) {
	let taken = 0;
	const body = new Readable({
		read(wanted) {
			const chunk = Math.min(wanted, size - taken);
			taken += chunk;
			this.push(chunk > 0 ? Buffer.alloc(chunk, 120) : null);
		},
	});
	return { body, taken: () => taken };
}

const destroyed = async (body: Readable) => {
	for (let n = 0; n < 200 && !body.destroyed; n++) await pause(5);
	return body.destroyed;
};

test('with a content-length: exactly these bytes, no chunks', async () => {
	server = await rawServer((socket) => socket.write(reply()));
	const { body } = source(300_000);
	await client().buffer(put(server.origin, body, { headers: { 'content-length': '300000' } }));
	expect(server.requests[0]?.headers.join('\n')).not.toMatch(/transfer-encoding/i);
	expect(server.requests[0]?.body).toBe('x'.repeat(300_000));
});

test('without one it is sent in chunks', async () => {
	server = await rawServer((socket) => socket.write(reply()));
	await client().buffer(put(server.origin, Readable.from([Buffer.from('ab'), Buffer.from('c')])));
	expect(server.requests[0]?.headers).toContain('Transfer-Encoding: chunked');
	expect(server.requests[0]?.body).toBe('2\r\nab\r\n1\r\nc\r\n0\r\n\r\n');
});

test('is not buffered: a server that does not read stops the source', async () => {
	server = await rawServer((socket) => socket.pause(), { early: true });
	const { body, taken } = source(500_000_000);
	const controller = new AbortController();
	const sending = client().buffer(put(server.origin, body, { signal: controller.signal }));
	const failed = failureOf(sending.catch(() => Promise.reject(new Error('x')))).catch(() => {});
	await pause(300);
	const soFar = taken();
	await pause(200);
	expect(taken()).toBe(soFar);
	// What fits into the buffers of two sockets.
	expect(soFar).toBeLessThan(30_000_000);
	controller.abort();
	await failed;
	expect(await destroyed(body)).toBe(true);
});

describe('the source is closed', () => {
	const file = path.join(os.tmpdir(), `upload-${process.pid}`);
	beforeAll(() => fs.writeFileSync(file, Buffer.alloc(5_000_000, 'x')));
	afterAll(() => fs.rmSync(file));
	const open = () => fs.createReadStream(file);

	test('when the server cannot be reached', async () => {
		const gone = await rawServer(() => {});
		await gone.close();
		const body = open();
		expect(await failureOf(client().buffer(put(gone.origin, body)))).toMatchObject({
			phase: 'notSent',
		});
		expect(await destroyed(body)).toBe(true);
	});

	test('when the connection breaks', async () => {
		server = await rawServer((socket) => socket.resetAndDestroy(), { early: true });
		const body = open();
		const failure = await failureOf(client().buffer(put(server.origin, body)));
		expect(failure).toMatchObject({ kind: 'network', phase: 'maybeDone' });
		expect(await destroyed(body)).toBe(true);
	});

	test('when it is cancelled, and the connection at once', async () => {
		server = await rawServer((socket) => socket.pause(), { early: true });
		const body = open();
		const controller = new AbortController();
		const sending = client().stream(put(server.origin, body, { signal: controller.signal }));
		await pause(100);
		const reason = new Error('stopped');
		controller.abort(reason);
		await expect(sending).rejects.toBe(reason);
		expect(await destroyed(body)).toBe(true);
		for (const socket of server.connections) socket.resume();
		await server.deserted();
	});

	test('when it was cancelled before', async () => {
		const body = open();
		const request = put('http://127.0.0.1:1', body, { signal: AbortSignal.abort() });
		await expect(client().stream(request)).rejects.toThrow();
		expect(await destroyed(body)).toBe(true);
	});

	test('when the server answers before it has read all', async () => {
		server = await rawServer(
			(socket) => {
				socket.pause();
				socket.write(reply('no', '403 Forbidden', ['Connection: close']));
			},
			{ early: true },
		);
		const body = open();
		const answer = await client().buffer(put(server.origin, body));
		expect(answer.status).toBe(403);
		expect(answer.body.toString()).toBe('no');
		expect(await destroyed(body)).toBe(true);
	});
});

test('an error of the source is told as it is: it is not the network that failed', async () => {
	server = await rawServer(() => {}, { early: true });
	const broken = Object.assign(new Error('disk is gone'), { code: 'EIO' });
	const body = new Readable({
		read() {
			this.push('some');
			this.destroy(broken);
		},
	});
	const failure = await failureOf(client().buffer(put(server.origin, body)));
	expect(failure).toMatchObject({ kind: 'bug', phase: 'maybeDone', cause: broken });
	expect(failure.message).toContain('disk is gone');
	await server.deserted();
});

test.each<[string, (body: Readable) => Promise<unknown>]>([
	['read to its end', async (body) => await body.toArray()],
	['destroyed', async (body) => body.destroy()],
])('a stream that was %s is refused, not sent as nothing', async (_label, use) => {
	server = await rawServer((socket) => socket.write(reply()));
	const body = Readable.from([Buffer.from('content')]);
	await use(body);
	const failure = await failureOf(client().buffer(put(server.origin, body)));
	expect(failure).toMatchObject({ kind: 'bug', phase: 'notSent' });
	expect(server.requests).toHaveLength(0);
});

test('half an upload is seen as such by the server: no complete chunked body', async () => {
	server = await rawServer(() => {}, { early: true });
	const received: string[] = [];
	const body = new Readable({ read() {} });
	body.push('half');
	const controller = new AbortController();
	const sending = client().stream(put(server.origin, body, { signal: controller.signal }));
	await pause(50);
	for (const socket of server.connections) socket.on('data', (data) => received.push(String(data)));
	controller.abort();
	await expect(sending).rejects.toThrow();
	await server.deserted();
	expect(received.join('')).not.toContain('0\r\n\r\n');
});
