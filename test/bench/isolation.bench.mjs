// Whether a credential whose server is down slows down another one in the same process: 95th
// percentile of the time per call of credential B, alone and beside credential A, in turns. The
// servers run in a process of their own. Prints JSON. Needs a build.
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNS = 7;
const CALLS = 1_000;
const CONCURRENCY = 5;
const GOAL = 1.05;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The process of the servers: B's is well, A's resets every connection. */
async function serve() {
	const { startEffectOracle } = await import('../../sandbox/faults/effects.ts');
	const { startFaultProxy } = await import('../../sandbox/faults/proxy.ts');
	const oracle = await startEffectOracle({ answerMs: 5 });
	const broken = await startFaultProxy({ upstream: oracle.origin });
	await broken.outage('reset');
	process.send({ healthy: oracle.origin, broken: broken.origin });
	process.once('disconnect', () => process.exit());
}

const quantile = (values, share) =>
	[...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

async function measure() {
	const require = createRequire(import.meta.url);
	const built = (file) => require(path.join(root, 'dist', 'nodes', 'shared', `${file}.js`));
	const { resilient } = built('resilience/index');
	const { httpClient } = built('transport/http');
	const servers = fork(fileURLToPath(import.meta.url), ['servers']);
	const { healthy, broken } = await new Promise((resolve) => servers.once('message', resolve));
	const settings = { maxAttempts: 5, deadlineMs: 900_000, onOutage: 'wait' };
	const send = resilient({ ...settings, limits: { concurrency: 50, perSecond: 0 } });

	const put = async (origin, key, signal) => {
		const http = httpClient({ owner: origin });
		const about = { system: 'oracle', operation: 'put', scope: origin, repeatable: true, signal };
		await send(about, async (attemptSignal) => {
			const path = `/effects/${key}`;
			const request = { method: 'PUT', origin, path, headers: {}, body: 'x' };
			const { status } = await http.buffer({ ...request, signal: attemptSignal });
			if (status !== 201) throw new Error(`status ${status}`);
		});
	};

	const p95OfB = async () => {
		const took = [];
		const worker = async (worker) => {
			for (let call = 0; call < CALLS / CONCURRENCY; call++) {
				const began = performance.now();
				await put(healthy, `b-${worker}-${call}`);
				took.push(performance.now() - began);
			}
		};
		await Promise.all(Array.from({ length: CONCURRENCY }, (_, number) => worker(number)));
		return quantile(took, 0.95);
	};

	const besideA = async () => {
		const stop = new AbortController();
		const items = Array.from({ length: 50 }, (_, item) =>
			put(broken, `a-${item}`, stop.signal).catch(() => {}),
		);
		const p95 = await p95OfB();
		stop.abort();
		await Promise.all(items);
		return p95;
	};

	try {
		await p95OfB(); // Compiles and connects.
		await besideA();
		const alone = [];
		const beside = [];
		for (let run = 0; run < RUNS; run++) {
			alone.push(await p95OfB());
			beside.push(await besideA());
		}
		const ratios = beside.map((ms, run) => ms / alone[run]);
		const ms = (value) => Number(value.toFixed(2));
		const ratio = ms(quantile(ratios, 0.5));
		console.log(
			JSON.stringify(
				{
					p95AloneMs: ms(quantile(alone, 0.5)),
					p95BesideMs: ms(quantile(beside, 0.5)),
					ratio,
					goal: GOAL,
					runs: { alone: alone.map(ms), beside: beside.map(ms) },
				},
				undefined,
				1,
			),
		);
	} finally {
		servers.disconnect();
	}
}

await (process.argv[2] === 'servers' ? serve() : measure());
