import { getEventListeners } from 'node:events';
import { client, failureOf, get, pause } from './client';
import type { RawServer } from './rawServer';
import { rawServer, reply } from './rawServer';

let server: RawServer;
afterEach(async () => await server.close());

const head = 'HTTP/1.1 200 OK\r\n';

describe('a body that ends early', () => {
	test.each([
		['content-length, closed', `${head}Content-Length: 100\r\n\r\nhalf`, false],
		['content-length, reset', `${head}Content-Length: 100\r\n\r\nhalf`, true],
		['chunked, closed', `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`, false],
		['inside a chunk', `${head}Transfer-Encoding: chunked\r\n\r\n64\r\nhalf`, false],
		['inside the header', `${head}Content-Le`, false],
	])('%s', async (_label, text, reset) => {
		server = await rawServer((socket) => {
			socket.write(text);
			setTimeout(() => (reset ? socket.resetAndDestroy() : socket.end()), 20);
		});
		const failure = await failureOf(client().buffer(get(server.origin)));
		expect(failure).toMatchObject({ kind: 'network', phase: 'maybeDone', scope: 'host' });
	});

	test('what came before the break is delivered, then the failure', async () => {
		server = await rawServer((socket) => {
			socket.write(`${head}Content-Length: 100\r\n\r\nhalf`);
			setTimeout(() => socket.destroy(), 20);
		});
		const { body } = await client().stream(get(server.origin));
		let text = '';
		const failure = await failureOf(
			(async () => {
				for await (const chunk of body) text += chunk.toString();
			})(),
		);
		expect(text).toBe('half');
		expect(failure.code).toBe('ECONNRESET');
	});
});

test.each([
	['not HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n'],
	['a header without end', `${head}X: ${'y'.repeat(200_000)}`],
])('%s: a failure, not a crash', async (_label, text) => {
	server = await rawServer((socket) => socket.write(text));
	const failure = await failureOf(client().buffer(get(server.origin)));
	expect(failure).toMatchObject({ kind: 'network', phase: 'maybeDone' });
	await server.deserted();
});

describe('too large', () => {
	test('an endless answer is refused and the connection closed', async () => {
		server = await rawServer((socket) => {
			socket.write(`${head}\r\n`);
			const more = () => {
				if (socket.destroyed) return;
				if (socket.write(Buffer.alloc(64 * 1024))) setImmediate(more);
				else socket.once('drain', more);
			};
			more();
		});
		const failure = await failureOf(client().buffer(get(server.origin, { maxBytes: 100_000 })));
		expect(failure).toMatchObject({ code: 'RESPONSE_TOO_LARGE', kind: 'invalid' });
		await server.deserted();
	});

	test('exactly the limit is fine', async () => {
		server = await rawServer((socket) => socket.write(reply('x'.repeat(1_000))));
		const http = client();
		const { body } = await http.buffer(get(server.origin, { maxBytes: 1_000 }));
		expect(body).toHaveLength(1_000);
		const failure = await failureOf(http.buffer(get(server.origin, { maxBytes: 999 })));
		expect(failure.code).toBe('RESPONSE_TOO_LARGE');
	});
});

describe('cancel', () => {
	const reason = new Error('stopped');

	test('inside the body: the reader ends with the reason, the connection is closed at once', async () => {
		server = await rawServer((socket) => socket.write(`${head}Content-Length: 100\r\n\r\nhalf`));
		const controller = new AbortController();
		const { body } = await client().stream(get(server.origin, { signal: controller.signal }));
		const reading = body.collect(1_000);
		await pause(20);
		controller.abort(reason);
		await expect(reading).rejects.toBe(reason);
		await server.deserted();
		expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
	});

	test('before anyone reads: closed at once, and no error without an owner', async () => {
		server = await rawServer((socket) => socket.write(`${head}Content-Length: 100\r\n\r\nhalf`));
		const controller = new AbortController();
		const { body } = await client().stream(get(server.origin, { signal: controller.signal }));
		controller.abort(reason);
		await server.deserted();
		await expect(body.collect(1_000)).rejects.toBe(reason);
	});

	test('before the answer', async () => {
		server = await rawServer(() => {});
		const controller = new AbortController();
		const sending = client().stream(get(server.origin, { signal: controller.signal }));
		await pause(50);
		controller.abort(reason);
		await expect(sending).rejects.toBe(reason);
		await server.deserted();
		expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
	});

	test('before the request: nothing is sent', async () => {
		server = await rawServer((socket) => socket.write(reply()));
		const request = get(server.origin, { signal: AbortSignal.abort(reason) });
		await expect(client().stream(request)).rejects.toBe(reason);
		expect(server.connections).toHaveLength(0);
	});

	test('a reader that stops early closes the connection', async () => {
		server = await rawServer((socket) => socket.write(`${head}Content-Length: 100\r\n\r\nhalf`));
		const { body } = await client().stream(get(server.origin));
		for await (const chunk of body) {
			expect(chunk.toString()).toBe('half');
			break;
		}
		await server.deserted();
	});
});

test('500 requests leave no listeners on the signal of the run, and use few connections', async () => {
	server = await rawServer((socket) => socket.write(reply('hello')));
	const http = client();
	const { signal } = new AbortController();
	const warnings: Error[] = [];
	const warn = (warning: Error) => warnings.push(warning);
	process.on('warning', warn);
	for (let n = 0; n < 50; n++) {
		await Promise.all(
			Array.from({ length: 10 }, async () => await http.buffer(get(server.origin, { signal }))),
		);
	}
	await pause(20);
	process.off('warning', warn);
	expect(warnings).toEqual([]);
	expect(getEventListeners(signal, 'abort')).toHaveLength(0);
	expect(server.connections.length).toBeLessThanOrEqual(10);
});
