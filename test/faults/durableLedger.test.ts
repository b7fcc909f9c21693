import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { startEffectOracle } from '../../sandbox/faults/effects.ts';
import { randomFaults, startFaultProxy } from '../../sandbox/faults/proxy.ts';
import { root } from '../engine/engine';
import type { FaultyStorage } from './storage';
import { createBucket, s3Node, startFaultyStorage, uploadText } from './storage';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

const folder = mkdtempSync(path.join(os.tmpdir(), 'durable-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a later execution with the same ledger keys', () => {
	let storage: FaultyStorage;
	let watched: WatchedEngine;
	let ledgers = 0;
	beforeEach(async () => {
		process.env.N8N_RESILIENT_LEDGER = path.join(folder, `${ledgers++}.sqlite`);
		storage = await startFaultyStorage();
		watched = await openWatchedEngine();
		watched.engine.credentials.resilientS3Api = storage.credential;
		await watched.engine.run(s3Node('durable', createBucket));
		storage.proxy.requests.length = 0;
	});
	afterEach(async () => {
		delete process.env.N8N_RESILIENT_LEDGER;
		await storage.close();
	});

	const upload = async (texts: Record<string, string>, resilience: object = {}) => {
		const parameters = uploadText({
			ledger: 'durable',
			ledgerKey: '={{ $json.key }}',
			failedOutput: true,
			...resilience,
		});
		const { outputs } = await watched.engine.run(s3Node('durable', parameters), {
			items: Object.entries(texts).map(([key, text]) => ({ json: { key, text } })),
		});
		const [done = [], failed = []] = outputs('E');
		return {
			done: done.map(({ json }) => json),
			failed: failed.map(({ json }) => (json as { error: Record<string, string> }).error),
		};
	};

	test('gives the same rows and sends nothing', async () => {
		const first = await upload({ a: '1', b: '2' });
		expect(first.done).toHaveLength(2);
		storage.proxy.requests.length = 0;
		expect(await upload({ a: '1', b: '2' })).toEqual(first);
		expect(storage.proxy.requests).toHaveLength(0);
	});

	test('sends what had failed, and only that', async () => {
		storage.proxy.faults = ({ path: at }) => (at.endsWith('/b') ? 'unavailable' : 'pass');
		const first = await upload({ a: '1', b: '2' }, { maxAttempts: 1, onOutage: 'failFast' });
		expect(first.failed).toMatchObject([{ phase: 'rejected' }]);
		storage.proxy.faults = () => 'pass';
		const second = await upload({ a: '1', b: '2' });
		expect(second.done.map(({ key }) => key)).toEqual(['a', 'b']);
		expect(Object.fromEntries(storage.writes())).toEqual({ a: 1, b: 1 });
	});

	test('fails where the key stands for other work now', async () => {
		await upload({ a: '1' });
		const { failed } = await upload({ a: 'another text' });
		expect(failed).toMatchObject([{ kind: 'conflict', phase: 'notSent', code: 'LEDGER_KEY_USED' }]);
		expect(storage.sandbox.read('bucket', 'a')?.toString()).toBe('1');
	});

	test('fails where two items have one key, and where an item has none', async () => {
		const twice = await upload({ a: '1', b: '2' }, { ledgerKey: 'constant' });
		expect(twice.done).toMatchObject([{ key: 'a' }]);
		expect(twice.failed).toMatchObject([
			{ code: 'LEDGER_KEY_TWICE', message: 'Items 0 and 1 have the same ledger key "constant"' },
		]);
		const none = await upload({ c: '3' }, { ledgerKey: '={{ $json.nothing }}' });
		expect(none.failed).toMatchObject([{ code: 'NO_LEDGER_KEY', phase: 'notSent' }]);
		expect([...storage.writes().keys()]).toEqual(['a']);
	});

	test('sends nothing when the ledger cannot be used', async () => {
		process.env.N8N_RESILIENT_LEDGER = path.join(folder, 'no/such/folder/ledger.sqlite');
		const { failed } = await upload({ a: '1' });
		expect(failed).toMatchObject([{ code: 'LEDGER_UNAVAILABLE', phase: 'notSent' }]);
		expect(storage.proxy.requests).toHaveLength(0);
	});
});

const ITEMS = process.env.CI ? 10_000 : 2_000;
const KILLS = 3;
const CONCURRENCY = 16;
const FAULTS = { throttle: 0.05, unavailable: 0.05, resetBefore: 0.05, resetAfter: 0.05 };

interface Ended {
	done: string[];
	failed: Array<{ input: { key: string }; error: { phase: string; code: string } }>;
}

test('thousands of effects without a key of their own, 20 % faults, killed three times: none doubled, none lost', async () => {
	const outfile = path.join(folder, 'ledgerRun.cjs');
	await build({
		entryPoints: [path.join(root, 'test', 'faults', 'ledgerRun.ts')],
		outfile,
		bundle: true,
		packages: 'external',
		platform: 'node',
		format: 'cjs',
		logLevel: 'error',
		define: { __dirname: JSON.stringify(path.join(root, 'test', 'engine')) },
	});
	const oracle = await startEffectOracle();
	const proxy = await startFaultProxy({ upstream: oracle.origin });
	proxy.faults = randomFaults(5, FAULTS);
	const environment = {
		...process.env,
		NODE_PATH: path.join(root, 'node_modules'),
		N8N_RESILIENT_LEDGER: path.join(folder, 'killed.sqlite'),
	};
	const run = async (killAfterEffects: number) => {
		const child = spawn(process.execPath, [outfile, proxy.origin, String(ITEMS)], {
			env: environment,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let output = '';
		child.stdout.on('data', (chunk) => (output += String(chunk)));
		const closed = once(child, 'close');
		while (child.exitCode === null && oracle.effects.size < killAfterEffects) await delay(5);
		if (killAfterEffects < Infinity) child.kill('SIGKILL');
		await closed;
		return output;
	};
	try {
		for (let kill = 1; kill <= KILLS; kill++)
			expect(await run((ITEMS * kill) / (KILLS + 1))).toBe('');
		const { done, failed } = JSON.parse(await run(Infinity)) as Ended;
		expect(new Set([...done, ...failed.map(({ input }) => input.key)]).size).toBe(ITEMS);
		expect(done.length + failed.length).toBe(ITEMS);
		const commits = [...oracle.effects.values()].map((effect) => effect.commits);
		expect(commits.filter((times) => times > 1)).toEqual([]);
		for (const key of done) expect(oracle.effects.get(key)?.commits).toBe(1);
		// Whoever is not done may have been done, and says so; everything else was sent again.
		for (const { error } of failed) expect(error.phase).toBe('maybeDone');
		const interrupted = failed.filter(({ error }) => error.code === 'INTERRUPTED');
		expect(interrupted.length).toBeGreaterThan(0);
		expect(interrupted.length).toBeLessThanOrEqual(KILLS * CONCURRENCY);
	} finally {
		await proxy.close();
		await oracle.close();
	}
}, 240_000);
