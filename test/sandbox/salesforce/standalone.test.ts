import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Connection } from 'jsforce';

const main = path.resolve(__dirname, '../../../sandbox/salesforce/main.ts');
// Node 22.18 and later run TypeScript as it is; on older ones jest's own Node cannot start the file.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const typeScript = major > 22 || (major === 22 && minor >= 18);

(typeScript ? test : test.skip)('runs on its own and prints one line of JSON', async () => {
	const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
	const { url, accessToken } = JSON.parse(line) as { url: string; accessToken: string };
	const client = new Connection({ instanceUrl: url, accessToken, version: '68.0' });
	expect(await client.query('SELECT IsSandbox FROM Organization')).toMatchObject({
		records: [{ IsSandbox: true }],
	});
	child.kill('SIGTERM');
	expect(await once(child, 'exit')).toEqual([0, null]);
});
