// One transfer of one contender in a process of its own; prints what it cost as one line of JSON. With
// "made" the content is made up here, and its SHA-256 is printed as well.
// node transferClient.mjs <contender> <up|down|small> '{"endpoint", "accessKeyId", ..., "file", "key", "bytes"}'
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openEngine } from './engine.mjs';

const [contender, direction, given] = process.argv.slice(2);
const setting = JSON.parse(given);
const { endpoint, region, accessKeyId, secretAccessKey, bucket, key, file, bytes, count } = setting;
const require = createRequire(import.meta.url);
const SMALL = Buffer.alloc(1024, 'x');
const upload = direction !== 'down';
const hash = createHash('sha256');
// Each block is another one: parts in the wrong order would not go unnoticed.
function* madeUp(block = randomBytes(1024 * 1024)) {
	for (let at = 0; at < bytes; at += block.length) {
		block.writeUInt32LE(at / block.length);
		const piece = Buffer.from(block);
		hash.update(piece);
		yield piece;
	}
}
const source = () => (setting.made ? Readable.from(madeUp()) : createReadStream(file));
/** The content of a file that came, once the transfer has been measured. */
let received;

async function throughEngine({ type, typeVersion = 1, credential, parameters, builtIn = true }) {
	const engine = await openEngine({ builtIn });
	engine.credentials[credential.name] = credential.data;
	const node = {
		type,
		typeVersion,
		parameters,
		credentials: { [credential.name]: { id: 'c', name: 'c' } },
	};
	// Storing the files is not part of what is measured.
	const store = async (content) =>
		await engine.storeFile(content, 'file.bin', 'application/octet-stream');
	const items = [];
	if (direction === 'down') items.push({ json: {} });
	if (direction === 'up') items.push({ json: {}, binary: { data: await store(source()) } });
	if (direction === 'small')
		for (let n = 0; n < count; n++)
			items.push({ json: { n }, binary: { data: await store(SMALL) } });
	return async () => {
		const { run, outputs, errorOf } = await engine.run(node, { items });
		if (run.status !== 'success') throw errorOf('E') ?? new Error(run.status);
		const [rows = []] = outputs('E');
		if (rows.length !== items.length) throw new Error(`${rows.length} rows`);
		const { id, bytes: size } = rows[0]?.binary?.data ?? {};
		received = () => createReadStream(engine.files.getPath(id));
		return direction === 'down' ? size : bytes;
	};
}

const ours =
	(integrity = 'automatic') =>
	async () =>
		await throughEngine({
			type: 'n8n-nodes-resilient.s3',
			builtIn: false,
			credential: {
				name: 'resilientS3Api',
				data: { endpoint, region, accessKeyId, secretAccessKey },
			},
			parameters: {
				resource: 'object',
				operation: upload ? 'upload' : 'download',
				bucket,
				key: direction === 'small' ? '=ours/{{ $json.n }}' : key,
				options: upload ? { integrity } : {},
				...(direction === 'small' && { resilience: { concurrency: 50 } }),
			},
		});

const fileOperation = (name) => ({
	resource: 'file',
	operation: upload ? 'upload' : 'download',
	bucketName: bucket,
	[upload ? 'fileName' : 'fileKey']: direction === 'small' ? `=${name}/{{ $json.n }}` : key,
	...(upload && { binaryData: true }),
	binaryPropertyName: 'data',
});

const builtIn = () =>
	throughEngine({
		type: 'n8n-nodes-base.s3',
		credential: {
			name: 's3',
			data: { endpoint, region, accessKeyId, secretAccessKey, forcePathStyle: true },
		},
		parameters: fileOperation('s3'),
	});

// It takes another endpoint than Amazon's only for buckets with a dot in their name.
const builtInAws = () =>
	throughEngine({
		type: 'n8n-nodes-base.awsS3',
		typeVersion: 2,
		credential: {
			name: 'aws',
			data: { region, accessKeyId, secretAccessKey, customEndpoints: true, s3Endpoint: endpoint },
		},
		parameters: {
			...fileOperation('aws'),
			bucketName: setting.dottedBucket,
			authentication: 'iam',
		},
	});

async function awsSdk() {
	const { S3Client, GetObjectCommand, PutObjectCommand } = require('@aws-sdk/client-s3');
	const { Upload } = require('@aws-sdk/lib-storage');
	const client = new S3Client({
		endpoint,
		region,
		forcePathStyle: true,
		credentials: { accessKeyId, secretAccessKey },
	});
	if (direction === 'small')
		return async () => {
			await fifty(async (n) => {
				await client.send(new PutObjectCommand({ Bucket: bucket, Key: `sdk/${n}`, Body: SMALL }));
			});
			return bytes;
		};
	if (direction === 'up')
		return async () => {
			const params = { Bucket: bucket, Key: key, Body: createReadStream(file) };
			await new Upload({ client, params }).done();
			return bytes;
		};
	return async () => {
		const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
		return await toDisk(Body);
	};
}

async function minio() {
	const { Client } = require('minio');
	const { hostname, port } = new URL(endpoint);
	const client = new Client({
		endPoint: hostname,
		port: Number(port),
		useSSL: false,
		accessKey: accessKeyId,
		secretKey: secretAccessKey,
		region,
	});
	if (direction === 'small')
		return async () => {
			await fifty(async (n) => void (await client.putObject(bucket, `minio/${n}`, SMALL)));
			return bytes;
		};
	if (direction === 'up')
		return async () => {
			await client.fPutObject(bucket, key, file);
			return bytes;
		};
	return async () => await toDisk(await client.getObject(bucket, key));
}

/**
 * The floor: requests without a signature, to a bucket that anybody may write to, on fifty sockets. What is
 * left is what the gateway itself takes.
 */
const plainSockets = async () => async () => {
	const { hostname, port } = new URL(endpoint);
	let next = 0;
	const worker = async () => {
		const socket = connect({ host: hostname, port: Number(port), noDelay: true });
		await once(socket, 'connect');
		while (next < count) {
			const head = `PUT /${bucket}/plain/${next++} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 1024\r\n\r\n`;
			socket.write(Buffer.concat([Buffer.from(head), SMALL]));
			const [answer] = await once(socket, 'data');
			if (!answer.toString().startsWith('HTTP/1.1 200')) throw new Error(answer.toString());
		}
		socket.destroy();
	};
	await Promise.all(Array.from({ length: 50 }, worker));
	return bytes;
};

async function toDisk(body) {
	const target = `${file}.${contender}`;
	await pipeline(body, createWriteStream(target));
	const { size } = await stat(target);
	await rm(target);
	return size;
}

async function fifty(put) {
	let next = 0;
	const worker = async () => {
		while (next < count) await put(next++);
	};
	await Promise.all(Array.from({ length: 50 }, worker));
}

const peakRssMb = async () => {
	const status = await readFile('/proc/self/status', 'utf8');
	return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
};

/** The longest that the event loop was held up: by the clock, and what of it this thread computed. */
function watchLoop() {
	const delay = monitorEventLoopDelay({ resolution: 5 });
	delay.enable();
	let busy = 0;
	let before = Infinity;
	const timer = setInterval(() => {
		const { user, system } = process.threadCpuUsage();
		const now = (user + system) / 1000;
		busy = Math.max(busy, now - before);
		before = now;
	}, 5);
	return () => {
		clearInterval(timer);
		delay.disable();
		return { loopMs: Math.round(delay.max / 1e6), busyMs: Math.round(busy) };
	};
}

const contenders = {
	ours: ours(),
	oursCrc32: ours('crc32'),
	oursNone: ours('none'),
	builtIn,
	builtInAws,
	awsSdk,
	minio,
	plainSockets,
};
const transfer = await contenders[contender]();
global.gc?.();
await new Promise((resolve) => setTimeout(resolve, 300));
const idleMb = Math.round(process.memoryUsage().rss / 1024 / 1024);
// From here on the peak counts, not that of loading n8n.
writeFileSync('/proc/self/clear_refs', '5');
const stopWatching = watchLoop();
const cpu = process.cpuUsage();
const startedAt = performance.now();
const moved = await transfer();
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpu);
if (moved !== bytes) throw new Error(`${contender} moved ${moved} of ${bytes} bytes`);
const cost = { seconds, cpu: (user + system) / 1e6, idleMb, peakMb: await peakRssMb() };
const watched = stopWatching();
if (setting.made && direction === 'down') await pipeline(received(), hash, { end: false });
const sha256 = setting.made ? { sha256: hash.digest('hex') } : {};
console.log(JSON.stringify({ ...cost, ...watched, ...sha256 }));
process.exit(0);
