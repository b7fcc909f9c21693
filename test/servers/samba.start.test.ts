import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { needs } from '../needs';
import { startSamba, type Samba } from './samba/start.ts';

const execute = promisify(execFile);

needs(
	'/usr/sbin/samba',
	'samba-tool',
	'ldapsearch',
)('Samba as the tests start it', () => {
	let samba: Samba;
	let folder: string;
	const tool = async (program: string, url: string, ...args: string[]) => {
		const env = { ...process.env, LDAPTLS_CACERT: path.join(folder, 'ca') };
		return (await execute(program, ['-H', url, ...args], { env })).stdout;
	};

	beforeAll(async () => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'samba-client-'));
		samba = await startSamba();
		fs.writeFileSync(path.join(folder, 'ca'), samba.ca);
	}, 120_000);
	afterAll(async () => {
		await samba?.stop();
		fs.rmSync(folder, { recursive: true, force: true });
	});

	test('knows its administrator by each of the names, over verified TLS', async () => {
		const { admin, base, tlsUrl, url } = samba;
		for (const name of [admin.dn, admin.upn, admin.downLevelName]) {
			const search = ['-x', '-D', name, '-w', admin.password, '-LLL', '-s', 'base', '-b', base];
			await expect(tool('ldapsearch', tlsUrl, ...search)).resolves.toContain(`dn: ${base}`);
			await expect(tool('ldapsearch', url, '-ZZ', ...search)).resolves.toContain(`dn: ${base}`);
		}
		const wrong = tool('ldapsearch', tlsUrl, '-x', '-D', admin.upn, '-w', 'wrong', '-s', 'base');
		await expect(wrong).rejects.toThrow('data 52e');
	});

	test('writes without waiting for the disk, and comes back with what it had', async () => {
		const { admin, base, url } = samba;
		const signIn = ['-x', '-D', admin.upn, '-w', admin.password];
		const people = Array.from(
			{ length: 50 },
			(_, n) => `dn: CN=p${n},CN=Users,${base}\nobjectClass: user\nsAMAccountName: p${n}\n`,
		);
		fs.writeFileSync(path.join(folder, 'people'), people.join('\n'));
		await tool('ldapadd', url, ...signIn, '-f', path.join(folder, 'people'));
		await samba.restart('SIGTERM');
		const search = ['-LLL', '-b', base, '(sAMAccountName=p49)', 'objectSid'];
		await expect(tool('ldapsearch', url, ...signIn, ...search)).resolves.toContain('CN=p49');
	});
});
