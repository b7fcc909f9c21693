// Records created, and 300,000 of them moved in and out, against one org of ours for tests: our node and the
// built-in one in n8n's engine, and jsforce. Each in a process of its own; rounds are interleaved.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { root } from './engine.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const LATENCY_MS = 60;
const CREATES = 1_000;
const MANY = Number(process.env.BENCH_ROWS ?? 300_000);
const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-salesforce-'));
const csv = path.join(folder, 'in.csv');

async function writeCsv() {
	const out = createWriteStream(csv);
	out.write('Name,Industry,BillingCity,BillingCountry,Phone,Website,AnnualRevenue,Description\n');
	for (let n = 0; n < MANY; n++)
		if (
			!out.write(
				`Account ${n},Energy,Berlin,Germany,+49 30 ${n},https://example.org/${n},${n}.5,"One of ""very"" many, with a comma"\n`,
			)
		)
			await once(out, 'drain');
	await new Promise((resolve) => out.end(resolve));
}

/** @returns what it cost, and how many requests the org got: of what counts, and to ask for the state of jobs */
async function play(contender, count, org, share = 1) {
	org.requests.length = 0;
	const setting = { url: org.url, token: org.accessToken(), count: count / share, csv, folder };
	const child = spawn(
		process.execPath,
		[
			'--expose-gc',
			path.join(root, 'test/bench/salesforceClient.mjs'),
			contender,
			JSON.stringify(setting),
		],
		{
			stdio: ['ignore', 'pipe', process.env.BENCH_DEBUG ? 'inherit' : 'ignore'],
			env: { ...process.env, N8N_USER_FOLDER: path.join(folder, contender) },
		},
	);
	let out = '';
	child.stdout.on('data', (chunk) => (out += chunk));
	const [code] = await once(child, 'close');
	await rm(path.join(folder, contender), { recursive: true, force: true });
	const isPoll = ({ method, path: to }) =>
		method === 'GET' && /\/jobs\/(ingest|query)\/\w+$/.test(to);
	const polls = org.requests.filter(isPoll).length;
	// Asking for the versions of the API costs nothing of the day, and is done once in a process.
	const free = org.requests.filter(({ path: to }) => to === '/services/data').length;
	const calls = (org.requests.length - polls - free) * share;
	const line = out.trim().split('\n').at(-1) ?? '';
	if (code !== 0 || !line.startsWith('{')) return { failed: true, calls, polls };
	const cost = JSON.parse(line);
	return {
		...cost,
		seconds: cost.seconds * share,
		cpu: cost.cpu * share,
		calls,
		polls,
		estimated: share > 1,
	};
}

/** An org without records, or with those of an export. */
const orgWith = async (rows, latencyMs = 0) => {
	const org = await startSalesforceSandbox({ dailyApiRequests: 10_000_000 });
	org.latencyMs = latencyMs;
	// Events that nobody listens to.
	org.events.changes.enabled = false;
	for (let n = 0; n < rows; n++)
		org.store.insert('Account', {
			Name: `Account ${n}`,
			Industry: 'Energy',
			BillingCity: 'Berlin',
			BillingCountry: 'Germany',
			Phone: `+49 30 ${n}`,
			Website: `https://example.org/${n}`,
			AnnualRevenue: n + 0.5,
			Description: 'One of "very" many, with a comma',
		});
	return org;
};

const OURS = 'n8n-nodes-resilient';
const THEIRS = 'n8n-nodes-base Salesforce';
const parts = {
	creates: {
		count: CREATES,
		open: () => orgWith(0, LATENCY_MS),
		contenders: [
			[OURS, 'oursCreate'],
			// The time of 100 records, ten times: one after the other they take more than a minute.
			[THEIRS, 'builtInCreate', 10],
			['jsforce, collections', 'jsforceCreate'],
		],
	},
	tenThousand: {
		count: 10_000,
		open: () => orgWith(0),
		contenders: [
			[OURS, 'oursCreate'],
			[THEIRS, 'builtInCreate', 10],
			['jsforce, Bulk 2.0', 'jsforceBulk'],
		],
	},
	hundredThousand: {
		count: 100_000,
		open: () => orgWith(0),
		contenders: [
			[OURS, 'oursCreate'],
			['jsforce, Bulk 2.0', 'jsforceBulk'],
		],
	},
	ingest: {
		count: MANY,
		open: () => orgWith(0),
		contenders: [
			[`${OURS}, from a CSV file`, 'oursIngest'],
			['jsforce, Bulk 2.0, from an array', 'jsforceIngest'],
		],
	},
	export: {
		count: MANY,
		open: () => orgWith(MANY),
		contenders: [
			[`${OURS}, into a CSV file`, 'oursExport'],
			[`${THEIRS}, as items`, 'builtInExport'],
			['jsforce, Bulk 2.0, into a CSV file', 'jsforceExport'],
		],
	},
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const only = process.env.BENCH_PARTS?.split(',') ?? Object.keys(parts);

try {
	await writeCsv();
	const result = { rounds, latencyMs: LATENCY_MS, parts: {} };
	for (const part of only) {
		const { count, open, contenders } = parts[part];
		const costs = new Map();
		for (let round = 0; round < rounds; round++)
			for (const [name, contender, share] of contenders) {
				const org = await open();
				const cost = await play(contender, count, org, share);
				await org.close();
				console.error(`${round + 1}. ${part}: ${name}: ${JSON.stringify(cost)}`);
				costs.set(name, [...(costs.get(name) ?? []), cost]);
			}
		const rows = contenders.map(([name]) => {
			const list = costs.get(name);
			const done = list.filter(({ failed }) => !failed);
			const fields = Object.keys(done[0] ?? {}).filter(
				(field) => typeof done[0][field] === 'number',
			);
			const medians = fields.map((field) => [field, median(done.map((cost) => cost[field]))]);
			const { calls, polls } = list[0];
			return {
				...{ name, calls, polls, failed: list.length - done.length },
				...Object.fromEntries(medians),
				estimated: done[0]?.estimated ?? false,
			};
		});
		result.parts[part] = { count, rows };
	}
	console.log(JSON.stringify(result));
} finally {
	await rm(folder, { recursive: true, force: true });
}
