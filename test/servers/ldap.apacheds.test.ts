import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { LdapCredential } from '../../nodes/Ldap/transport/connect';
import { greeting } from '../../nodes/Ldap/transport/greeting';
import { stopsAll } from '../../nodes/shared/resilience/failure';
import { Watching, eventsOf, inShort, replace } from '../engine/ldapWatching';
import { act, actOnce } from '../Ldap/acting';
import { failureOf } from '../Ldap/clientOf';
import { connected } from '../Ldap/connecting';
import { needs } from '../needs';
import { startApacheds, type Apacheds } from './apacheds/start.ts';

jest.setTimeout(120_000);

const JARS = ['apacheds/lib/apacheds-service', 'apacheds/lib/mina2-core', 'java/caffeine'].map(
	(name) => `/usr/share/${name}.jar`,
);
const PEOPLE = 1_300;
const LDIF = Array.from(
	{ length: PEOPLE },
	(_, n) =>
		`dn: cn=person ${n},ou=shelf,dc=example,dc=com\nobjectClass: inetOrgPerson\ncn: person ${n}\nsn: Meier ${n % 10}\n`,
).join('\n');
const SHELF =
	'dn: ou=shelf,dc=example,dc=com\nobjectClass: organizationalUnit\nou: shelf\ndescription: Regal für alle\n';

needs('java', ...JARS)('ApacheDS', () => {
	let apacheds: Apacheds;
	let ldap: LdapClient;
	let people: string;
	const clientWith = (more: LdapCredential = {}): LdapClient =>
		connected({
			...{ servers: `127.0.0.1:${apacheds.tlsPort}`, ca: apacheds.ca },
			...{ bindDn: apacheds.admin.dn, password: apacheds.admin.password },
			...more,
		});
	beforeAll(async () => {
		apacheds = await startApacheds({ ldif: `${SHELF}\n${LDIF}` });
		people = `ou=people,${apacheds.base}`;
		ldap = clientWith();
	});
	afterAll(async () => await apacheds?.stop());

	const contact = (name: string, more: object = {}) => ({
		parent: people,
		name,
		objectClasses: ['inetOrgPerson'],
		attributesJson: { sn: 'Meier', ...more },
	});

	test('the credential is good over LDAPS and STARTTLS, and says which server it is', async () => {
		const startTls = clientWith({
			...{ servers: `127.0.0.1:${apacheds.port}`, encryption: 'startTls' },
		});
		for (const client of [ldap, startTls]) {
			const said = await greeting(client, apacheds.admin.dn);
			expect(said).toContain(`Signed in as ${apacheds.admin.dn}`);
			expect(said).toContain('Apache Software Foundation 2.0.0');
			expect(said).toContain('encrypted by TLSv1.');
			expect(said).toContain(`Base DN: ${apacheds.base}.`);
		}
		const nobody = clientWith({ signInWith: 'anonymous' });
		expect(await greeting(nobody, undefined)).toContain('Connected without signing in');
	});

	test.each(['plain', 'scram-sha-1', 'scram-sha-256'] as const)(
		'%s, which it does not have, is refused with what to do',
		async (signInWith) => {
			const failure = await failureOf(act(clientWith({ signInWith }), 'directory.whoAmI'));
			expect(failure).toMatchObject({ kind: 'auth', phase: 'notSent', scope: 'credential' });
			expect(failure.hint).toContain('Sign In With');
		},
	);

	test('entries are made, found, compared, changed, renamed, moved and removed with what is below', async () => {
		const anna = contact('Anna, "A+B" <x>; #1', { mail: 'anna@example.org' });
		const entry = String((await actOnce(ldap, 'entry.create', anna)).dn);
		expect(await actOnce(ldap, 'entry.get', { entry: 'anna@example.org' })).toMatchObject({
			cn: ['Anna, "A+B" <x>; #1'],
		});
		const { entryUUID } = await actOnce(ldap, 'entry.get', { entry, attributes: ['entryUUID'] });
		expect(await actOnce(ldap, 'entry.exists', { entry: entryUUID })).toMatchObject({
			exists: true,
		});
		const value = { entry, attribute: 'mail', value: 'ANNA@example.org' };
		expect(await actOnce(ldap, 'entry.compare', value)).toMatchObject({ matches: true });
		const upsert = async (title: string) =>
			await actOnce(ldap, 'entry.upsert', contact(anna.name, { title }));
		expect(await upsert('Dr.')).toMatchObject({ status: 'updated', changed: ['title'] });
		expect(await upsert('Dr.')).toMatchObject({ status: 'unchanged' });
		const changes = { add: { description: ['one', 'two'] }, delete: { title: null } };
		const options = { permissive: true };
		for (let twice = 0; twice < 2; twice++)
			await act(ldap, 'entry.update', { entry, changesJson: changes, options });
		const unit = { parent: people, namingAttribute: 'ou', name: 'moving' };
		const objectClasses = ['organizationalUnit'];
		const { dn } = await actOnce(ldap, 'entry.create', { ...unit, objectClasses });
		const place = { entry, newName: 'Bert', newParent: String(dn) };
		await act(ldap, 'entry.rename', place);
		await act(ldap, 'entry.rename', { entry: String(dn), newName: 'moved' });
		const bert = `cn=Bert,ou=moved,${people}`;
		expect(await actOnce(ldap, 'entry.get', { entry: bert })).toMatchObject({
			cn: ['Bert'],
			description: expect.arrayContaining(['one', 'two']) as unknown,
		});
		const tree = { entry: `ou=moved,${people}`, options: { tree: true } };
		expect(await actOnce(ldap, 'entry.delete', tree)).toMatchObject({ deleted: true, entries: 2 });
		expect(await actOnce(ldap, 'entry.exists', { entry: bert })).toMatchObject({ exists: false });
	});

	test('what the schema does not allow is said before it is sent', async () => {
		const failure = await failureOf(
			act(ldap, 'entry.create', { ...contact('No Name'), attributesJson: { sm: 'x' } }),
		);
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(failure.message).toContain('"sn" is missing');
		expect(failure.message).toContain('There is no attribute "sm"');
	});

	const under = () => `ou=shelf,${apacheds.base}`;
	const count = async (input: object, client = ldap) =>
		(await act(client, 'entry.search', { base: under(), returnAll: true, ...input })).rows.length;

	test('all pages, everything below, all and none, each in the words of this server', async () => {
		const all = { attributes: ['1.1'] };
		expect(await count({ ...all, options: { pageSize: 100 } })).toBe(PEOPLE + 1);
		expect(await count({ ...all, scope: 'children' })).toBe(PEOPLE);
		expect(await count({ ...all, filterBy: 'text', filter: '(&)' })).toBe(PEOPLE + 1);
		expect(await count({ ...all, filterBy: 'text', filter: '(|)' })).toBe(0);
		const limited = { base: under(), scope: 'children', limit: 7, ...all };
		expect((await act(ldap, 'entry.search', limited)).rows).toHaveLength(7);
	});

	test('it sorts; what its limit cuts off is said', async () => {
		const sort = { keys: [{ attribute: 'cn', order: 'descending', matchingRule: '' }] };
		const some = { base: under(), filterBy: 'text', filter: '(cn=person 12*)', limit: 3 };
		const { rows } = await act(ldap, 'entry.search', { ...some, options: { sort } });
		expect(rows.map(({ cn }) => String(cn))).toEqual(['person 1299', 'person 1298', 'person 1297']);
		const { dn: bindDn, password } = apacheds.user;
		const alice = clientWith({ bindDn, password });
		const unpaged = { base: under(), returnAll: true, options: { pageSize: 0 } };
		const found = await act(alice, 'entry.search', unpaged);
		expect(found.rows).toHaveLength(1_000);
		expect(found.rows[0]?.truncated).toMatchObject({ code: 'sizeLimitExceeded (4)' });
	});

	/** What ldapsearch says of the same. */
	const ldapsearch = (...args: string[]) => {
		const config = path.join(os.tmpdir(), `apacheds-ca-${process.pid}.pem`);
		fs.writeFileSync(config, apacheds.ca);
		try {
			return execFileSync(
				'ldapsearch',
				[
					...['-x', '-o', 'ldif-wrap=76', '-H', apacheds.tlsUrl],
					...['-D', apacheds.admin.dn, '-w', apacheds.admin.password, ...args],
				],
				{ env: { ...process.env, LDAPTLS_CACERT: config }, maxBuffer: 1e8, encoding: 'utf8' },
			);
		} finally {
			fs.rmSync(config);
		}
	};

	test.each([
		'(cn=person 1*)',
		'(&(objectClass=inetOrgPerson)(!(sn=Meier 3))(cn=*9))',
		'(|(description=Regal f\\c3\\bcr alle)(sn>=Meier 9)(CN=PERSON 5))',
		'(sn~=meier 4)',
	])('%s finds what ldapsearch finds', async (filter) => {
		const search = {
			base: under(),
			returnAll: true,
			filterBy: 'text',
			filter,
			attributes: ['1.1'],
		};
		const ours = (await act(ldap, 'entry.search', search)).rows.map(({ dn }) => dn).sort();
		const theirs = ldapsearch('-LLL', '-b', under(), filter, '1.1').match(/(?<=^dn: ).*/gm) ?? [];
		expect(theirs.length).toBeGreaterThan(0);
		expect(ours).toEqual([...theirs].sort());
	});

	test('an export is what ldapsearch writes, byte for byte', async () => {
		const { files } = await act(ldap, 'ldif.export', { base: under() });
		const ours = [...files.values()][0]?.toString() ?? '';
		const theirs = ldapsearch('-LL', '-b', under());
		const entriesIn = (text: string) => text.split('\n\n').filter((one) => one.startsWith('dn:'));
		expect(entriesIn(ours)).toHaveLength(PEOPLE + 1);
		// It gives entries, and their attributes, in another order each time.
		const sorted = (text: string) =>
			entriesIn(text)
				.map((one) =>
					one
						.trim()
						.split(/\n(?! )/)
						.sort()
						.join('\n'),
				)
				.sort();
		expect(sorted(ours)).toEqual(sorted(theirs));
	});

	const user = async (login: string) => {
		const names = { firstName: 'Anna', lastName: 'Meier' };
		const given = { parent: people, login, ...names, password: 'first-Secret1' };
		return String((await actOnce(ldap, 'user.create', given)).dn);
	};
	const mayEnter = async (entry: string, password: string) =>
		await actOnce(ldap, 'user.authenticate', { entry, password });

	test('users: passwords, accounts, and what it cannot do', async () => {
		const entry = await user('passwords');
		expect(await mayEnter(entry, 'first-Secret1')).toMatchObject({ authenticated: true });
		await act(ldap, 'user.setPassword', { entry, password: 'second-Secret2' });
		const change = { oldPassword: 'second-Secret2', newPassword: 'third-Secret3' };
		await act(ldap, 'user.changePassword', { entry, ...change });
		expect(await mayEnter(entry, 'third-Secret3')).toMatchObject({ authenticated: true });
		const wrong = await failureOf(act(ldap, 'user.changePassword', { entry, ...change }));
		expect(wrong).toMatchObject({ status: 49, scope: 'item' });
		expect(wrong.hint).toContain('old password');
		expect(stopsAll(wrong)).toBe(false);
		const generated = { user: entry, generate: true };
		const none = await failureOf(act(ldap, 'directory.modifyPassword', generated));
		expect(none.hint).toContain('may not make passwords');
		await act(ldap, 'user.disable', { entry });
		expect(JSON.stringify(await mayEnter(entry, 'third-Secret3'))).toContain('locked');
		await act(ldap, 'user.enable', { entry });
		expect(await mayEnter(entry, 'third-Secret3')).toMatchObject({ authenticated: true });
	});

	test('groups: members are added, removed and set, and are found through groups in groups', async () => {
		const [one, two] = [await user('one'), await user('two')];
		const made = async (name: string, objectClass: string, attributesJson: object) =>
			String(
				(
					await actOnce(ldap, 'entry.create', {
						...{ parent: `ou=groups,${apacheds.base}`, name, attributesJson },
						objectClasses: [objectClass],
					})
				).dn,
			);
		const inner = await made('inner', 'groupOfNames', { member: one });
		const outer = await made('outer', 'groupOfUniqueNames', { uniqueMember: inner });
		for (let twice = 0; twice < 2; twice++)
			await act(ldap, 'group.addMembers', { group: inner, members: [two.toUpperCase()] });
		const nested = { group: outer, member: two, nested: true };
		expect(await actOnce(ldap, 'group.isMember', nested)).toMatchObject({ isMember: true });
		for (let twice = 0; twice < 2; twice++)
			await act(ldap, 'group.removeMembers', { group: inner, members: [two] });
		expect(await actOnce(ldap, 'group.isMember', nested)).toMatchObject({ isMember: false });
		await act(ldap, 'group.setMembers', { group: inner, members: [two] });
		const { rows } = await act(ldap, 'group.getMembers', { group: inner });
		expect(rows.map(({ dn }) => String(dn).toLowerCase())).toEqual([two.toLowerCase()]);
		const empty = await failureOf(act(ldap, 'group.setMembers', { group: inner, members: [] }));
		expect(empty.hint).toContain('must keep one member');
	});

	describe('the trigger', () => {
		let watching: Watching;
		beforeAll(async () => {
			watching = await Watching.open({
				...{ servers: `127.0.0.1:${apacheds.port}`, encryption: 'none' },
				...{ bindDn: apacheds.admin.dn, password: apacheds.admin.password },
				...{ baseDn: apacheds.base, signInWith: 'simple', allowUnencryptedPasswords: true },
			});
		});
		afterEach(() => watching.end());

		// It announces syncrepl and the notification of Active Directory, and has neither.
		test.each(['automatic', 'polling'])(
			'%s: hears of each change once, also of those while n8n was killed',
			async (mechanism) => {
				const unit = { parent: apacheds.base, namingAttribute: 'ou', name: `t-${mechanism}` };
				const objectClasses = ['organizationalUnit'];
				const base = String((await actOnce(ldap, 'entry.create', { ...unit, objectClasses })).dn);
				const add = async (name: string) =>
					await act(ldap, 'entry.create', { ...contact(name), parent: base });
				const change = async (name: string, title: string) =>
					await ldap.modify(`cn=${name},${base}`, [replace('title', title)]);
				await add('a');
				await add('b');
				const options = { lookSeconds: 1 };
				const parameters = { baseDn: base, filter: '(sn=*)', mechanism, options };
				const { database } = await watching.start(parameters);
				await add('c');
				await change('a', 'Dr.');
				await ldap.delete(`cn=b,${base}`);
				const first = ['created cn=c', 'deleted cn=b', 'updated cn=a'];
				expect(inShort(await eventsOf(database, 3)).sort()).toEqual(first);
				watching.end();
				await add('d');
				await change('c', 'Prof.');
				await watching.start(parameters, database);
				const all = [...first, 'created cn=d', 'updated cn=c'].sort();
				expect(inShort(await eventsOf(database, 5, { afterMs: 1_500 })).sort()).toEqual(all);
				expect(database.failures).toEqual([]);
			},
		);
	});
});
