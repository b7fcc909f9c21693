import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { needs } from '../needs';
import { startSlapd, type Slapd } from './slapd/start.ts';

const execute = promisify(execFile);

needs('/usr/sbin/slapd', 'ldapsearch')('slapd as the tests start it', () => {
	let slapd: Slapd;
	let folder: string;
	const file = (name: string) => path.join(folder, name);
	const tool = async (program: string, url: string, ...args: string[]) => {
		const env = {
			...process.env,
			LDAPTLS_CACERT: file('ca'),
			LDAPTLS_CERT: file('cert'),
			LDAPTLS_KEY: file('key'),
		};
		return (await execute(program, ['-H', url, ...args], { env })).stdout;
	};
	const simple = (dn: string, password: string) => ['-x', '-D', dn, '-w', password];

	beforeAll(async () => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'slapd-client-'));
		const people = Array.from(
			{ length: 1_200 },
			(_, n) =>
				`dn: uid=p${n},ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: p${n}\ncn: P ${n}\nsn: P\n`,
		);
		slapd = await startSlapd({ ldif: people.join('\n'), unique: ['mail'] });
		fs.writeFileSync(file('ca'), slapd.ca);
		fs.writeFileSync(file('cert'), slapd.client.cert);
		fs.writeFileSync(file('key'), slapd.client.key);
	}, 60_000);
	afterAll(async () => {
		await slapd?.stop();
		fs.rmSync(folder, { recursive: true, force: true });
	});

	test('knows its administrator by password over TLS and by client certificate', async () => {
		const { admin, url, tlsUrl } = slapd;
		const secret = simple(admin.dn, admin.password);
		await expect(tool('ldapwhoami', tlsUrl, ...secret)).resolves.toBe(`dn:${admin.dn}\n`);
		await expect(tool('ldapwhoami', url, '-ZZ', ...secret)).resolves.toBe(`dn:${admin.dn}\n`);
		const external = await tool('ldapwhoami', tlsUrl, '-Q', '-Y', 'EXTERNAL');
		expect(external).toBe(`dn:${admin.dn}\n`);
		await expect(tool('ldapwhoami', url, ...simple(admin.dn, 'wrong'))).rejects.toThrow('(49)');
	});

	test.each(['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])(
		'knows its user by %s',
		async (mechanism) => {
			const { url, user } = slapd;
			const signIn = ['-Q', '-O', 'none', '-Y', mechanism, '-U', user.uid, '-w'];
			const known = await tool('ldapwhoami', url, ...signIn, user.password);
			expect(known).toBe(`dn:${user.dn}\n`);
			await expect(tool('ldapwhoami', url, ...signIn, 'wrong')).rejects.toThrow('(49)');
		},
	);

	test('has the entries it was given, and limits for those who are no administrators', async () => {
		const { url, admin, base } = slapd;
		const count = async (...args: string[]) => {
			const search = ['-LLL', '-b', base, '(objectClass=inetOrgPerson)', '1.1'];
			const found = await tool('ldapsearch', url, ...args, ...search).catch(
				(error: { stdout: string }) => error.stdout,
			);
			return found.split('\n').filter((line) => line.startsWith('dn:')).length;
		};
		expect(await count(...simple(admin.dn, admin.password))).toBe(1_201);
		expect(await count(...simple(`cn=limited,${base}`, 'secret'))).toBe(500);
		expect(await count(...simple(`cn=hardlimited,${base}`, 'secret'))).toBe(1_000);
	});

	test('comes back at the same port with what it had', async () => {
		const { url, admin, base } = slapd;
		const secret = simple(admin.dn, admin.password);
		const change = `dn: uid=alice,ou=people,${base}\nchangetype: modify\nreplace: mail\nmail: a@example.org\n`;
		fs.writeFileSync(file('change'), change);
		await tool('ldapmodify', url, ...secret, '-f', file('change'));
		await slapd.restart('SIGTERM');
		const found = await tool('ldapsearch', url, '-x', '-LLL', '-b', base, '(uid=alice)', 'mail');
		expect(found).toContain('mail: a@example.org');
		fs.writeFileSync(file('change'), change.replace('uid=alice', 'uid=p1'));
		const twice = tool('ldapmodify', url, ...secret, '-f', file('change'));
		await expect(twice).rejects.toThrow('Constraint violation (19)');
	});
});
