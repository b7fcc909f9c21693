// One file of 1 GiB (or BENCH_MIB) up and down, or (BENCH_PART=small) 10,000 small objects up, against one Ceph gateway:
// our node and both built-in ones in n8n's engine, the AWS SDK, minio, rclone, aws-cli, and plain HTTP.
// Rounds are interleaved, medians are shown. Above 4 GiB the objects lie on disk, the file is sparse, and
// only some take part: `npm run bench -- transfer --size 20GiB`.
import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
const large = bytes > 4096 * MIB;
const small = process.env.BENCH_PART === 'small';
const rounds = Number(process.env.BENCH_ROUNDS ?? (large ? 1 : 5));
const SMALL_OBJECTS = 10_000;
const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-'));
const file = path.join(folder, 'file.bin');

async function makeFile() {
	if (large) return await run('truncate', ['-s', String(bytes), file]);
	const out = createWriteStream(file);
	const block = randomBytes(MIB);
	for (let written = 0; written < bytes; written += MIB) {
		block.writeUInt32LE(written / MIB);
		if (!out.write(Buffer.from(block))) await once(out, 'drain');
	}
	out.end();
	await once(out, 'close');
}

const gateway = await startRadosgw(
	large ? { store: 'bluestore', bytes: 2 * bytes + 8192 * MIB } : { bytes: 12 * 1024 * MIB },
);
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
	count: SMALL_OBJECTS,
	dottedBucket: 'bench.dotted',
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

const node =
	(contender, share = 1) =>
	async (direction) => {
		const child = spawn(
			process.execPath,
			[
				'--expose-gc',
				path.join(root, 'test/bench/transferClient.mjs'),
				contender,
				direction,
				JSON.stringify({ ...setting, count: SMALL_OBJECTS / share }),
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
		const cost = JSON.parse(out.trim().split('\n').at(-1));
		if (direction !== 'small') return cost;
		return { ...cost, seconds: cost.seconds * share, cpu: cost.cpu * share, estimated: share > 1 };
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
const smallFiles = path.join(folder, 'small');
const rclone = async (direction) =>
	await command('/usr/bin/rclone', [
		'--config',
		rcloneConf,
		'--ignore-times',
		...(direction === 'small'
			? ['copy', '--transfers', '50', '--checkers', '50', smallFiles, `r:${setting.bucket}/rclone`]
			: [
					'copyto',
					...(direction === 'up' ? [file, 'r:bench/file.bin'] : ['r:bench/file.bin', local]),
				]),
	]);
const curl = async (direction) =>
	await command('/usr/bin/curl', [
		'-sS',
		'--fail',
		...(direction === 'up' ? ['-T', file, setting.putUrl] : ['-o', local, setting.getUrl]),
	]);

const UP = ['up'];
const BOTH = ['up', 'down'];
const ALL = ['up', 'down', 'small'];
const contenders = [
	['n8n-nodes-resilient', node('ours'), ALL],
	['… CRC32', node('oursCrc32'), UP],
	['… no check', node('oursNone'), UP],
	// The time of 1,000 objects, ten times.
	['n8n-nodes-base S3', node('builtIn', 10), ALL],
	['n8n-nodes-base AwsS3 v2', node('builtInAws', 10), ALL],
	['@aws-sdk', node('awsSdk'), ALL],
	['minio', node('minio'), ALL],
	['aws-cli', awsCli, BOTH],
	['rclone', rclone, ALL],
	['plain HTTP, curl', curl, BOTH],
	['unsigned, on 50 sockets', node('plainSockets'), ['small']],
].map(([name, act, directions]) => ({
	name,
	act,
	directions: directions.filter((direction) => (direction === 'small') === small),
}));
const AT_ANY_SIZE = ['n8n-nodes-resilient', '… no check', 'aws-cli', 'rclone'];
const taking = contenders.filter(({ name }) => !large || AT_ANY_SIZE.includes(name));

try {
	if (!small) await makeFile();
	const client = new S3Client({
		endpoint,
		region,
		forcePathStyle: true,
		credentials: { accessKeyId, secretAccessKey },
	});
	const makeBucket = async (Bucket) =>
		await client.send(new CreateBucketCommand({ Bucket, ACL: 'public-read-write' }));
	await makeBucket(setting.bucket);
	await makeBucket(setting.dottedBucket);
	await mkdir(smallFiles);
	for (let n = 0; small && n < SMALL_OBJECTS; n++)
		await writeFile(path.join(smallFiles, String(n)), Buffer.alloc(1024, 'x'));
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
	for (let round = 0; round < rounds; round++) {
		// To replace an object takes Ceph half as long again as to store a new one.
		if (small) await makeBucket((setting.bucket = `bench-${round + 1}`));
		for (const { name, act, directions } of taking)
			for (const direction of directions) {
				// One after the other they take minutes.
				if (small && round > 0 && name.startsWith('n8n-nodes-base')) continue;
				const result = await act(direction);
				((results[name] ??= {})[direction] ??= []).push(result);
				console.error(round + 1, name, direction, JSON.stringify(result));
				await collectGarbage();
			}
	}
	const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
	const FIELDS = ['seconds', 'cpu', 'idleMb', 'peakMb', 'loopMs', 'busyMs'];
	const medians = (list) =>
		list &&
		Object.fromEntries([
			...FIELDS.filter((field) => list[0][field] !== undefined).map((field) => [
				field,
				median(list.map((one) => one[field])),
			]),
			['estimated', list[0].estimated ?? false],
		]);
	const rows = Object.entries(results).map(([name, { up, down, small }]) => ({
		name,
		up: medians(up),
		down: medians(down),
		small: medians(small),
	}));
	const sizes = { mib: bytes / MIB, rounds, small: SMALL_OBJECTS, large };
	console.log(JSON.stringify({ name: 'transfer', ...sizes, rows }));
} finally {
	await gateway.stop();
	await rm(folder, { recursive: true, force: true });
}
