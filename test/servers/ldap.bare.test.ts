import { greeting } from '../../nodes/Ldap/transport/greeting';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import { act, actOnce } from '../Ldap/acting';
import { clientOf, failureOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import { startSlapd, type Slapd } from './slapd/start.ts';

// What small servers are like: they hold entries, and say nothing of themselves.
needs('slapd')('A server that shows neither root DSE nor schema nor operational attributes', () => {
	let slapd: Slapd;
	let ldap: LdapClient;
	let people: string;
	const clientWith = (baseDn?: string) =>
		clientOf([{ host: '127.0.0.1', port: slapd.tlsPort }], {
			encryption: 'ldaps',
			tls: { ca: slapd.ca },
			signIn: signInAs(slapd.user.dn, slapd.user.password),
			baseDn,
		});
	beforeAll(async () => {
		slapd = await startSlapd({ hidesItself: true });
		people = `ou=people,${slapd.base}`;
		ldap = clientWith(slapd.base);
	}, 60_000);
	afterAll(async () => await slapd.stop());

	const contact = (name: string, more: object = {}) => ({
		parent: people,
		name,
		objectClasses: ['inetOrgPerson'],
		attributesJson: { sn: 'Meier', ...more },
	});

	test('entries are made, found, read, changed, renamed and removed', async () => {
		const { dn } = await actOnce(
			ldap,
			'entry.create',
			contact('Anna', { mail: 'anna@example.org' }),
		);
		const entry = String(dn);
		expect(await actOnce(ldap, 'entry.get', { entry: 'anna@example.org' })).toMatchObject({
			cn: ['Anna'],
			sn: ['Meier'],
		});
		expect(await actOnce(ldap, 'entry.upsert', contact('Anna', { title: 'Dr.' }))).toMatchObject({
			status: 'updated',
			changed: ['title'],
		});
		expect(await actOnce(ldap, 'entry.upsert', contact('Anna', { title: 'Dr.' }))).toMatchObject({
			status: 'unchanged',
		});
		const changesJson = { add: { description: ['one', 'two'] }, delete: { title: null } };
		await act(ldap, 'entry.update', { entry, changesJson });
		const permissive = { add: { description: ['two', 'three'] } };
		await act(ldap, 'entry.update', {
			entry,
			changesJson: permissive,
			options: { permissive: true },
		});
		const renamed = await actOnce(ldap, 'entry.rename', { entry, newName: 'Bert' });
		const found = await act(ldap, 'entry.search', { base: people });
		expect(found.rows.find((row) => row.dn === renamed.dn)).toMatchObject({
			cn: ['Bert'],
			description: ['one', 'two', 'three'],
		});
		await act(ldap, 'entry.delete', { entry: String(renamed.dn) });
		expect(await actOnce(ldap, 'entry.exists', { entry: String(renamed.dn) })).toMatchObject({
			exists: false,
		});
	});

	test('a tree is removed, groups have members, and users are created and change their passwords', async () => {
		const ou = await actOnce(ldap, 'entry.create', {
			parent: people,
			namingAttribute: 'ou',
			name: 'sales',
			objectClasses: ['organizationalUnit'],
		});
		const parent = String(ou.dn);
		const user = { parent, login: 'carl', firstName: 'Carl', lastName: 'Meier', password: 'first' };
		const { dn } = await actOnce(ldap, 'user.create', user);
		const change = { entry: 'carl', oldPassword: 'wrong', newPassword: 'second' };
		expect(await failureOf(act(ldap, 'user.changePassword', change))).toMatchObject({ status: 49 });
		await act(ldap, 'user.changePassword', { ...change, oldPassword: 'first' });
		expect(
			await actOnce(ldap, 'user.authenticate', { entry: 'carl', password: 'second' }),
		).toMatchObject({ authenticated: true });
		const staff = {
			name: 'staff',
			objectClasses: ['groupOfNames'],
			attributesJson: { member: dn },
		};
		const { dn: group } = await actOnce(ldap, 'entry.create', { parent, ...staff });
		await act(ldap, 'group.addMembers', { group, members: [slapd.user.dn] });
		const members = await act(ldap, 'group.getMembers', { group });
		expect(members.rows.map((row) => row.dn)).toEqual([dn, slapd.user.dn]);
		await act(ldap, 'entry.delete', { entry: parent, options: { tree: true } });
		expect(await actOnce(ldap, 'entry.exists', { entry: parent })).toMatchObject({ exists: false });
	});

	test('the credential is good, and what the server does not say is told', async () => {
		expect(await greeting(ldap, slapd.user.dn)).toContain(`Base DN: ${slapd.base}`);
		expect(await failureOf(act(ldap, 'directory.getRootDse'))).toMatchObject({
			code: 'NO_ROOT_DSE',
		});
		expect(await greeting(clientWith(), slapd.user.dn)).toContain('names no base DN: fill it in');
	});
});
