import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const main = path.resolve(__dirname, '../../../sandbox/s3/main.ts');
// Node 22.18 and later run TypeScript as it is; on older ones jest's own Node cannot start the file.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const typeScript = major > 22 || (major === 22 && minor >= 18);

(typeScript ? test : test.skip)('runs on its own and prints one line of JSON', async () => {
	const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
	const { endpoint, region, ...credentials } = JSON.parse(line) as {
		endpoint: string;
		region: string;
		accessKeyId: string;
		secretAccessKey: string;
	};
	expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
	expect((await client.send(new ListBucketsCommand({}))).$metadata.httpStatusCode).toBe(200);
	client.destroy();
	child.kill('SIGTERM');
	expect(await once(child, 'exit')).toEqual([0, null]);
});
