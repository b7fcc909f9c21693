import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'ldapts';

const main = path.resolve(__dirname, '../../../sandbox/ldap/main.ts');
// Node 22.18 and later run TypeScript as it is; on older ones jest's own Node cannot start the file.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const typeScript = major > 22 || (major === 22 && minor >= 18);

(typeScript ? test : test.skip).each(['openLdap', 'activeDirectory'])(
	'runs on its own as %s and prints one line of JSON',
	async (personality) => {
		const child = spawn(process.execPath, [main, '0', personality], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
		const { tlsUrl, ca, base, admin } = JSON.parse(line) as {
			tlsUrl: string;
			ca: string;
			base: string;
			admin: { dn: string; password: string };
		};
		expect(tlsUrl).toMatch(/^ldaps:\/\/127\.0\.0\.1:\d+$/);
		const client = new Client({ url: tlsUrl, tlsOptions: { ca } });
		await client.bind(admin.dn, admin.password);
		const { searchEntries } = await client.search(base, { scope: 'base' });
		expect(searchEntries).toMatchObject([{ dn: base }]);
		await client.unbind();
		child.kill('SIGTERM');
		expect(await once(child, 'exit')).toEqual([0, null]);
	},
);
