// Files of 5 and 20 GiB (or of BENCH_LARGE_MIB) up and down through our node, against a Ceph gateway that
// keeps them on disk, with their content read back by others: curl reads what was stored, and the file
// that came down is read from the disk. Needs twice the size of the file on the disk of the temporary
// folder, and little memory. Prints JSON. Needs a build.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { Client as Minio } from 'minio';
import { startRadosgw } from '../servers/radosgw/start.ts';
import { root } from './engine.mjs';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const sizes = (process.env.BENCH_LARGE_MIB ?? '5120,20480').split(',').map(Number);

/** One size, with a gateway of its own: what it frees it would give back to the disk much later. */
async function measured(mib) {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-large-'));
	const bytes = mib * MIB;
	const gateway = await startRadosgw({ store: 'bluestore', bytes: 1.1 * bytes + 8192 * MIB });
	try {
		const { endpoint, accessKeyId, secretAccessKey, region } = gateway;
		const [bucket, key] = ['bench', 'file.bin'];
		const setting = { endpoint, accessKeyId, secretAccessKey, region, bucket, key, bytes };
		const client = new S3Client({
			endpoint,
			region,
			forcePathStyle: true,
			credentials: { accessKeyId, secretAccessKey },
		});
		await client.send(new CreateBucketCommand({ Bucket: bucket }));
		const node = async (direction) => {
			const script = path.join(root, 'test', 'bench', 'transferClient.mjs');
			const n8n = path.join(folder, direction);
			const given = JSON.stringify({ ...setting, made: true });
			const { stdout } = await run(
				process.execPath,
				['--no-warnings', '--expose-gc', script, 'ours', direction, given],
				{ env: { ...process.env, N8N_USER_FOLDER: n8n } },
			);
			await rm(n8n, { recursive: true, force: true });
			const cost = JSON.parse(stdout.trim().split('\n').at(-1));
			console.error(mib, direction, JSON.stringify(cost));
			return cost;
		};
		const up = await node('up');
		const { hostname, port } = new URL(endpoint);
		const signer = new Minio({
			...{ endPoint: hostname, port: Number(port), useSSL: false, region },
			...{ accessKey: accessKeyId, secretKey: secretAccessKey },
		});
		const url = await signer.presignedGetObject(bucket, key, 86_400);
		const pipe = 'set -o pipefail; curl -sS --fail "$0" | sha256sum';
		const { stdout } = await run('/bin/bash', ['-c', pipe, url]);
		const [stored] = stdout.split(' ');
		console.error(mib, 'stored', stored);
		const down = await node('down');
		if (up.sha256 !== stored) throw new Error(`${mib} MiB: what was stored is not what was sent`);
		if (down.sha256 !== stored) throw new Error(`${mib} MiB: what came is not what was stored`);
		return { mib, up, down };
	} finally {
		await gateway.stop();
		await rm(folder, { recursive: true, force: true });
	}
}

const rows = [];
for (const mib of sizes) rows.push(await measured(mib));
console.log(JSON.stringify({ name: 'large', rows }));
process.exit(0);
