import { startLdapSandbox, type LdapSandbox } from '../../../sandbox/ldap/server.ts';
import { needs } from '../../needs';
import { Tools } from './tools.ts';

const BASE = 'DC=corp,DC=example';
const ADA = `CN=Ada Lovelace,OU=People,${BASE}`;
const STAFF = `CN=Staff,OU=People,${BASE}`;
let sandbox: LdapSandbox;
let tools: Tools;
let now = new Date('2026-11-24T12:00:00Z');

const password = (text: string) => Buffer.from(`"${text}"`, 'utf16le').toString('base64');
const modify = (dn: string, ...changes: string[]) =>
	tools.ldif('ldapmodify', `dn: ${dn}\nchangetype: modify\n${changes.join('\n')}\n`);
const fileTime = (day: string) => (BigInt(Date.parse(day)) + 11_644_473_600_000n) * 10_000n;
const signsIn = async (name: string, secret: string) => {
	const { code, output } = await tools.call('ldapwhoami', [], '', tools.as(name, secret));
	return code === 0 ? 'yes' : (/data (\w+),/.exec(output)?.[1] ?? output);
};

beforeEach(async () => {
	now = new Date('2026-11-24T12:00:00Z');
	sandbox = await startLdapSandbox({
		personality: 'activeDirectory',
		maxPageSize: 10,
		maxValRange: 7,
		lockoutThreshold: 3,
		now: () => now,
		entries: [
			{ dn: `OU=People,${BASE}`, attributes: { objectClass: 'organizationalUnit' } },
			{
				dn: ADA,
				attributes: {
					objectClass: 'user',
					sAMAccountName: 'ada',
					userPrincipalName: 'ada@corp.example',
					userAccountControl: '512',
					unicodePwd: Buffer.from('"Engine-1842"', 'utf16le'),
				},
			},
			{ dn: STAFF, attributes: { objectClass: 'group', sAMAccountName: 'staff', member: ADA } },
		],
	});
	tools = new Tools({ ...sandbox, url: sandbox.tlsUrl });
	sandbox.requests.length = 0;
});

afterEach(async () => {
	tools.remove();
	await sandbox.stop();
});

needs('ldapsearch')('the sandbox as Active Directory', () => {
	test('binds by DN, principal name and DOMAIN\\account, and says why it refuses others', async () => {
		for (const name of [ADA, 'ada@corp.example', 'CORP\\ada', 'ADA@CORP.EXAMPLE']) {
			expect(await signsIn(name, 'Engine-1842')).toBe('yes');
		}
		expect(await signsIn('ada@corp.example', 'wrong')).toBe('52e');
		expect(await signsIn('nobody@corp.example', 'x')).toBe('52e');
		await modify(ADA, 'replace: userAccountControl', 'userAccountControl: 514');
		expect(await signsIn(ADA, 'Engine-1842')).toBe('533');
		await modify(ADA, 'replace: userAccountControl', 'userAccountControl: 512');
		await modify(ADA, 'replace: pwdLastSet', 'pwdLastSet: 0');
		expect(await signsIn(ADA, 'Engine-1842')).toBe('773');
		await modify(ADA, 'replace: pwdLastSet', 'pwdLastSet: -1');
		await modify(ADA, 'replace: accountExpires', `accountExpires: ${fileTime('2026-11-30')}`);
		expect(await signsIn(ADA, 'Engine-1842')).toBe('yes');
		now = new Date('2026-12-01T12:00:00Z');
		expect(await signsIn(ADA, 'Engine-1842')).toBe('701');
		await modify(ADA, 'replace: accountExpires', 'accountExpires: 0');
		now = new Date('2027-03-01T12:00:00Z');
		expect(await signsIn(ADA, 'Engine-1842')).toBe('532');
	});

	test('locks an account after wrong passwords until lockoutTime is set to 0', async () => {
		for (const _attempt of [1, 2, 3]) expect(await signsIn(ADA, 'wrong')).toBe('52e');
		expect(await signsIn(ADA, 'Engine-1842')).toBe('775');
		const [entry] = await tools.search(ADA, [
			...['-s', 'base', 'lockoutTime', 'msDS-User-Account-Control-Computed'],
		]);
		expect(entry).toMatchObject({ 'msDS-User-Account-Control-Computed': ['16'] });
		expect(await modify(ADA, 'replace: lockoutTime', 'lockoutTime: 0')).toMatchObject({ code: 0 });
		expect(await signsIn(ADA, 'Engine-1842')).toBe('yes');
	});

	test('a new user is complete: classes, category, account type, GUID and SID, and disabled', async () => {
		const dn = `CN=Grace Hopper,OU=People,${BASE}`;
		const added = await tools.ldif(
			'ldapadd',
			`dn: ${dn}\nobjectClass: user\nsAMAccountName: grace\ngivenName: Grace\n`,
		);
		expect(added).toMatchObject({ code: 0 });
		const [entry] = await tools.search(BASE, ['(&(objectCategory=person)(sAMAccountName=GRACE))']);
		expect(entry).toMatchObject({
			dn,
			objectClass: ['top', 'person', 'organizationalPerson', 'user'],
			cn: ['Grace Hopper'],
			name: ['Grace Hopper'],
			distinguishedName: [dn],
			objectCategory: [`CN=Person,CN=Schema,CN=Configuration,${BASE}`],
			sAMAccountType: ['805306368'],
			userAccountControl: ['546'],
			primaryGroupID: ['513'],
			accountExpires: ['9223372036854775807'],
			whenCreated: ['20261124120000.0Z'],
		});
		const guid = Buffer.from(String(entry?.objectGUID), 'latin1');
		expect(guid).toHaveLength(16);
		const escaped = guid.toString('hex').replace(/../g, '\\$&');
		expect(await tools.search(BASE, [`(objectGUID=${escaped})`, '1.1'])).toEqual([{ dn }]);
		expect(await tools.search(`<GUID=${guid.toString('hex')}>`, ['-s', 'base', '1.1'])).toEqual([
			{ dn },
		]);
		const sid = Buffer.from(String(entry?.objectSid), 'latin1');
		expect(sid.readUInt32LE(24)).toBeGreaterThan(1103);
	});

	test('passwords: encrypted, in quotes, UTF-16LE, long enough; reset by admins, change by owners', async () => {
		const set = (value: string, ...more: string[]) =>
			modify(ADA, 'replace: unicodePwd', `unicodePwd:: ${value}`, ...more);
		expect(await set(password('Ünïcode-2026'))).toMatchObject({ code: 0 });
		expect(await signsIn(ADA, 'Ünïcode-2026')).toBe('yes');
		expect((await set(password('short'))).output).toContain('0000052D');
		expect((await set(password('alllowercase'))).code).toBe(53);
		expect((await set(Buffer.from('"Engine-1842"').toString('base64'))).output).toContain(
			'0000001F',
		);
		const plain = new Tools(sandbox);
		const ldif = `dn: ${ADA}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: ${password('Engine-1843')}\n`;
		expect((await plain.ldif('ldapmodify', ldif)).output).toContain('0000001F');
		plain.remove();

		const ada = tools.as('CORP\\ada', 'Ünïcode-2026');
		const change = (old: string) =>
			tools.ldif(
				'ldapmodify',
				`dn: ${ADA}\nchangetype: modify\ndelete: unicodePwd\nunicodePwd:: ${password(old)}\n-\nadd: unicodePwd\nunicodePwd:: ${password('Engine-1843')}\n`,
				ada,
			);
		expect(await change('guessed')).toMatchObject({ code: 19 });
		expect(await change('Ünïcode-2026')).toMatchObject({ code: 0 });
		expect(await signsIn(ADA, 'Engine-1843')).toBe('yes');
		expect((await tools.ldif('ldapmodify', ldif, tools.as(ADA, 'Engine-1843'))).code).toBe(50);
		const [entry] = await tools.search(ADA, ['-s', 'base', '*', 'unicodePwd']);
		expect(entry).not.toHaveProperty('unicodePwd');
	});

	test('an account needs a free name and a password before it may be enabled', async () => {
		const add = (name: string, ...more: string[]) =>
			tools.ldif(
				'ldapadd',
				`dn: CN=${name},OU=People,${BASE}\nobjectClass: user\n${more.join('\n')}\n`,
			);
		expect((await add('Other', 'sAMAccountName: ADA')).output).toContain('00000524');
		expect((await add('Open', 'userAccountControl: 512')).output).toContain('0000052D');
		expect((await add('Odd', 'sAMAccountName: a+b')).output).toContain('00000523');
		expect((await add('Same', 'userPrincipalName: ada@corp.example')).code).toBe(19);
		expect((await add('Alien', 'shoeSize: 44')).code).toBe(16);
		expect((await add('Group', 'groupType: 2')).code).toBe(65);
	});

	test('members: once, only who is there; memberOf and renames follow', async () => {
		expect((await modify(STAFF, 'add: member', `member: ${ADA}`)).code).toBe(68);
		expect((await modify(STAFF, 'add: member', `member: CN=Nobody,${BASE}`)).code).toBe(32);
		const remove = ['delete: member', `member: CN=Guest,CN=Users,${BASE}`];
		expect((await modify(STAFF, ...remove)).code).toBe(53);
		const permissive = await tools.call(
			'ldapmodify',
			['-e', '!1.2.840.113556.1.4.1413'],
			`dn: ${STAFF}\nchangetype: modify\nadd: member\nmember: ${ADA}\n`,
		);
		expect(permissive).toMatchObject({ code: 0 });
		await tools.call('ldapmodrdn', ['-r', '-s', BASE, `OU=People,${BASE}`, 'OU=Staff']);
		const moved = ADA.replace('People', 'Staff');
		const [entry] = await tools.search(moved, ['-s', 'base', 'memberOf', 'canonicalName']);
		expect(entry).toMatchObject({
			memberOf: [STAFF.replace('People', 'Staff')],
			canonicalName: ['corp.example/Staff/Ada Lovelace'],
		});
		const chain = `(memberOf:1.2.840.113556.1.4.1941:=${STAFF.replace('People', 'Staff')})`;
		expect(await tools.search(BASE, [chain, '1.1'])).toEqual([{ dn: moved }]);
	});

	test('no more than MaxPageSize entries and MaxValRange values at once', async () => {
		for (let n = 1; n <= 15; n++) {
			sandbox.add(`CN=User ${n},OU=People,${BASE}`, {
				objectClass: 'user',
				sAMAccountName: `u${n}`,
			});
		}
		const all = '(&(objectClass=user)(!(objectClass=computer)))';
		const unpaged = await tools.call('ldapsearch', ['-LLL', '-b', BASE, all, '1.1']);
		expect(unpaged.code).toBe(4);
		expect(unpaged.stdout.match(/^dn: /gm)).toHaveLength(10);
		const paged = await tools.search(BASE, ['-E', 'pr=500/noprompt', all, '1.1']);
		expect(paged).toHaveLength(18);

		const members = Array.from({ length: 15 }, (_, n) => `CN=User ${n + 1},OU=People,${BASE}`);
		await modify(STAFF, 'add: member', ...members.map((dn) => `member: ${dn}`));
		const range = async (...names: string[]) =>
			(await tools.search(STAFF, ['-s', 'base', '(cn=*)', ...names]))[0] ?? { dn: '' };
		const first = await range('member');
		expect(first['member;range=0-6']).toHaveLength(7);
		expect(await range('member;range=7-*')).toHaveProperty('member;range=7-13');
		const last = await range('member;range=14-*');
		expect(last['member;range=14-*']).toHaveLength(2);
	});

	test('who is not bound reads the root DSE and nothing else', async () => {
		const [root] = await tools.search('', ['-s', 'base'], ['-x']);
		expect(root).toMatchObject({
			defaultNamingContext: [BASE],
			supportedCapabilities: expect.arrayContaining(['1.2.840.113556.1.4.800']),
		});
		const refused = await tools.call('ldapsearch', ['-b', BASE], '', ['-x']);
		expect(refused).toMatchObject({ code: 1 });
		expect(refused.output).toContain('a successful bind must be completed');
	});

	test('a deleted entry is hidden, but for those who ask for what is deleted', async () => {
		const [before] = await tools.search(ADA, ['-s', 'base', 'objectGUID']);
		expect(await tools.call('ldapdelete', [ADA])).toMatchObject({ code: 0 });
		expect(await tools.search(BASE, ['(sAMAccountName=ada)'])).toEqual([]);
		expect((await tools.search(STAFF, ['-s', 'base']))[0]).not.toHaveProperty('member');
		const [gone] = await tools.search(BASE, [
			'-e',
			'!1.2.840.113556.1.4.417',
			'(sAMAccountName=ada)',
		]);
		expect(gone).toMatchObject({
			isDeleted: ['TRUE'],
			objectGUID: before?.objectGUID,
			lastKnownParent: [`OU=People,${BASE}`],
		});
		expect(gone?.dn).toMatch(/^CN=Ada Lovelace\\0ADEL:[0-9a-f-]{36},CN=Deleted Objects,/);
	});

	test('a tree goes with all in it when asked to', async () => {
		const tree = `OU=People,${BASE}`;
		expect(await tools.call('ldapdelete', [tree])).toMatchObject({ code: 66 });
		const whole = await tools.call('ldapdelete', ['-e', '!1.2.840.113556.1.4.805', tree]);
		expect(whole).toMatchObject({ code: 0 });
		expect(await tools.search(BASE, ['(ou=People)'])).toEqual([]);
		expect(sandbox.effectsOf(ADA)).toMatchObject({ deletes: 1 });
	});

	test('refuses what is in the wrong place, and names other parts of the directory', async () => {
		const misplaced = await tools.ldif('ldapadd', `dn: CN=x,${ADA}\nobjectClass: user\n`);
		expect(misplaced).toMatchObject({ code: 64 });
		const elsewhere = await tools.call('ldapsearch', ['-b', 'DC=other,DC=example']);
		expect(elsewhere).toMatchObject({ code: 10 });
		expect(elsewhere.output).toContain('ldap://other.example/');
		const found = await tools.call('ldapsearch', ['-LLL', '-b', BASE, '(cn=Guest)', '1.1']);
		expect(found.stdout).toContain('ldap://DomainDnsZones.corp.example/DC=DomainDnsZones,');
	});
});
