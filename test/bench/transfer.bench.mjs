// 1 GiB (or BENCH_MIB) up and down against one Ceph gateway: our node and the built-in one in n8n's
// engine, the AWS SDK, rclone, aws-cli, and plain HTTP. Rounds are interleaved, medians are shown.
import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { S3Client, CreateBucketCommand } from '@aws-sdk/client-s3';
import { Client as Minio } from 'minio';
import { startRadosgw } from '../servers/radosgw/start.ts';
import { root } from './engine.mjs';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const bytes = Number(process.env.BENCH_MIB ?? 1024) * MIB;
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-'));
const file = path.join(folder, 'file.bin');

async function writeFile_() {
	const out = createWriteStream(file);
	const block = randomBytes(MIB);
	for (let written = 0; written < bytes; written += MIB) {
		block.writeUInt32LE(written / MIB);
		if (!out.write(Buffer.from(block))) await once(out, 'drain');
	}
	out.end();
	await once(out, 'close');
}

const gateway = await startRadosgw({ bytes: 12 * 1024 * MIB });
const { endpoint, accessKeyId, secretAccessKey, region } = gateway;
const setting = {
	endpoint,
	accessKeyId,
	secretAccessKey,
	region,
	bucket: 'bench',
	key: 'file.bin',
	file,
	bytes,
};
const collectGarbage = () =>
	run('radosgw-admin', ['-c', gateway.configuration, 'gc', 'process', '--include-all']);

/** A command-line client under /usr/bin/time, which knows its CPU time and peak memory. */
async function command(program, args, env = {}) {
	const startedAt = performance.now();
	const { stderr } = await run('/usr/bin/time', ['-f', '%U %S %M', program, ...args], {
		env: { ...process.env, ...env },
	});
	const [user, system, kib] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
	return {
		seconds: (performance.now() - startedAt) / 1000,
		cpu: user + system,
		peakMb: Math.round(kib / 1024),
	};
}

const node = (contender) => async (direction) => {
	const child = spawn(
		process.execPath,
		[
			'--expose-gc',
			path.join(root, 'test/bench/transferClient.mjs'),
			contender,
			direction,
			JSON.stringify(setting),
		],
		{
			stdio: ['ignore', 'pipe', 'inherit'],
			env: { ...process.env, N8N_USER_FOLDER: path.join(folder, `n8n-${contender}`) },
		},
	);
	let out = '';
	child.stdout.on('data', (chunk) => (out += chunk));
	const [code] = await once(child, 'close');
	await rm(path.join(folder, `n8n-${contender}`), { recursive: true, force: true });
	if (code !== 0) throw new Error(`${contender} ${direction} ended with ${code}`);
	return JSON.parse(out.trim().split('\n').at(-1));
};

const credentials = {
	AWS_ACCESS_KEY_ID: accessKeyId,
	AWS_SECRET_ACCESS_KEY: secretAccessKey,
	AWS_DEFAULT_REGION: region,
	AWS_EC2_METADATA_DISABLED: 'true',
	AWS_CA_BUNDLE: '',
};
delete process.env.AWS_CA_BUNDLE;
delete credentials.AWS_CA_BUNDLE;
const rcloneConf = path.join(folder, 'rclone.conf');
await writeFile(
	rcloneConf,
	`[r]\ntype = s3\nprovider = Ceph\naccess_key_id = ${accessKeyId}\nsecret_access_key = ${secretAccessKey}\nendpoint = ${endpoint}\n`,
);
const local = path.join(folder, 'down.bin');
const awsCli = async (direction) =>
	await command(
		'/usr/bin/aws',
		[
			'--endpoint-url',
			endpoint,
			's3',
			'cp',
			'--no-progress',
			...(direction === 'up' ? [file, 's3://bench/file.bin'] : ['s3://bench/file.bin', local]),
		],
		credentials,
	);
const rclone = async (direction) =>
	await command('/usr/bin/rclone', [
		'--config',
		rcloneConf,
		'copyto',
		'--ignore-times',
		...(direction === 'up' ? [file, 'r:bench/file.bin'] : ['r:bench/file.bin', local]),
	]);
const curl = async (direction) =>
	await command('/usr/bin/curl', [
		'-sS',
		'--fail',
		...(direction === 'up' ? ['-T', file, setting.putUrl] : ['-o', local, setting.getUrl]),
	]);

const contenders = {
	'n8n-nodes-resilient, in n8n-core': node('ours'),
	'n8n-nodes-base S3, in n8n-core': node('builtIn'),
	'@aws-sdk/lib-storage and GetObject': node('awsSdk'),
	'aws-cli': awsCli,
	rclone,
	'plain HTTP, node:http': node('plainHttp'),
	'plain HTTP, curl': curl,
};

try {
	await writeFile_();
	const client = new S3Client({
		endpoint,
		region,
		forcePathStyle: true,
		credentials: { accessKeyId, secretAccessKey },
	});
	await client.send(new CreateBucketCommand({ Bucket: 'bench' }));
	const { hostname, port } = new URL(endpoint);
	const signer = new Minio({
		endPoint: hostname,
		port: Number(port),
		useSSL: false,
		accessKey: accessKeyId,
		secretKey: secretAccessKey,
		region,
	});
	setting.putUrl = await signer.presignedPutObject('bench', 'file.bin', 86_400);
	setting.getUrl = await signer.presignedGetObject('bench', 'file.bin', 86_400);
	const results = {};
	for (let round = 0; round < rounds; round++)
		for (const [name, contender] of Object.entries(contenders))
			for (const direction of ['up', 'down']) {
				const result = await contender(direction);
				((results[name] ??= {})[direction] ??= []).push(result);
				console.error(round + 1, name, direction, JSON.stringify(result));
				await collectGarbage();
			}
	const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
	const column = (list, field) =>
		list[0][field] === undefined ? undefined : median(list.map((one) => one[field]));
	console.log(
		JSON.stringify({
			name: 'transfer',
			mib: bytes / MIB,
			rounds,
			rows: Object.entries(results).map(([name, { up, down }]) => ({
				name,
				up: Object.fromEntries(
					['seconds', 'cpu', 'idleMb', 'peakMb'].map((field) => [field, column(up, field)]),
				),
				down: Object.fromEntries(
					['seconds', 'cpu', 'idleMb', 'peakMb'].map((field) => [field, column(down, field)]),
				),
			})),
		}),
	);
} finally {
	await gateway.stop();
	await rm(folder, { recursive: true, force: true });
}
