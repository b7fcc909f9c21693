import { setTimeout as delay } from 'node:timers/promises';
import { present } from '../../../nodes/Ldap/transport/filter';
import { clientOf, failureOf, signInAs } from '../clientOf';
import type { TestSettings } from '../clientOf';
import type { ScriptedRequest, ScriptedServer } from './scriptedServer';
import { Op, entry, result, scriptedServer } from './scriptedServer';

const DN = 'cn=a,dc=example';
const servers: ScriptedServer[] = [];
afterEach(async () => {
	jest.restoreAllMocks();
	for (const server of servers.splice(0)) await server.close();
});

async function serve(
	answer: Parameters<typeof scriptedServer>[0] = (socket, request) => {
		if (request.operation !== Op.unbind) socket.write(result(request));
	},
) {
	const server = await scriptedServer(answer);
	servers.push(server);
	return server;
}

const clientFor = (those: ScriptedServer[], settings: TestSettings = {}) =>
	clientOf(
		those.map(({ port }) => ({ host: '127.0.0.1', port })),
		{ signIn: signInAs('cn=me', 'secret'), ...settings },
	);

const kinds = ({ requests }: ScriptedServer) => requests.map(({ operation }) => operation);

test('runs with the same credential share connections, others do not', async () => {
	const server = await serve();
	for (const key of ['pool a', 'pool a', 'pool b']) await clientFor([server], { key }).delete(DN);
	expect(kinds(server)).toEqual([Op.bind, Op.delete, Op.delete, Op.bind, Op.delete]);
});

test('no more connections than allowed, however many requests there are', async () => {
	const server = await serve((socket, request) => {
		setTimeout(() => socket.write(result(request)), 5);
	});
	const client = clientFor([server], { maxConnections: 3 });
	await Promise.all(Array.from({ length: 40 }, async (_, n) => await client.delete(`cn=${n}`)));
	expect(server.connections).toHaveLength(3);
	expect(kinds(server).filter((kind) => kind === Op.delete)).toHaveLength(40);
});

test('answers find their requests, in whatever order they come', async () => {
	const waiting: ScriptedRequest[] = [];
	const server = await serve((socket, request) => {
		if (request.operation === Op.bind) return void socket.write(result(request));
		waiting.push(request);
		if (waiting.length < 6) return;
		for (const one of waiting.reverse())
			socket.write(result(one, one.content.toString().endsWith('3') ? 32 : 0));
	});
	const client = clientFor([server], { maxConnections: 1, resilience: { maxAttempts: 1 } });
	const ended = await Promise.allSettled(
		Array.from({ length: 6 }, async (_, n) => await client.delete(`cn=${n}`)),
	);
	expect(ended.map(({ status }) => status)).toEqual(
		Array.from({ length: 6 }, (_, n) => (n === 3 ? 'rejected' : 'fulfilled')),
	);
});

test('who writes while he reads a search does not wait for himself', async () => {
	const server = await serve((socket, request) => {
		if (request.operation === Op.search)
			socket.write(Buffer.concat([entry(request.id, 'cn=0'), entry(request.id, 'cn=1')]));
		if (request.operation !== Op.unbind) socket.write(result(request));
	});
	const client = clientFor([server], { maxConnections: 1 });
	const search = { base: DN, scope: 'subtree', filter: present('cn'), pageSize: 0 } as const;
	for await (const group of client.search(search))
		for (const { dn } of group)
			for await (const inner of client.search(search)) await client.delete(`${dn},${inner[0]?.dn}`);
	expect(kinds(server).filter((kind) => kind === Op.delete)).toHaveLength(2);
	await delay(20);
	expect(server.open()).toBe(1);
});

test('a connection that the server has closed meanwhile is not used', async () => {
	const server = await serve();
	const client = clientFor([server], { resilience: { maxAttempts: 1 } });
	await client.delete(DN);
	server.connections[0]?.destroy();
	await delay(20);
	await client.delete(DN);
	expect(kinds(server)).toEqual([Op.bind, Op.delete, Op.bind, Op.delete]);
});

test('one that was idle for long is asked first, and replaced when it does not answer', async () => {
	let dead = false;
	const server = await serve((socket, request) => {
		if (!dead || request.connection > 1) socket.write(result(request));
		else if (request.operation === Op.search) socket.destroy();
	});
	const client = clientFor([server], { resilience: { maxAttempts: 1 } });
	await client.delete(DN);
	const now = Date.now();
	const later = (ms: number) => jest.spyOn(Date, 'now').mockReturnValue(now + ms);
	later(20_000);
	await client.delete(DN);
	expect(kinds(server)).toEqual([Op.bind, Op.delete, Op.search, Op.delete]);
	dead = true;
	later(40_000);
	await client.delete(DN);
	expect(kinds(server).slice(4)).toEqual([Op.search, Op.bind, Op.delete]);
});

test('it is asked once for all who want it at the same time', async () => {
	const server = await serve();
	const client = clientFor([server], { maxConnections: 1 });
	await client.delete(DN);
	const now = Date.now();
	jest.spyOn(Date, 'now').mockReturnValue(now + 20_000);
	await Promise.all(['cn=1', 'cn=2', 'cn=3'].map(async (dn) => await client.delete(dn)));
	expect(kinds(server)).toEqual([
		...[Op.bind, Op.delete, Op.search],
		...[Op.delete, Op.delete, Op.delete],
	]);
});

test('when the password is changed meanwhile, what is open is used and no more is opened', async () => {
	let binds = 0;
	const server = await serve((socket, request) => {
		if (request.operation === Op.bind) socket.write(result(request, binds++ === 0 ? 0 : 49));
		else setTimeout(() => socket.write(result(request)), 10);
	});
	const client = clientFor([server], { resilience: { maxAttempts: 1 } });
	await client.delete(DN);
	const ended = await Promise.allSettled(
		Array.from({ length: 10 }, async (_, n) => await client.delete(`cn=${n}`)),
	);
	// Those that were waiting for a connection of their own when it turned out.
	for (const one of ended)
		if (one.status === 'rejected')
			expect(one.reason).toMatchObject({ kind: 'auth', phase: 'notSent' });
	const before = binds;
	await Promise.all(
		Array.from({ length: 10 }, async (_, n) => await client.delete(`cn=again-${n}`)),
	);
	expect(binds).toBe(before);
});

test('a server that shows its root DSE to nobody is searched without pages', async () => {
	const server = await serve((socket, request) => {
		if (request.operation === Op.search) {
			const isRoot = request.content.subarray(0, 2).equals(Buffer.from([0x04, 0]));
			if (!isRoot) socket.write(entry(request.id, 'cn=0'));
			socket.write(result(request, isRoot ? 50 : 0));
		} else if (request.operation !== Op.unbind) socket.write(result(request));
	});
	const found: string[] = [];
	const search = { base: DN, scope: 'subtree', filter: present('cn') } as const;
	for await (const group of clientFor([server]).search(search))
		found.push(...group.map(({ dn }) => dn));
	expect(found).toEqual(['cn=0']);
});

describe('several servers', () => {
	test('a run stays on the server it has found, and goes on at another when that one is gone', async () => {
		const [first, second] = [await serve(), await serve()];
		await first.close();
		const client = clientFor([first, second]);
		await client.delete('cn=0');
		const back = clientFor([second, first]);
		await back.delete('cn=1');
		await second.close();
		const third = await serve();
		const moving = clientFor([second, third]);
		await moving.delete('cn=2');
		await moving.delete('cn=3');
		expect(kinds(second).filter((kind) => kind === Op.delete)).toHaveLength(2);
		expect(kinds(third)).toEqual([Op.bind, Op.delete, Op.delete]);
	});

	test('a refused password is not tried at the next one', async () => {
		const refusing = await serve((socket, request) => socket.write(result(request, 49)));
		const other = await serve();
		const client = clientFor([refusing, other]);
		expect(await failureOf(client.delete(DN))).toMatchObject({ code: 'invalidCredentials (49)' });
		expect(other.connections).toHaveLength(0);
	});

	test('where none can be reached the failure is that of the first', async () => {
		const [first, second] = [await serve(), await serve()];
		await first.close();
		await second.close();
		const client = clientFor([first, second], { resilience: { maxAttempts: 1 } });
		const failure = await failureOf(client.delete(DN));
		expect(failure).toMatchObject({ code: 'ECONNREFUSED', phase: 'notSent' });
		expect(failure.message).toContain(String(first.port));
	});
});

describe('checking a password', () => {
	test('has a connection of its own, which is closed', async () => {
		const server = await serve((socket, request) => {
			if (request.operation === Op.bind)
				socket.write(result(request, request.content.includes('right') ? 0 : 49));
		});
		const client = clientFor([server], { signIn: signInAs('cn=me', 'right-secret') });
		await client.authenticate('cn=user', 'right');
		expect(await failureOf(client.authenticate('cn=user', 'wrong'))).toMatchObject({
			kind: 'auth',
			scope: 'item',
			code: 'invalidCredentials (49)',
		});
		await delay(20);
		expect(kinds(server)).toEqual([Op.bind, Op.unbind, Op.bind, Op.unbind]);
		expect(server.open()).toBe(0);
	});

	test('an empty one is not sent', async () => {
		const server = await serve();
		const client = clientFor([server]);
		expect(await failureOf(client.authenticate('cn=user', ''))).toMatchObject({
			kind: 'invalid',
			phase: 'notSent',
		});
		expect(server.connections).toHaveLength(0);
	});
});
