// 25,000 and 250,000 (BENCH_OBJECTS) objects listed into a file, found by a pattern, and deleted as a
// folder: requests and memory. The other side is our S3 server for tests, which takes a quarter of a
// million objects in no time; Ceph would take minutes for them. Prints JSON. Needs a build.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { defaultAccount, startS3Sandbox } from '../../sandbox/s3/server.ts';
import { bundled, root } from './engine.mjs';

const run = promisify(execFile);
const most = Number(process.env.BENCH_OBJECTS ?? 250_000);
const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-'));
const { clientOf } = await bundled('test/S3/clientOf.ts');
const { stock } = await bundled('test/S3/stock.ts');

const sandbox = await startS3Sandbox();
const client = clientOf(sandbox);
const credential = { endpoint: sandbox.endpoint, region: 'us-east-1', ...defaultAccount };
await client.call({ operation: 'CreateBucket', method: 'PUT', bucket: 'bench' }, () => {});

const keys = (count) =>
	Array.from(
		{ length: count },
		(_, n) =>
			`f/${String(n % 97).padStart(2, '0')}/2026-11/object-${String(n).padStart(6, '0')}.csv`,
	);

const ours = (parameters) => async (count) => {
	const setting = { credential, parameters: { bucket: 'bench', ...parameters }, count };
	const script = path.join(root, 'test', 'bench', 'listingClient.mjs');
	const { stdout } = await run(
		process.execPath,
		['--no-warnings', '--expose-gc', script, JSON.stringify(setting)],
		{ env: { ...process.env, N8N_USER_FOLDER: path.join(folder, 'n8n') } },
	);
	return JSON.parse(stdout.trim().split('\n').at(-1));
};

/** A command-line client under /usr/bin/time, which knows its CPU time and peak memory. */
const command = (program, args, env) => async () => {
	const startedAt = performance.now();
	const { stderr } = await run('/usr/bin/time', ['-f', '%U %S %M', program, ...args], {
		env: { ...process.env, AWS_CA_BUNDLE: undefined, ...env },
		maxBuffer: 2 ** 28,
	});
	const [user, system, kib] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
	const seconds = (performance.now() - startedAt) / 1_000;
	return { seconds, cpu: user + system, peakMb: Math.round(kib / 1024) };
};
const rcloneConf = path.join(folder, 'rclone.conf');
await writeFile(
	rcloneConf,
	`[r]\ntype = s3\nprovider = Other\naccess_key_id = ${defaultAccount.accessKeyId}\nsecret_access_key = ${defaultAccount.secretAccessKey}\nendpoint = ${sandbox.endpoint}\n`,
);
const aws = {
	AWS_ACCESS_KEY_ID: defaultAccount.accessKeyId,
	AWS_SECRET_ACCESS_KEY: defaultAccount.secretAccessKey,
	AWS_DEFAULT_REGION: 'us-east-1',
	AWS_EC2_METADATA_DISABLED: 'true',
};

const list = { resource: 'object', operation: 'getMany', returnAll: true, prefix: 'f/' };
const search = { resource: 'object', operation: 'search', returnAll: true, output: 'ndjson' };
const tasks = {
	'list into NDJSON': ours({ ...list, output: 'ndjson' }),
	'list into CSV': ours({ ...list, output: 'csv' }),
	'search `f/**/*.csv`': ours({ ...search, pattern: 'f/**/*.csv' }),
	'rclone lsf': command('/usr/bin/rclone', [
		'--config',
		rcloneConf,
		'lsf',
		'-R',
		'--fast-list',
		'r:bench',
	]),
	'aws s3 ls': command(
		'/usr/bin/aws',
		['--endpoint-url', sandbox.endpoint, 's3', 'ls', '--recursive', 's3://bench/f/'],
		aws,
	),
	'delete folder': ours({ resource: 'folder', operation: 'delete', what: 'folder', folder: 'f' }),
};

const rows = [];
try {
	for (const count of [Math.round(most / 10), most]) {
		await stock(sandbox, client, 'bench', keys(count));
		for (const [name, task] of Object.entries(tasks)) {
			if (count < most && /^(rclone|aws)/.test(name)) continue;
			sandbox.requests.length = 0;
			const result = await task(count);
			// Without those before the measurement.
			const requests = sandbox.requests.filter(({ query }) => query.prefix !== 'nothing').length;
			rows.push({ name, count, requests, ...result });
			console.error(name, count, requests, JSON.stringify(result));
		}
		const left = sandbox.buckets.get('bench').objects.size;
		if (left > 0) throw new Error(`${left} objects were not deleted`);
	}
	console.log(JSON.stringify({ name: 'listing', rows }));
} finally {
	await sandbox.close();
	await rm(folder, { recursive: true, force: true });
}
