import { getEventListeners } from 'node:events';
import { resilient } from '../../../nodes/shared/resilience';
import { Registry } from '../../../nodes/shared/resilience/registry';
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

describe('silence', () => {
	test.each([
		['before the answer', ''],
		['inside the header', `${head}Content-`],
		['inside the body', `${head}Content-Length: 100\r\n\r\nhalf`],
	])('%s ends the request after the idle time, and closes the connection', async (_label, text) => {
		server = await rawServer((socket) => socket.write(text));
		const started = performance.now();
		const failure = await failureOf(client().buffer(get(server.origin, { idleMs: 200 })));
		expect(performance.now() - started).toBeLessThan(1_500);
		expect(failure).toMatchObject({ code: 'IDLE_TIMEOUT', kind: 'timeout', phase: 'maybeDone' });
		await server.deserted();
	});

	test('on a connection that was used before, too', async () => {
		server = await rawServer((socket) => {
			if (server.requests.length === 1) socket.write(reply('one'));
		});
		const http = client();
		await http.buffer(get(server.origin));
		const failure = await failureOf(http.buffer(get(server.origin, { idleMs: 200 })));
		expect(failure.code).toBe('IDLE_TIMEOUT');
		expect(server.connections).toHaveLength(1);
		await server.deserted();
	});

	test('while it connects: nothing was sent', async () => {
		server = await rawServer(() => {});
		const never = {
			validateUrl: async () => ({ ok: true }),
			validateConnectionHost: () => ({ ok: true }),
			createSecureLookup: () => () => {},
		};
		const http = client({ egress: never });
		const failure = await failureOf(http.buffer(get('http://slow.example', { idleMs: 200 })));
		expect(failure).toMatchObject({ code: 'IDLE_TIMEOUT', kind: 'timeout', phase: 'notSent' });
	});

	test('an answer that moves slowly but moves is no silence', async () => {
		server = await rawServer((socket) => {
			socket.write(`${head}Content-Length: 8\r\n\r\n`);
			let sent = 0;
			const drip = setInterval(() => {
				socket.write('x');
				if (++sent === 8) clearInterval(drip);
			}, 100);
		});
		const { body } = await client().buffer(get(server.origin, { idleMs: 300 }));
		expect(body.toString()).toBe('xxxxxxxx');
	});

	test('an upload that is not taken is silence', async () => {
		server = await rawServer((socket) => socket.pause(), { early: true });
		const body = Buffer.alloc(50_000_000);
		const request = get(server.origin, { method: 'PUT', body, idleMs: 300 });
		const failure = await failureOf(client().buffer(request));
		expect(failure.code).toBe('IDLE_TIMEOUT');
	});

	test('a body that nobody reads gives its connection up', async () => {
		server = await rawServer((socket) => {
			socket.write(`${head}Content-Length: 50000000\r\n\r\n`);
			socket.write(Buffer.alloc(50_000_000));
		});
		const { signal } = new AbortController();
		await client().stream(get(server.origin, { idleMs: 200, signal }));
		await server.deserted();
		for (let n = 0; n < 50 && getEventListeners(signal, 'abort').length > 0; n++) await pause(5);
		expect(getEventListeners(signal, 'abort')).toHaveLength(0);
	});
});

describe('a deadline of 1 s', () => {
	const within = async (text: string) => {
		server = await rawServer((socket) => {
			socket.write(text);
			const drip = setInterval(() => socket.write('x'), 100);
			socket.on('close', () => clearInterval(drip));
			if (!text) clearInterval(drip);
		});
		const send = resilient({
			maxAttempts: 5,
			deadlineMs: 1_000,
			onOutage: 'wait',
			limits: { concurrency: 5, perSecond: 0 },
			registry: new Registry(),
		});
		const http = client();
		const about = { system: 't', operation: 'o', scope: 's', repeatable: true };
		const started = performance.now();
		const failure = await failureOf(
			send(about, async (signal) => await http.buffer(get(server.origin, { signal }))),
		);
		expect(failure).toMatchObject({ code: 'DEADLINE', phase: 'maybeDone', attempts: 1 });
		expect(performance.now() - started).toBeLessThan(1_250);
		await server.deserted();
		expect(performance.now() - started).toBeLessThan(1_300);
	};

	test('is met against a server that drips', async () =>
		await within(`${head}Content-Length: 1000\r\n\r\n`));
	test('is met against a server that drips its header', async () => await within(`${head}X: `));
	test('is met against a connection that is open and dead', async () => await within(''));
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
