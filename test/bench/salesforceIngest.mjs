// What it costs this process to write many records by the Bulk API, and to read what became of them.
// The org is a process of its own. Prints one line of JSON for each way.
// node --expose-gc test/bench/salesforceIngest.mjs [rows]
import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { measured } from './measured.mjs';

const require = createRequire(import.meta.url);
const root = new URL('../../', import.meta.url).pathname;
const dist = (path) => require(join(root, 'dist/nodes/Salesforce', path));
const COUNT = Number(process.argv[2] ?? 300_000);
const WARM_UP = 20_000;

async function startOrg() {
	const child = spawn(process.execPath, [join(root, 'sandbox/salesforce/main.ts')], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	for await (const line of createInterface({ input: child.stdout }))
		return { ...JSON.parse(line), stop: () => child.kill() };
}

function connected({ url, accessToken }) {
	const { connect } = dist('transport/connect.js');
	return connect(
		{
			myDomain: url,
			grantType: 'pkce',
			apiVersion: '68.0',
			oauthTokenData: { access_token: accessToken, instance_url: url },
		},
		{
			owner: `bench ${url}`,
			signal: new AbortController().signal,
			maxAttempts: 5,
			deadlineMs: 900_000,
			onOutage: 'wait',
		},
	);
}

const fieldsOf = (n) => ({
	Name: `Account ${n}`,
	Site: `Site ${n % 100}`,
	Phone: `+49 40 ${n}`,
	Industry: 'Banking',
	NumberOfEmployees: n % 5_000,
	Description: `Made for a measurement, the row number ${n} of ${COUNT}`,
	BillingCity: 'Hamburg',
	AnnualRevenue: n * 1.5,
});

/** As items of a run come: they are there before, and are not part of what is measured. */
async function byRecords(org) {
	const { writeRecords } = dist('transport/records/writeRecords.js');
	const rows = Array.from({ length: COUNT }, (_, n) => ({
		object: 'Account',
		fields: fieldsOf(n),
	}));
	const client = connected(org);
	// A host that has worked before: any work makes V8 enlarge the space for what is short-lived.
	await writeRecords(client, 'create', rows.slice(0, WARM_UP));
	return await measured(async () => {
		const outcomes = await writeRecords(client, 'create', rows);
		return outcomes.filter((outcome) => outcome instanceof Error).length;
	});
}

async function byFile(org) {
	const folder = await mkdtemp(join(tmpdir(), 'ingest-'));
	try {
		const file = join(folder, 'rows.csv');
		const names = Object.keys(fieldsOf(0));
		function* lines() {
			yield `${names.join()}\n`;
			for (let n = 0; n < COUNT; n++)
				yield `${Object.values(fieldsOf(n)).join()}\n`.replace(', the', ' the');
		}
		await pipeline(Readable.from(lines()), createWriteStream(file));
		const { submit } = dist('actions/job/submit.operation.js');
		const { getResults } = dist('actions/job/getResults.operation.js');
		const item = {
			open: async () => ({ content: { path: file }, mimeType: 'text/csv' }),
			save: async (body) => {
				await pipeline(body, createWriteStream(join(folder, 'results.csv')));
				return { data: '', mimeType: 'text/csv' };
			},
		};
		const client = connected(org);
		const given = {
			object: 'Account',
			jobOperation: 'insert',
			binaryPropertyName: 'data',
			wait: true,
		};
		let jobId = '';
		const sent = await measured(async () => {
			const [job] = await submit.execute(client, { ...given, options: {} }, item);
			jobId = job.id;
			return job.numberRecordsFailed;
		});
		const wanted = { jobId, results: 'successful', returnAll: true, output: 'csv' };
		const read = await measured(async () => {
			await getResults.execute(client, wanted, item);
			let count = 0;
			for await (const chunk of createReadStream(join(folder, 'results.csv')))
				for (const byte of chunk) if (byte === 10) count++;
			return count - 1;
		});
		return { sent, read };
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

const shown = ({ seconds, idleMb, peakMb, loopMs, result }) => ({
	seconds: Number(seconds.toFixed(1)),
	overIdleMb: peakMb - idleMb,
	idleMb,
	loopMs,
	result,
});

for (const way of [byFile, byRecords]) {
	const org = await startOrg();
	try {
		const costs = await way(org);
		const all = 'sent' in costs ? costs : { sent: costs };
		for (const [part, cost] of Object.entries(all))
			console.log(JSON.stringify({ way: way.name, part, rows: COUNT, ...shown(cost) }));
	} finally {
		org.stop();
	}
}
