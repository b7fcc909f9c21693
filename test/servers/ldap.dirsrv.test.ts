import type { LdapClient } from '../../nodes/Ldap/transport/client';
import { act, actOnce } from '../Ldap/acting';
import { clientOf, failureOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import { startDirsrv, type Dirsrv } from './dirsrv/start.ts';

const SHELVES = Array.from(
	{ length: 150 },
	(_, n) =>
		`dn: ou=shelf ${n},dc=example,dc=org\nobjectClass: organizationalUnit\nou: shelf ${n}\n`,
).join('\n');

needs('ns-slapd')('What 389 Directory Server does in its own way', () => {
	let dirsrv: Dirsrv;
	let ldap: LdapClient;
	const as = (name: string, password: string) =>
		clientOf([{ host: '127.0.0.1', port: dirsrv.tlsPort }], {
			encryption: 'ldaps',
			tls: { ca: dirsrv.ca },
			signIn: signInAs(name, password),
		});
	beforeAll(async () => {
		dirsrv = await startDirsrv({ ldif: SHELVES });
		ldap = as(dirsrv.admin.dn, dirsrv.admin.password);
	}, 120_000);
	afterAll(async () => await dirsrv.stop());

	let made = 0;
	const user = async () => {
		const login = `anna${made++}`;
		const names = { firstName: 'Anna', lastName: `Meier ${login}` };
		const parent = `ou=people,${dirsrv.base}`;
		const row = await actOnce(ldap, 'user.create', {
			...names,
			...{ parent, login, password: 'first-secret' },
		});
		return { login, dn: String(row.dn) };
	};

	test('who signs in with the account of somebody who is disabled or locked out is told so', async () => {
		const { dn } = await user();
		await act(ldap, 'user.disable', { entry: dn });
		const disabled = as(dn, 'first-secret');
		const failure = await failureOf(act(disabled, 'entry.get', { entry: dirsrv.base }));
		expect(failure).toMatchObject({ kind: 'auth', scope: 'credential', status: 53 });
		expect(failure.message).toMatch(/inactivated/);
		const locked = await user();
		for (let n = 0; n < 4; n++)
			await act(ldap, 'user.authenticate', { entry: locked.dn, password: `wrong ${n}` });
		const client = as(locked.dn, 'first-secret');
		expect(await failureOf(act(client, 'entry.get', { entry: dirsrv.base }))).toMatchObject({
			kind: 'auth',
			scope: 'credential',
			status: 19,
		});
	});

	test('an entry is found by its nsUniqueId, and somebody by name without attributes that are not there', async () => {
		const { dn, login } = await user();
		const { nsUniqueId } = await actOnce(ldap, 'entry.get', {
			entry: dn,
			attributes: ['nsUniqueId'],
		});
		expect(await actOnce(ldap, 'entry.exists', { entry: nsUniqueId })).toMatchObject({ dn });
		// It refuses filters with unknown attributes when it is told to.
		const changesJson = { replace: { 'nsslapd-verify-filter-schema': 'reject-invalid' } };
		await act(ldap, 'entry.update', { entry: 'cn=config', changesJson });
		expect(await actOnce(ldap, 'entry.exists', { entry: login })).toMatchObject({ dn });
	});

	test('a tree is removed together with the subentries in it, which a search does not show', async () => {
		const parent = await actOnce(ldap, 'entry.create', {
			...{ parent: dirsrv.base, namingAttribute: 'ou', name: 'sales' },
			objectClasses: ['organizationalUnit'],
		});
		const objectClasses = ['nsContainer', 'ldapSubEntry'];
		await act(ldap, 'entry.create', { parent: String(parent.dn), name: 'policies', objectClasses });
		const entry = String(parent.dn);
		await act(ldap, 'entry.delete', { entry, options: { tree: true } });
		expect(await actOnce(ldap, 'entry.exists', { entry })).toMatchObject({ exists: false });
	});

	test('a value that is larger than the server takes is named as what closes the connection', async () => {
		const { dn } = await user();
		const photo = Buffer.alloc(3_000_000).toString('base64');
		const changesJson = { replace: { jpegPhoto: { base64: photo } } };
		const failure = await failureOf(act(ldap, 'entry.update', { entry: dn, changesJson }));
		expect(failure).toMatchObject({ kind: 'network' });
		expect(failure.hint).toMatch(/3\.0 MB.*nsslapd-maxbersize/);
		await act(ldap, 'entry.update', { entry: dn, changesJson: { replace: { title: 'x' } } });
	});

	test('what the server is not willing to sort is said, with what to do; the rest is sorted', async () => {
		const sort = { keys: [{ attribute: 'sn', order: 'ascending', matchingRule: '' }] };
		const search = async (filter: string) =>
			await act(ldap, 'entry.search', { ...{ filterBy: 'text', filter }, options: { sort } });
		for (const sn of ['Zuse', 'Abel', 'Mach']) {
			const given = { parent: `ou=people,${dirsrv.base}`, name: `sorted ${sn}` };
			const objectClasses = ['inetOrgPerson'];
			await act(ldap, 'entry.create', { ...given, objectClasses, attributesJson: { sn } });
		}
		const { rows } = await search('(cn=sorted*)');
		expect(rows.map(({ sn }) => sn)).toEqual([['Abel'], ['Mach'], ['Zuse']]);
		// From so many entries on it looks at all, and then it does not sort.
		const changesJson = { replace: { 'nsslapd-idlistscanlimit': '100' } };
		const entry = 'cn=config,cn=ldbm database,cn=plugins,cn=config';
		await act(ldap, 'entry.update', { entry, changesJson });
		const failure = await failureOf(search('(objectClass=*)'));
		expect(failure).toMatchObject({ status: 53, phase: 'rejected' });
		expect(failure.hint).toContain('Sort node');
	});

	test('a policy that never asks for a new password is named', async () => {
		const { dn } = await user();
		const failure = await failureOf(act(ldap, 'user.requirePasswordChange', { entry: dn }));
		expect(failure).toMatchObject({ code: 'NOT_SUPPORTED', phase: 'notSent' });
		expect(failure.hint).toContain('passwordMustChange');
		await act(ldap, 'user.requirePasswordChange', { entry: dn, required: false });
	});
});
