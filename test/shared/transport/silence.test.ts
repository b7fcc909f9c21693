import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { resilient } from '../../../nodes/shared/resilience';
import { Registry } from '../../../nodes/shared/resilience/registry';
import { client, failureOf, get, pause } from './client';
import type { RawServer } from './rawServer';
import { rawServer, reply } from './rawServer';

let server: RawServer;
afterEach(async () => await server.close());

const head = 'HTTP/1.1 200 OK\r\n';

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

	test('after a streamed upload, too', async () => {
		server = await rawServer(() => {});
		const body = Readable.from([Buffer.from('abc')]);
		const request = get(server.origin, { method: 'PUT', body, idleMs: 200 });
		const failure = await failureOf(client().buffer(request));
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
