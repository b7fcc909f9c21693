import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { DurableStore } from '../../../nodes/shared/resilience/ledger';
import { REMEMBERED_MS } from '../../../nodes/shared/resilience/ledger';
import { ledgerFile } from '../../../nodes/shared/transport/ledgerFile';
import { ledgerRedis } from '../../../nodes/shared/transport/ledgerRedis';
import { needs } from '../../needs';

const failure = { kind: 'network', phase: 'maybeDone', code: 'ECONNRESET', message: 'm' } as const;

function remembers(open: () => DurableStore<number[]>) {
	let store: DurableStore<number[]>;
	beforeEach(() => {
		store = open();
	});
	afterEach(async () => await store.close());

	test('a key is begun once, and known to be intended until it has ended', async () => {
		expect(await store.begin('a', 'w')).toBeUndefined();
		expect(await store.begin('a', 'w')).toEqual({ work: 'w', entry: { state: 'intended' } });
		await store.end('a', 'w', { state: 'done', rows: [1, 2] });
		expect(await store.begin('a', 'other')).toEqual({
			work: 'w',
			entry: { state: 'done', rows: [1, 2] },
		});
		expect(await store.begin('b', 'w')).toBeUndefined();
	});

	test('what was forgotten can be begun again', async () => {
		await store.begin('c', 'w');
		await store.forget('c');
		expect(await store.begin('c', 'w')).toBeUndefined();
	});

	test('a failure is kept with its details', async () => {
		await store.begin('d', 'w');
		await store.end('d', 'w', { state: 'failed', failure });
		expect((await store.begin('d', 'w'))?.entry).toEqual({ state: 'failed', failure });
	});

	test('it is still there when it is opened again', async () => {
		await store.begin('e', 'w');
		await store.end('e', 'w', { state: 'done', rows: [7] });
		await store.close();
		expect((await open().begin('e', 'w'))?.entry).toEqual({ state: 'done', rows: [7] });
	});

	test('of many who begin the same key at once, one does', async () => {
		const answers = await Promise.all(
			Array.from({ length: 50 }, async () => await store.begin('f', 'w')),
		);
		expect(answers.filter((known) => known === undefined)).toHaveLength(1);
	});
}

describe('a ledger in a file', () => {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'ledger-'));
	let files = 0;
	afterAll(() => rmSync(folder, { recursive: true }));
	describe('remembers', () => {
		let file = '';
		beforeEach(() => {
			file = path.join(folder, `${files++}.sqlite`);
		});
		remembers(() => ledgerFile(file, Date.now));
	});

	test('forgets what is older than 90 days when it is opened', async () => {
		const file = path.join(folder, 'old.sqlite');
		let now = 0;
		const store = ledgerFile(file, () => now);
		await store.begin('old', 'w');
		now = 1;
		await store.begin('young', 'w');
		await store.close();
		now = REMEMBERED_MS + 1;
		expect(await store.begin('old', 'w')).toBeUndefined();
		expect(await store.begin('young', 'w')).toBeDefined();
		await store.close();
	});

	test.each(['no database', 'a folder', 'nowhere'])(
		'says what to do when it is %s',
		async (what) => {
			const file = path.join(folder, what === 'nowhere' ? 'no/such/folder' : '', `${what}.sqlite`);
			if (what === 'a folder') mkdirSync(file);
			if (what === 'no database')
				writeFileSync(file, 'This is a text, and no database at all. '.repeat(100));
			await expect(ledgerFile(file, Date.now).begin('x', 'w')).rejects.toMatchObject({
				phase: 'notSent',
				code: 'LEDGER_UNAVAILABLE',
				message: expect.stringContaining(file) as string,
				hint: expect.stringContaining('N8N_RESILIENT_LEDGER') as string,
			});
		},
	);
});

needs('redis-server')('a ledger in Redis', () => {
	let server: ChildProcess;
	let url = '';
	beforeAll(async () => {
		const port = await freePort();
		server = spawn(
			'redis-server',
			['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--requirepass', 'planted-77'],
			{
				stdio: ['ignore', 'pipe', 'ignore'],
			},
		);
		url = `redis://:planted-77@127.0.0.1:${port}/0`;
		for await (const chunk of server.stdout ?? [])
			if (String(chunk).includes('Ready to accept')) break;
	});
	afterAll(async () => {
		if (server.exitCode !== null || server.signalCode !== null) return;
		server.kill('SIGKILL');
		await once(server, 'close');
	});
	describe('remembers', () => remembers(() => ledgerRedis(url)));

	test('says which Redis is not there, without its password', async () => {
		server.kill('SIGKILL');
		await once(server, 'close');
		const store = ledgerRedis(url);
		const error: unknown = await store.begin('x', 'w').catch((reason: unknown) => reason);
		await store.close();
		expect(error).toMatchObject({ phase: 'notSent', code: 'LEDGER_UNAVAILABLE' });
		expect(String(error)).toContain('127.0.0.1:');
		expect(String(error)).not.toContain('planted-77');
	});
});

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	return typeof address === 'object' && address ? address.port : 0;
}
