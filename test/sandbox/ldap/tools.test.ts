import { startLdapSandbox, type LdapSandbox } from '../../../sandbox/ldap/server.ts';
import { needs } from '../../needs';
import { Tools } from './tools.ts';

const BASE = 'dc=example,dc=org';
const ADA = `uid=ada,ou=people,${BASE}`;
let sandbox: LdapSandbox;
let tools: Tools;

beforeEach(async () => {
	sandbox = await startLdapSandbox({
		entries: [
			{ dn: `ou=people,${BASE}`, attributes: { objectClass: 'organizationalUnit' } },
			{
				dn: ADA,
				attributes: {
					objectClass: 'inetOrgPerson',
					cn: 'Ada Lovelace',
					sn: 'Lovelace',
					userPassword: 'analytical',
				},
			},
			{
				dn: `cn=mathematicians,${BASE}`,
				attributes: { objectClass: 'groupOfNames', member: ADA },
			},
		],
	});
	tools = new Tools(sandbox);
});

afterEach(async () => {
	tools.remove();
	await sandbox.stop();
});

needs('ldapsearch')('the programs of OpenLDAP', () => {
	test('ldapadd adds, ldapsearch finds by filter, with operational attributes on demand', async () => {
		const added = await tools.ldif(
			'ldapadd',
			`dn: uid=grace,ou=people,${BASE}\nobjectClass: inetOrgPerson\nuid: grace\ncn: Grace Hopper\nsn: Hopper\ntelephoneNumber: +1 555 0100\n`,
		);
		expect(added).toMatchObject({ code: 0 });
		const found = await tools.search(BASE, ['(telephoneNumber=+15550100)']);
		expect(found).toEqual([
			{
				dn: `uid=grace,ou=people,${BASE}`,
				objectClass: ['inetOrgPerson'],
				uid: ['grace'],
				cn: ['Grace Hopper'],
				sn: ['Hopper'],
				telephoneNumber: ['+1 555 0100'],
			},
		]);
		const [entry] = await tools.search(BASE, ['(uid=GRACE)', '+']);
		expect(entry).toMatchObject({
			structuralObjectClass: ['inetOrgPerson'],
			creatorsName: [`cn=admin,${BASE}`],
			entryUUID: [expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)],
			createTimestamp: [expect.stringMatching(/^\d{14}Z$/)],
		});
		expect(entry).not.toHaveProperty('cn');
	});

	test('the root DSE leads to the schema, which defines inetOrgPerson', async () => {
		const [root] = await tools.search('', ['-s', 'base', '+'], ['-x']);
		expect(root).toMatchObject({ namingContexts: [BASE], subschemaSubentry: ['cn=Subschema'] });
		const [schema] = await tools.search('cn=Subschema', ['-s', 'base', 'objectClasses']);
		const definition = [schema?.objectClasses ?? []]
			.flat()
			.find((one) => one.includes("'inetOrgPerson'"));
		expect(definition).toMatch(/SUP organizationalPerson STRUCTURAL/);
	});

	test('pages come one after the other and say when they end', async () => {
		const all = await tools.search(BASE, ['-E', 'pr=2/noprompt', '(objectClass=*)', '1.1']);
		expect(all.map(({ dn }) => dn).sort()).toEqual(sandbox.names().sort());
		const pages = sandbox.requests.filter(({ operation }) => operation === 'search');
		expect(pages.map(({ search }) => search?.pageSize)).toEqual([2, 2]);
	});

	test('ldapmodify adds, replaces and removes values; all changes or none', async () => {
		const changed = await tools.ldif(
			'ldapmodify',
			`dn: ${ADA}\nchangetype: modify\nadd: mail\nmail: a@example.org\nmail: b@example.org\n-\nreplace: sn\nsn: King\n-\ndelete: mail\nmail: A@EXAMPLE.ORG\n`,
		);
		expect(changed).toMatchObject({ code: 0 });
		expect(sandbox.read(ADA)).toMatchObject({ mail: ['b@example.org'], sn: ['King'] });
		const half = await tools.ldif(
			'ldapmodify',
			`dn: ${ADA}\nchangetype: modify\nreplace: sn\nsn: Byron\n-\ndelete: title\n`,
		);
		expect(half).toMatchObject({ code: 16 });
		expect(half.output).toContain('modify/delete: title: no such attribute');
		expect(sandbox.read(ADA)).toMatchObject({ sn: ['King'] });
		expect(sandbox.effectsOf(ADA)).toEqual({ adds: 0, modifies: 1, deletes: 0, renames: 0 });
	});

	test('ldapmodrdn renames and moves; memberships follow, and memberOf shows them', async () => {
		const moved = await tools.call('ldapmodrdn', ['-r', '-s', BASE, ADA, 'uid=ada king']);
		expect(moved).toMatchObject({ code: 0 });
		const [entry] = await tools.search(`uid=ada king,${BASE}`, ['-s', 'base', '*', 'memberOf']);
		expect(entry).toMatchObject({ uid: ['ada king'], memberOf: [`cn=mathematicians,${BASE}`] });
		expect(sandbox.read(`cn=mathematicians,${BASE}`)?.member).toEqual([`uid=ada king,${BASE}`]);
	});

	test('ldapdelete removes a leaf and refuses what has entries below it', async () => {
		const refused = await tools.call('ldapdelete', [`ou=people,${BASE}`]);
		expect(refused).toMatchObject({ code: 66 });
		expect(await tools.call('ldapdelete', [ADA])).toMatchObject({ code: 0 });
		expect(sandbox.read(ADA)).toBeUndefined();
	});

	test('ldapcompare, ldapwhoami and ldappasswd', async () => {
		expect((await tools.call('ldapcompare', [ADA, 'sn:LOVELACE'])).output).toContain('TRUE');
		expect((await tools.call('ldapcompare', [ADA, 'sn:Byron'])).output).toContain('FALSE');
		const ada = tools.as(ADA, 'analytical');
		expect((await tools.call('ldapwhoami', [], '', ada)).stdout.trim()).toBe(`dn:${ADA}`);
		const set = await tools.call('ldappasswd', ['-a', 'analytical', '-s', 'engine'], '', ada);
		expect(set).toMatchObject({ code: 0 });
		expect((await tools.call('ldapwhoami', [], '', ada)).code).toBe(49);
		expect((await tools.call('ldapwhoami', [], '', tools.as(ADA, 'engine'))).code).toBe(0);
		const made = await tools.call('ldappasswd', [ADA]);
		const password = /New password: (\S+)/.exec(made.stdout)?.[1] ?? '';
		expect((await tools.call('ldapwhoami', [], '', tools.as(ADA, password))).code).toBe(0);
	});

	test('STARTTLS and LDAPS with a certificate that only its own authority vouches for', async () => {
		expect(await tools.call('ldapwhoami', ['-ZZ'])).toMatchObject({ code: 0 });
		expect(sandbox.requests.at(-1)).toMatchObject({
			oid: '1.3.6.1.4.1.4203.1.11.3',
			encrypted: true,
		});
		const secure = new Tools({ ...sandbox, url: sandbox.tlsUrl });
		expect(await secure.call('ldapwhoami', [])).toMatchObject({ code: 0 });
		secure.remove();
		const stranger = new Tools({ ...sandbox, url: sandbox.tlsUrl, ca: undefined });
		expect((await stranger.call('ldapwhoami', [])).code).not.toBe(0);
		stranger.remove();
	});

	test('who is not the administrator may not write; nobody may bind without a password', async () => {
		const ada = tools.as(ADA, 'analytical');
		const change = `dn: cn=mathematicians,${BASE}\nchangetype: modify\nadd: description\ndescription: x\n`;
		expect((await tools.ldif('ldapmodify', change, ada)).code).toBe(50);
		expect((await tools.ldif('ldapmodify', change, ['-x'])).code).toBe(8);
		expect((await tools.call('ldapwhoami', [], '', tools.as(ADA, 'wrong'))).code).toBe(49);
		expect((await tools.call('ldapwhoami', [], '', tools.as(ADA, ''))).code).toBe(53);
	});
});
