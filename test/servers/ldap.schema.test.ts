import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pickContainers } from '../../nodes/Ldap/methods/pickContainers';
import { entries, groups, users } from '../../nodes/Ldap/methods/kinds';
import { pickEntries } from '../../nodes/Ldap/methods/pickEntries';
import { checkEntry } from '../../nodes/Ldap/transport/checkEntry';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import { equal, present } from '../../nodes/Ldap/transport/filter';
import type { Filter } from '../../nodes/Ldap/transport/filter';
import { encodeValues } from '../../nodes/Ldap/transport/values/encodeValues';
import { sentAs } from '../../nodes/Ldap/transport/values/sentAs';
import { shapeEntry } from '../../nodes/Ldap/transport/values/shapeEntry';
import { clientOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import { startSamba, type Samba } from './samba/start.ts';
import { startSlapd, type Slapd } from './slapd/start.ts';

jest.setTimeout(120_000);

// Not synchronous: the way to Samba goes through this process.
const execute = promisify(execFile);

type Values = Record<string, unknown>;

async function attributesOf(ldap: LdapClient, values: Values) {
	const schema = await ldap.schema();
	return Object.entries(values).map(([type, value]) => ({
		type: sentAs(schema, type),
		values: encodeValues(schema, type, value),
	}));
}

async function rowOf(ldap: LdapClient, base: string, attributes?: string[]) {
	const schema = await ldap.schema();
	const filter = present('objectClass');
	for await (const [entry] of ldap.search({ base, scope: 'base', filter, attributes }))
		if (entry) return shapeEntry(entry, schema, { values: 'typed', binary: 'base64' }).row;
	throw new Error(`There is no ${base}`);
}

/** What a client of somebody else prints of an entry: name -> values, bytes in base64 after "::". */
async function ldapsearch(
	{ url, admin }: { url: string; admin: { dn: string; password: string } },
	base: string,
	...attributes: string[]
): Promise<Map<string, string[]>> {
	const { stdout } = await execute(
		'ldapsearch',
		[
			...['-x', '-LLL', '-o', 'ldif-wrap=no', '-H', url, '-D', admin.dn, '-w', admin.password],
			...['-s', 'base', '-b', base, '(objectClass=*)', ...attributes],
		],
		{ maxBuffer: 64 * 1024 * 1024 },
	);
	const found = new Map<string, string[]>();
	for (const line of stdout.split('\n')) {
		const [, name = '', value = ''] = /^([^:]+):(: .*| .*)$/.exec(line) ?? [];
		if (name) found.set(name, [...(found.get(name) ?? []), value.trim()]);
	}
	return found;
}

const labels = async (answer: Promise<{ results: Array<{ name: string }> }>) =>
	(await answer).results.map(({ name }) => name);
const asked = (filter = '', after = '') => ({ filter, after, chosen: () => undefined });

needs('/usr/sbin/slapd', 'ldapsearch')('the schema of OpenLDAP', () => {
	let slapd: Slapd;
	let ldap: LdapClient;

	beforeAll(async () => {
		slapd = await startSlapd();
		ldap = clientOf([{ host: '127.0.0.1', port: slapd.port }], {
			signIn: signInAs(slapd.admin.dn, slapd.admin.password),
			baseDn: slapd.base,
		});
	});
	afterAll(async () => await slapd.stop());

	test('has every definition that ldapsearch shows, and each attribute has a syntax', async () => {
		const schema = await ldap.schema();
		const shown = await ldapsearch(slapd, 'cn=Subschema', '+');
		expect(schema.attributeTypes).toHaveLength(shown.get('attributeTypes')?.length ?? NaN);
		expect(schema.objectClasses).toHaveLength(shown.get('objectClasses')?.length ?? NaN);
		const nameless = [...schema.attributeTypes, ...schema.objectClasses].filter(
			({ names }) => names.length === 0,
		);
		expect(nameless).toEqual([]);
		expect(schema.attributeTypes.filter(({ syntax }) => !syntax)).toEqual([]);
	});

	test('values are read as they were written', async () => {
		const dn = `uid=ada,ou=people,${slapd.base}`;
		const values = {
			objectClass: ['inetOrgPerson', 'posixAccount'],
			uid: ['ada'],
			cn: ['Ada Lovelace', 'Augusta Ada King'],
			sn: ['Lovelace'],
			displayName: 'Ada Łovelace',
			mail: ['ada@example.org'],
			uidNumber: 1815,
			gidNumber: 100,
			homeDirectory: '/home/ada',
			jpegPhoto: [{ base64: '/9j/4AAQSkZJRg==' }],
			manager: [`cn=Charles Babbage,ou=people,${slapd.base}`],
		};
		const userCertificate = [slapd.client.cert];
		await ldap.add(dn, await attributesOf(ldap, { ...values, userCertificate }));
		const der = slapd.client.cert.replace(/-----.*-----|\s/g, '');
		expect(await rowOf(ldap, dn)).toEqual({ dn, ...values, userCertificate: [{ base64: der }] });
		const row = await rowOf(ldap, dn, ['+']);
		const shown = await ldapsearch(slapd, dn, '+');
		expect(row.entryUUID).toBe(shown.get('entryUUID')?.[0]);
		expect(row.hasSubordinates).toBe(false);
		const [, y, mo, d, h, mi, s] =
			/^(....)(..)(..)(..)(..)(..)Z$/.exec(shown.get('createTimestamp')?.[0] ?? '') ?? [];
		expect(row.createTimestamp).toBe(`${y}-${mo}-${d}T${h}:${mi}:${s}.000Z`);
	});

	// Whether the server takes an entry is the test of what we say about it.
	test.each<[string, Values]>([
		['all that is needed', { objectClass: 'inetOrgPerson', sn: 'x', mail: ['a@b.c', 'd@e.f'] }],
		['all classes of the line', { objectClass: ['top', 'person', 'inetOrgPerson'], sn: 'x' }],
		['an auxiliary class', { objectClass: ['device', 'ipHost'], ipHostNumber: '10.0.0.1' }],
		[
			'any attribute of an extensible object',
			{ objectClass: ['device', 'extensibleObject'], mail: 'a@b.c' },
		],
		['an attribute by another name', { objectClass: 'person', surname: 'x' }],
		['a language', { objectClass: 'person', sn: 'x', 'sn;lang-de': 'y' }],
		[
			'an operational attribute that users may set',
			{
				objectClass: 'person',
				sn: 'x',
				pwdPolicySubentry: 'cn=default,ou=policies,dc=example,dc=org',
			},
		],
		['something missing', { objectClass: 'inetOrgPerson' }],
		['an unknown attribute', { objectClass: 'person', sn: 'x', maill: 'a@b.c' }],
		['an attribute of another class', { objectClass: 'person', sn: 'x', mail: 'a@b.c' }],
		['an unknown class', { objectClass: 'inetOrgPersn', sn: 'x' }],
		['no class', { description: 'x' }],
		[
			'no structural class',
			{ objectClass: ['top', 'posixGroup', 'ipHost'], ipHostNumber: '10.0.0.1' },
		],
		['two structural classes', { objectClass: ['person', 'device'], sn: 'x' }],
		['two values of one', { objectClass: 'inetOrgPerson', sn: 'x', displayName: ['a', 'b'] }],
	])('we object where the server refuses: %s', async (about, values) => {
		const dn = `cn=${about},ou=people,${slapd.base}`;
		const attributes = await attributesOf(ldap, { cn: about, ...values });
		const taken = await ldap.add(dn, attributes).then(
			() => true,
			() => false,
		);
		const schema = await ldap.schema();
		if (taken) checkEntry(schema, attributes);
		else expect(() => checkEntry(schema, attributes)).toThrow();
	});

	test('places, people and groups are found by what somebody types', async () => {
		const places = await pickContainers(ldap, asked());
		expect(places.results).toEqual([
			{ name: 'example.org', value: slapd.base },
			{ name: 'example.org / groups', value: `ou=groups,${slapd.base}` },
			{ name: 'example.org / people', value: `ou=people,${slapd.base}` },
			{ name: 'example.org / policies', value: `ou=policies,${slapd.base}` },
		]);
		expect(await labels(pickContainers(ldap, asked('EOP')))).toEqual(['example.org / people']);
		expect(await labels(pickContainers(ldap, asked('ou=peo')))).toEqual(['example.org / people']);
		expect(await labels(pickContainers(ldap, asked(`ou=policies,${slapd.base}`)))).toEqual([
			'example.org / policies',
			'example.org / policies / default',
		]);
		expect(await labels(pickEntries(ldap, users, asked('love')))).toEqual([
			'Ada Łovelace (ada) in example.org / people',
		]);
		expect(await labels(pickEntries(ldap, groups, asked('love')))).toEqual([]);
		expect(await labels(pickEntries(ldap, entries, asked('olici')))).toEqual([
			'policies in example.org',
		]);
		expect(await labels(pickEntries(ldap, entries, asked('a*(b)\\')))).toEqual([]);
	});
});

needs(
	'/usr/sbin/samba',
	'ldapsearch',
	'/usr/bin/python3',
)('the schema of Active Directory', () => {
	let samba: Samba;
	let ldap: LdapClient;

	beforeAll(async () => {
		samba = await startSamba();
		ldap = clientOf([{ host: '127.0.0.1', port: samba.tlsPort }], {
			encryption: 'ldaps',
			tls: { ca: samba.ca },
			signIn: signInAs(samba.admin.dn, samba.admin.password),
		});
	});
	afterAll(async () => await samba.stop());

	/** Samba's own libraries tell what is in the bytes. */
	async function decoded(sids: string[], guids: string[], times: string[]) {
		const program = `
import base64, json, sys, samba
from samba.ndr import ndr_unpack
from samba.dcerpc import security, misc
sids, guids, times = json.loads(sys.argv[1])
raw = lambda value: base64.b64decode(value[2:])
print(json.dumps([
    [str(ndr_unpack(security.dom_sid, raw(value))) for value in sids],
    [str(ndr_unpack(misc.GUID, raw(value))) for value in guids],
    [samba.nttime2unix(int(value)) for value in times],
]))`;
		const args = ['-c', program, JSON.stringify([sids, guids, times])];
		const { stdout } = await execute('/usr/bin/python3', args);
		return JSON.parse(stdout) as [string[], string[], number[]];
	}

	const rowsOf = async (filter: Filter) => {
		const schema = await ldap.schema();
		const base = samba.base;
		const rows = [];
		for await (const entries of ldap.search({ base, scope: 'subtree', filter }))
			for (const entry of entries)
				rows.push(shapeEntry(entry, schema, { values: 'typed', binary: 'base64' }).row);
		return rows;
	};

	test('has every definition that ldapsearch shows', async () => {
		const schema = await ldap.schema();
		const aggregate = 'CN=Aggregate,CN=Schema,CN=Configuration,DC=n8n,DC=test';
		const shown = await ldapsearch(samba, aggregate, 'attributeTypes', 'objectClasses');
		expect(schema.attributeTypes).toHaveLength(shown.get('attributeTypes')?.length ?? NaN);
		expect(schema.objectClasses).toHaveLength(shown.get('objectClasses')?.length ?? NaN);
		expect(schema.attributeTypes.filter(({ syntax }) => !syntax)).toEqual([]);
		expect(schema.objectClass('user')?.may).toEqual(
			expect.arrayContaining(['mail', 'userPrincipalName', 'uidNumber', 'memberOf', 'sn']),
		);
	});

	test('the administrator, as Samba itself reads the bytes', async () => {
		const { dn } = samba.admin;
		const shown = await ldapsearch(samba, dn, '*', 'tokenGroups');
		const of = (name: string) => shown.get(name) ?? [];
		const [sids, guids, times] = await decoded(
			[...of('objectSid'), ...of('tokenGroups')],
			of('objectGUID'),
			[...of('pwdLastSet'), ...of('lastLogonTimestamp')],
		);
		const row = await rowOf(ldap, dn, ['*', 'tokenGroups']);
		expect(sids.length).toBeGreaterThan(3);
		expect(row.objectSid).toBe(sids[0]);
		expect([...(row.tokenGroups as string[])].sort()).toEqual(sids.slice(1).sort());
		expect(row.objectGUID).toBe(guids[0]);
		// To the second: Samba rounds, we cut.
		for (const [index, name] of ['pwdLastSet', 'lastLogonTimestamp'].entries())
			expect(Math.abs(Date.parse(String(row[name])) / 1000 - (times[index] ?? NaN))).toBeLessThan(
				1,
			);
		expect(row).toMatchObject({
			dn,
			cn: 'Administrator',
			objectClass: ['top', 'person', 'organizationalPerson', 'user'],
			userAccountControl: 512,
			userAccountControlFlags: ['NORMAL_ACCOUNT'],
			accountExpires: null,
			sAMAccountTypeName: 'USER_OBJECT',
			isCriticalSystemObject: true,
			primaryGroupID: 513,
		});
		expect(row.memberOf).toContain('CN=Domain Admins,CN=Users,DC=n8n,DC=test');
		expect(row.whenCreated).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
	});

	test('a group, and the rules for passwords of the domain', async () => {
		expect(await rowOf(ldap, 'CN=Domain Admins,CN=Users,DC=n8n,DC=test')).toMatchObject({
			member: ['CN=Administrator,CN=Users,DC=n8n,DC=test'],
			groupType: -2147483646,
			groupTypeFlags: ['global', 'security'],
			sAMAccountTypeName: 'GROUP_OBJECT',
		});
		// samba-tool domain passwordsettings show: 42 days, 1 day, 30 minutes
		expect(await rowOf(ldap, samba.base)).toMatchObject({
			maxPwdAge: 42 * 86_400,
			minPwdAge: 86_400,
			lockoutDuration: 1_800,
			forceLogoff: null,
		});
	});

	test('an object is found by the text of its GUID and of its SID', async () => {
		const { objectGUID, objectSid, dn } = await rowOf(ldap, samba.admin.dn);
		const schema = await ldap.schema();
		for (const [name, value] of Object.entries({ objectGUID, objectSid })) {
			const [bytes = Buffer.of()] = encodeValues(schema, name, value);
			expect(await rowsOf(equal(name, bytes))).toEqual([expect.objectContaining({ dn })]);
		}
	});

	test('a user with a password, an end and a GUID of its own is made of plain values', async () => {
		const dn = `CN=Ada Łovelace,CN=Users,${samba.base}`;
		const values = {
			objectClass: ['user'],
			cn: 'Ada Łovelace',
			sAMAccountName: 'ada',
			userPrincipalName: 'ada@n8n.test',
			unicodePwd: 'Gehëim-1815!',
			userAccountControl: 512,
			accountExpires: '2031-12-31T00:00:00Z',
			'mS-DS-ConsistencyGuid': '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
			thumbnailPhoto: { base64: '/9j/4AAQSkZJRg==' },
		};
		const attributes = await attributesOf(ldap, values);
		checkEntry(await ldap.schema(), attributes);
		await ldap.add(dn, attributes);
		await ldap.authenticate('ada@n8n.test', 'Gehëim-1815!');
		expect(await rowOf(ldap, dn)).toMatchObject({
			dn,
			accountExpires: '2031-12-31T00:00:00.000Z',
			'mS-DS-ConsistencyGuid': '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
			thumbnailPhoto: { base64: '/9j/4AAQSkZJRg==' },
		});
		const shown = await ldapsearch(samba, dn, 'accountExpires');
		const [, , times] = await decoded([], [], shown.get('accountExpires') ?? []);
		expect(times).toEqual([Date.UTC(2031, 11, 31) / 1000]);
	});

	test.each<[string, Values]>([
		['a user by its class alone', { objectClass: 'user' }],
		[
			'a computer',
			{ objectClass: 'computer', sAMAccountName: 'pc1$', dNSHostName: 'pc1.n8n.test' },
		],
		['a group', { objectClass: 'group', description: 'x' }],
		['an attribute of an auxiliary class', { objectClass: 'user', uidNumber: 5, mail: 'a@b.c' }],
		['a contact', { objectClass: 'contact', givenName: 'x', sn: 'y' }],
		['an attribute of another class', { objectClass: 'contact', logonHours: { base64: 'AA==' } }],
		['an unknown attribute', { objectClass: 'user', maill: 'a@b.c' }],
		['an unknown class', { objectClass: 'usr' }],
		['no structural class', { objectClass: ['top', 'posixAccount'] }],
		['two structural classes', { objectClass: ['user', 'group'] }],
		['two values of one', { objectClass: 'user', givenName: ['a', 'b'] }],
	])('we object where the server refuses: %s', async (about, values) => {
		const dn = `CN=${about},CN=Users,${samba.base}`;
		const attributes = await attributesOf(ldap, { cn: about, ...values });
		const taken = await ldap.add(dn, attributes).then(
			() => true,
			() => false,
		);
		const schema = await ldap.schema();
		if (taken) checkEntry(schema, attributes);
		else expect(() => checkEntry(schema, attributes)).toThrow();
	});

	test('places, people and groups are found by what somebody types', async () => {
		const places = await labels(pickContainers(ldap, asked()));
		expect(places).toEqual(
			expect.arrayContaining(['n8n.test', 'n8n.test / Users', 'n8n.test / Domain Controllers']),
		);
		expect(places).not.toContain('n8n.test / System');
		expect(await labels(pickContainers(ldap, asked('CN=System,DC=n8n,DC=test')))).toContain(
			'n8n.test / System / Policies',
		);
		expect(await labels(pickEntries(ldap, users, asked('admin')))).toEqual([
			'Administrator in n8n.test / Users',
		]);
		expect(await labels(pickEntries(ldap, users, asked()))).not.toContain(
			'DC1 (DC1$) in n8n.test / Domain Controllers',
		);
		expect(await labels(pickEntries(ldap, groups, asked('domain adm')))).toEqual([
			'Domain Admins in n8n.test / Users',
		]);
	});
});
