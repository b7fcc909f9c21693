// One transfer of one contender in a process of its own; prints what it cost as one line of JSON.
// node transferClient.mjs <contender> <up|down> '{"endpoint", "accessKeyId", ..., "file", "key", "bytes"}'
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { pipeline } from 'node:stream/promises';
import { openEngine } from './engine.mjs';

const [contender, direction, given] = process.argv.slice(2);
const setting = JSON.parse(given);
const { endpoint, region, accessKeyId, secretAccessKey, bucket, key, file, bytes } = setting;
const require = createRequire(import.meta.url);

async function throughEngine(type, credential, parameters) {
	const engine = await openEngine();
	engine.credentials[credential.name] = credential.data;
	const node = { type, parameters, credentials: { [credential.name]: { id: 'c', name: 'c' } } };
	let items = [{ json: {} }];
	if (direction === 'up') {
		// Storing the file is not part of what is measured.
		const stored = await engine.storeFile(
			createReadStream(file),
			'file.bin',
			'application/octet-stream',
		);
		items = [{ json: {}, binary: { data: stored } }];
	}
	return async () => {
		const { run, outputs, errorOf } = await engine.run(node, { items });
		if (run.status !== 'success') throw errorOf('E') ?? new Error(run.status);
		const [[item] = []] = outputs('E');
		return direction === 'down' ? item?.binary?.data?.bytes : bytes;
	};
}

const ours = () =>
	throughEngine(
		'n8n-nodes-resilient.s3',
		{ name: 'resilientS3Api', data: { endpoint, region, accessKeyId, secretAccessKey } },
		{ resource: 'object', operation: direction === 'up' ? 'upload' : 'download', bucket, key },
	);

const builtIn = () =>
	throughEngine(
		'n8n-nodes-base.s3',
		{
			name: 's3',
			data: { endpoint, region, accessKeyId, secretAccessKey, forcePathStyle: true },
		},
		{
			resource: 'file',
			operation: direction === 'up' ? 'upload' : 'download',
			bucketName: bucket,
			...(direction === 'up' ? { fileName: key, binaryData: true } : { fileKey: key }),
			binaryPropertyName: 'data',
		},
	);

async function awsSdk() {
	const { S3Client, GetObjectCommand } = require('@aws-sdk/client-s3');
	const { Upload } = require('@aws-sdk/lib-storage');
	const client = new S3Client({
		endpoint,
		region,
		forcePathStyle: true,
		credentials: { accessKeyId, secretAccessKey },
	});
	if (direction === 'up')
		return async () => {
			const params = { Bucket: bucket, Key: key, Body: createReadStream(file) };
			await new Upload({ client, params }).done();
			return bytes;
		};
	return async () => {
		const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
		await pipeline(Body, createWriteStream(`${file}.sdk`));
		const { size } = await stat(`${file}.sdk`);
		await rm(`${file}.sdk`);
		return size;
	};
}

/** The floor: the same bytes over node:http to a presigned URL, one stream, nothing else. */
async function plainHttp() {
	const url = setting[direction === 'up' ? 'putUrl' : 'getUrl'];
	if (direction === 'up')
		return async () => {
			const request = http.request(url, { method: 'PUT', headers: { 'content-length': bytes } });
			const answered = once(request, 'response');
			await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), request);
			const [response] = await answered;
			response.resume();
			if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`);
			return bytes;
		};
	return async () => {
		const [response] = await once(http.get(url), 'response');
		await pipeline(response, createWriteStream(`${file}.http`));
		const { size } = await stat(`${file}.http`);
		await rm(`${file}.http`);
		return size;
	};
}

const peakRssMb = async () => {
	const status = await readFile('/proc/self/status', 'utf8');
	return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
};

const transfer = await { ours, builtIn, awsSdk, plainHttp }[contender]();
global.gc?.();
await new Promise((resolve) => setTimeout(resolve, 300));
const idleMb = Math.round(process.memoryUsage().rss / 1024 / 1024);
// From here on the peak counts, not that of loading n8n.
await import('node:fs').then(({ writeFileSync }) => writeFileSync('/proc/self/clear_refs', '5'));
const cpu = process.cpuUsage();
const startedAt = performance.now();
const moved = await transfer();
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpu);
if (moved !== bytes) throw new Error(`${contender} moved ${moved} of ${bytes} bytes`);
console.log(
	JSON.stringify({ seconds, cpu: (user + system) / 1e6, idleMb, peakMb: await peakRssMb() }),
);
process.exit(0);
