import { client, failureOf, get, pause } from './client';
import type { RawServer } from './rawServer';
import { rawServer, reply } from './rawServer';

let server: RawServer;

beforeEach(async () => {
	server = await rawServer((socket) => setTimeout(() => socket.write(reply('x')), 10));
});
afterEach(async () => await server.close());

const together = async (count: number, owner: string) =>
	await Promise.all(
		Array.from({ length: count }, async () => await client({ owner }).buffer(get(server.origin))),
	);

test('one request after the other uses one connection, also in another run', async () => {
	for (let n = 0; n < 20; n++) await client({ owner: 'one' }).buffer(get(server.origin));
	expect(server.connections).toHaveLength(1);
});

test('20 runs that begin together share one pool', async () => {
	await together(20, 'many');
	await pause(20);
	expect(server.connections).toHaveLength(20);
	await together(20, 'many');
	expect(server.connections).toHaveLength(20);
});

test('two owners never share a connection', async () => {
	for (const owner of ['A', 'B', 'A', 'B', 'A', 'B']) {
		await client({ owner }).buffer(get(server.origin, { headers: { 'x-owner': owner } }));
	}
	const owners = new Map<number, Set<string>>();
	for (const { connection, headers } of server.requests) {
		const owner = headers.find((line) => line.startsWith('x-owner')) ?? '';
		owners.set(connection, (owners.get(connection) ?? new Set()).add(owner));
	}
	expect(owners.size).toBe(2);
	for (const names of owners.values()) expect(names.size).toBe(1);
});

test('a connection that the server closed meanwhile is not used', async () => {
	const http = client();
	await http.buffer(get(server.origin));
	for (const socket of server.connections) socket.end();
	await server.deserted();
	await pause(20);
	expect((await http.buffer(get(server.origin))).status).toBe(200);
	expect(server.connections).toHaveLength(2);
});

test('an answer that was not read to its end does not spoil the next one', async () => {
	await server.close();
	server = await rawServer((socket) => socket.write(reply('y'.repeat(5_000_000))));
	const http = client();
	for (let n = 0; n < 3; n++) {
		const { body } = await http.stream(get(server.origin));
		body.destroy();
	}
	expect((await http.buffer(get(server.origin))).body).toHaveLength(5_000_000);
});

test('a request in flight survives that 300 other credentials come', async () => {
	await server.close();
	let finish: () => void = () => {};
	server = await rawServer((socket, { line }) => {
		if (line.includes('/slow')) finish = () => socket.write(reply('slow'));
		else socket.write(reply('x'));
	});
	const slow = client().buffer(get(server.origin, { path: '/slow' }));
	await pause(20);
	for (let n = 0; n < 300; n++) await client().buffer(get(server.origin));
	finish();
	expect((await slow).body.toString()).toBe('slow');
});

test('what was pooled for one server is not taken for another', async () => {
	const second = await rawServer((socket) => socket.write(reply('second')));
	const http = client();
	await http.buffer(get(server.origin));
	expect((await http.buffer(get(second.origin))).body.toString()).toBe('second');
	await second.close();
	const failure = await failureOf(http.buffer(get(second.origin)));
	expect(failure.kind).toBe('network');
	expect((await http.buffer(get(server.origin))).body.toString()).toBe('x');
});
