import type { LdapClient } from '../../nodes/Ldap/transport/client';
import { dnKey } from '../../nodes/Ldap/transport/dn';
import { act, actOnce } from '../Ldap/acting';
import { clientOf, failureOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import { startDirsrv, type Dirsrv } from './dirsrv/start.ts';
import { startSamba, type Samba } from './samba/start.ts';
import { startSlapd, type Slapd } from './slapd/start.ts';

/** What differs between the directories. */
interface Directory {
	client: LdapClient;
	people: string;
	groups: string;
	groupClass: string;
	loginAttribute: string;
	/** an attribute of users that may have several values */
	phones: string;
	/** Active Directory lets the last password but one pass for an hour, so that services can follow. */
	forgetsPasswords: boolean;
	/** what is said to somebody who is disabled */
	refusal: RegExp;
	/** whether a user has to choose a new password */
	asksForPassword(row: Record<string, unknown>): boolean;
	/** so many wrong passwords lock somebody out */
	wrongPasswords: number;
	stop(): Promise<void>;
}

const slapdDirectory = async (): Promise<Directory> => {
	const slapd: Slapd = await startSlapd();
	const client = clientOf([{ host: '127.0.0.1', port: slapd.tlsPort }], {
		encryption: 'ldaps',
		tls: { ca: slapd.ca },
		signIn: signInAs(slapd.admin.dn, slapd.admin.password),
	});
	return {
		client,
		people: `ou=people,${slapd.base}`,
		groups: `ou=groups,${slapd.base}`,
		groupClass: 'groupOfNames',
		loginAttribute: 'uid',
		phones: 'telephoneNumber',
		refusal: /\(49\)/,
		asksForPassword: ({ pwdReset }) => pwdReset === true,
		forgetsPasswords: true,
		wrongPasswords: 5,
		stop: async () => await slapd.stop(),
	};
};

const dirsrvDirectory = async (): Promise<Directory> => {
	const dirsrv: Dirsrv = await startDirsrv();
	const client = clientOf([{ host: '127.0.0.1', port: dirsrv.tlsPort }], {
		encryption: 'ldaps',
		tls: { ca: dirsrv.ca },
		signIn: signInAs(dirsrv.admin.dn, dirsrv.admin.password),
	});
	const changesJson = { replace: { passwordMustChange: 'on' } };
	await actOnce(client, 'entry.update', { entry: 'cn=config', changesJson });
	return {
		client,
		people: `ou=people,${dirsrv.base}`,
		groups: `ou=groups,${dirsrv.base}`,
		groupClass: 'groupOfNames',
		loginAttribute: 'uid',
		phones: 'telephoneNumber',
		refusal: /\(53\).*inactivated/,
		asksForPassword: ({ passwordExpirationTime }) =>
			passwordExpirationTime === '1970-01-01T00:00:00.000Z',
		forgetsPasswords: true,
		wrongPasswords: 4,
		stop: async () => await dirsrv.stop(),
	};
};

const sambaDirectory = async (): Promise<Directory> => {
	const samba: Samba = await startSamba();
	const client = clientOf([{ host: '127.0.0.1', port: samba.tlsPort }], {
		encryption: 'ldaps',
		tls: { ca: samba.ca },
		signIn: signInAs(samba.admin.upn, samba.admin.password),
	});
	const people = `OU=people,${samba.base}`;
	await actOnce(client, 'entry.create', {
		parent: samba.base,
		namingAttribute: 'OU',
		name: 'people',
		objectClasses: ['organizationalUnit'],
	});
	// In a new domain nobody is locked out, and passwords are a day old before they change.
	const rules = { lockoutThreshold: 3, minPwdAge: { text: '0' } };
	await actOnce(client, 'entry.update', { entry: samba.base, changesJson: { replace: rules } });
	return {
		client,
		people,
		groups: `CN=Users,${samba.base}`,
		groupClass: 'group',
		loginAttribute: 'sAMAccountName',
		phones: 'otherTelephone',
		refusal: /disabled/,
		asksForPassword: ({ pwdLastSet }) => pwdLastSet === null,
		forgetsPasswords: false,
		wrongPasswords: 3,
		stop: async () => await samba.stop(),
	};
};

const PASSWORD = 'Grüße-aus-Zürich-42!';
const OTHER_PASSWORD = 'Smørrebrød?-17-ćevapi';

const suite = (open: () => Promise<Directory>) => () => {
	let directory: Directory;
	let ldap: LdapClient;
	let made = 0;
	beforeAll(async () => {
		directory = await open();
		ldap = directory.client;
	}, 120_000);
	afterAll(async () => await directory.stop());

	const user = async (more: object = {}) => {
		const login = `anna${made++}`;
		const input = { parent: directory.people, login, firstName: 'Anna', password: PASSWORD };
		const row = await actOnce(ldap, 'user.create', {
			...input,
			lastName: `Meier ${login}`,
			...more,
		});
		return { login, dn: String(row.dn) };
	};
	const group = async (members: string[]) => {
		const name = `staff${made++}`;
		const attributesJson = {
			...(members.length > 0 && { member: members }),
			...(directory.groupClass === 'group' && { sAMAccountName: name }),
		};
		const input = { parent: directory.groups, name, objectClasses: [directory.groupClass] };
		const { dn } = await actOnce(ldap, 'entry.create', { ...input, attributesJson });
		return String(dn);
	};
	const authenticated = async (entry: string, password: string) =>
		(await actOnce(ldap, 'user.authenticate', { entry, password })).authenticated;

	test('a user who was created signs in at once, by DN and by name, with a password of any letters', async () => {
		const { dn, login } = await user();
		expect(await authenticated(dn, PASSWORD)).toBe(true);
		expect(await authenticated(login, PASSWORD)).toBe(true);
		expect(await authenticated(login, 'wrong')).toBe(false);
		expect(await authenticated('nobody-at-all', PASSWORD)).toBe(false);
	});

	test('creating the same user again fails, or leaves it', async () => {
		const { login } = await user();
		const again = {
			parent: directory.people,
			login,
			lastName: `Meier ${login}`,
			firstName: 'Anna',
		};
		const failure = await failureOf(act(ldap, 'user.create', { ...again, password: PASSWORD }));
		expect(failure).toMatchObject({ status: 68, phase: 'rejected' });
		const options = { ifExists: 'leave' };
		expect(
			await actOnce(ldap, 'user.create', { ...again, password: PASSWORD, options }),
		).toMatchObject({ created: false });
	});

	test('a disabled user cannot sign in; enabling twice changes once', async () => {
		const { dn } = await user();
		expect(await actOnce(ldap, 'user.disable', { entry: dn })).toMatchObject({ changed: true });
		expect(await actOnce(ldap, 'user.disable', { entry: dn })).toMatchObject({ changed: false });
		expect(await authenticated(dn, PASSWORD)).toBe(false);
		expect(await actOnce(ldap, 'user.enable', { entry: dn })).toMatchObject({ changed: true });
		expect(await actOnce(ldap, 'user.enable', { entry: dn })).toMatchObject({ changed: false });
		expect(await authenticated(dn, PASSWORD)).toBe(true);
	});

	test('a password that was set is the only one', async () => {
		const { dn } = await user();
		const done = await actOnce(ldap, 'user.setPassword', { entry: dn, password: OTHER_PASSWORD });
		expect(JSON.stringify(done)).not.toContain(OTHER_PASSWORD);
		expect(await authenticated(dn, OTHER_PASSWORD)).toBe(true);
		expect(await authenticated(dn, PASSWORD)).toBe(!directory.forgetsPasswords);
	});

	test('somebody who is locked out after wrong passwords is unlocked', async () => {
		const { dn } = await user();
		expect(await actOnce(ldap, 'user.unlock', { entry: dn })).toMatchObject({ changed: false });
		for (let n = 0; n < directory.wrongPasswords; n++) await authenticated(dn, `wrong ${n}`);
		expect(await authenticated(dn, PASSWORD)).toBe(false);
		expect(await actOnce(ldap, 'user.unlock', { entry: dn })).toMatchObject({ changed: true });
		expect(await authenticated(dn, PASSWORD)).toBe(true);
	});

	test('who knows the old password changes it, and nobody else', async () => {
		const { dn } = await user();
		const change = async (oldPassword: string) =>
			await act(ldap, 'user.changePassword', {
				entry: dn,
				oldPassword,
				newPassword: OTHER_PASSWORD,
			});
		const failure = await failureOf(change('not the old one'));
		expect(failure.phase).toBe('rejected');
		expect(JSON.stringify([failure, failure.message])).not.toContain(OTHER_PASSWORD);
		await change(PASSWORD);
		expect(await authenticated(dn, OTHER_PASSWORD)).toBe(true);
	});

	test('a new password is asked for', async () => {
		const { dn } = await user();
		const attributes = ['pwdReset', 'pwdLastSet', 'passwordExpirationTime'];
		const isAsked = async () => {
			const row = await actOnce(ldap, 'entry.get', { entry: dn, attributes });
			return directory.asksForPassword(row);
		};
		await act(ldap, 'user.requirePasswordChange', { entry: dn });
		expect(await isAsked()).toBe(true);
		await act(ldap, 'user.requirePasswordChange', { entry: dn, required: false });
		expect(await isAsked()).toBe(false);
	});

	test('why somebody may not sign in', async () => {
		const { dn } = await user();
		const reason = async () => {
			const row = await actOnce(ldap, 'user.authenticate', { entry: dn, password: PASSWORD });
			return JSON.stringify(row.reason);
		};
		expect(await reason()).toBeUndefined();
		await act(ldap, 'user.disable', { entry: dn });
		expect(await reason()).toMatch(directory.refusal);
		if (directory.groupClass !== 'group') return;
		await act(ldap, 'user.enable', { entry: dn });
		await act(ldap, 'user.expire', { entry: dn, at: '2020-01-31T00:00:00Z' });
		expect(await reason()).toMatch(/expired/);
		const { accountExpires } = await actOnce(ldap, 'entry.get', { entry: dn });
		expect(accountExpires).toBe('2020-01-31T00:00:00.000Z');
		await act(ldap, 'user.expire', { entry: dn, expires: 'never' });
		await act(ldap, 'user.requirePasswordChange', { entry: dn });
		expect(await reason()).toMatch(/must .*change/i);
	});

	test('a user moves, and is found by name where it is now', async () => {
		const { dn, login } = await user();
		const parent = await actOnce(ldap, 'entry.create', {
			parent: directory.people,
			namingAttribute: 'ou',
			name: `sales, "east" + ${made++}`,
			objectClasses: ['organizationalUnit'],
		});
		const moved = await actOnce(ldap, 'user.move', { entry: dn, newParent: String(parent.dn) });
		expect(moved).toMatchObject({ renamed: true, oldDn: dn });
		expect(await actOnce(ldap, 'entry.exists', { entry: dn })).toMatchObject({ exists: false });
		const found = await actOnce(ldap, 'entry.get', { entry: login });
		expect(found[directory.loginAttribute]).toEqual(
			directory.loginAttribute === 'uid' ? [login] : login,
		);
	});

	test('members are added and removed as often as one likes', async () => {
		const [anna, bert, carl] = [await user(), await user(), await user()];
		const dn = await group([anna.dn]);
		const add = { group: dn, members: [anna.login, bert.dn] };
		await act(ldap, 'group.addMembers', add);
		await act(ldap, 'group.addMembers', add);
		const members = async () =>
			(await act(ldap, 'group.getMembers', { group: dn })).rows.map((row) => row.dn).sort();
		expect(await members()).toEqual([anna.dn, bert.dn].sort());
		await act(ldap, 'group.removeMembers', { group: dn, members: `${carl.login}\n${bert.login}` });
		await act(ldap, 'group.removeMembers', { group: dn, members: bert.login });
		expect(await members()).toEqual([anna.dn]);
		const set = await actOnce(ldap, 'group.setMembers', { group: dn, members: [carl.dn, bert.dn] });
		expect(set).toMatchObject({ added: [carl.dn, bert.dn], removed: [anna.dn] });
		expect(await members()).toEqual([bert.dn, carl.dn].sort());
	});

	test('what means something in a DN or a filter is part of a name', async () => {
		const objectClasses = [directory.groupClass === 'group' ? 'contact' : 'inetOrgPerson'];
		const dn = await group([(await user()).dn]);
		for (const name of ['Meier, "Anna" (IT) *', 'a\\b #+;<x>', ' Žluťoučký ']) {
			const given = { parent: directory.people, name: `${name}${made++}`, objectClasses };
			const entry = await actOnce(ldap, 'entry.create', { ...given, attributesJson: { sn: name } });
			const member = String(entry.dn);
			const isMember = async () =>
				(await actOnce(ldap, 'group.isMember', { group: dn, member, nested: false })).isMember;
			expect(await isMember()).toBe(false);
			await act(ldap, 'group.addMembers', { group: dn, members: [member] });
			expect(await isMember()).toBe(true);
			await act(ldap, 'group.removeMembers', { group: dn, members: [member] });
			expect(await isMember()).toBe(false);
			const compare = async (value: string) =>
				(await actOnce(ldap, 'entry.compare', { entry: member, attribute: 'sn', value })).matches;
			expect([await compare(name), await compare('*'), await compare('M*')]).toEqual([
				...[true, false, false],
			]);
		}
	});

	test('nested groups, also in a circle', async () => {
		const anna = await user();
		// Elsewhere a group may name somebody who is not there.
		const gone = directory.groupClass === 'group' ? [] : [`cn=gone,${directory.people}`];
		const inner = await group([anna.dn, ...gone]);
		const outer = await group([inner]);
		await act(ldap, 'group.addMembers', { group: inner, members: [outer] });
		const isMember = async (nested: boolean) =>
			(await actOnce(ldap, 'group.isMember', { group: outer, member: anna.login, nested }))
				.isMember;
		expect(await isMember(true)).toBe(true);
		expect(await isMember(false)).toBe(false);
		const keys = async (name: string, input: object) =>
			(await act(ldap, name, input)).rows.map(({ dn }) => dnKey(String(dn)));
		expect(await keys('group.getMembers', { group: outer, nested: true })).toEqual(
			expect.arrayContaining([dnKey(inner), dnKey(anna.dn)]),
		);
		expect(await keys('group.getGroups', { member: anna.dn, nested: true })).toEqual(
			expect.arrayContaining([dnKey(inner), dnKey(outer)]),
		);
		const direct = await keys('group.getGroups', { member: anna.dn, nested: false });
		expect(direct).toContain(dnKey(inner));
		expect(direct).not.toContain(dnKey(outer));
	});

	test('an entry is made, changed only where it differs, and removed', async () => {
		const name = `Łukasz, "the" <one> #${made++}`;
		const given = {
			parent: directory.people,
			name,
			objectClasses: directory.groupClass === 'group' ? ['contact'] : ['inetOrgPerson'],
			attributesJson: { sn: 'Kowalski', mail: 'l@example.com', description: 'first' },
		};
		const created = await actOnce(ldap, 'entry.upsert', given);
		expect(created).toMatchObject({ status: 'created' });
		expect(await actOnce(ldap, 'entry.upsert', given)).toMatchObject({ status: 'unchanged' });
		const attributesJson = { ...given.attributesJson, description: 'second', mail: null };
		expect(await actOnce(ldap, 'entry.upsert', { ...given, attributesJson })).toMatchObject({
			status: 'updated',
			changed: expect.arrayContaining(['description', 'mail']),
		});
		const entry = String(created.dn);
		const row = await actOnce(ldap, 'entry.get', { entry });
		expect([row.description].flat()).toEqual(['second']);
		expect(row.mail).toBeUndefined();
		const id = await actOnce(ldap, 'entry.get', { entry, options: { operational: true } });
		const byId = String(id.entryUUID ?? id.objectGUID);
		expect(await actOnce(ldap, 'entry.exists', { entry: byId })).toMatchObject({ exists: true });
		expect(await actOnce(ldap, 'entry.delete', { entry: byId })).toMatchObject({ deleted: true });
		expect(await actOnce(ldap, 'entry.exists', { entry })).toMatchObject({ exists: false });
		expect(await actOnce(ldap, 'entry.delete', { entry })).toMatchObject({ deleted: false });
	});

	test('values are added and removed one by one, and a missing change is an error', async () => {
		const { dn } = await user();
		const { phones } = directory;
		const change = async (changesJson: object, options = {}) =>
			await actOnce(ldap, 'entry.update', { entry: dn, changesJson, options });
		const numbers = async () =>
			[(await actOnce(ldap, 'entry.get', { entry: dn }))[phones] ?? []].flat().sort();
		await change({ add: { [phones]: ['+49 1', '+49 2'] } });
		const twice = await failureOf(change({ add: { [phones]: '+49 1' } }));
		expect(twice).toMatchObject({ status: 20, phase: 'rejected' });
		const permissive = { permissive: true };
		await change({ add: { [phones]: ['+49 1', '+49 3'] } }, permissive);
		await change({ delete: { [phones]: ['+49 2', '+49 4'] } }, permissive);
		expect(await numbers()).toEqual(['+49 1', '+49 3']);
		const compare = { entry: dn, attribute: phones, value: '+49 3' };
		expect(await actOnce(ldap, 'entry.compare', compare)).toMatchObject({ matches: true });
		await change({ replace: { [phones]: null } });
		expect(await numbers()).toEqual([]);
		expect(await failureOf(change({}))).toMatchObject({ phase: 'notSent', kind: 'invalid' });
	});

	test('a tree goes with all that is in it, and not without being told so', async () => {
		const ou = await actOnce(ldap, 'entry.create', {
			parent: directory.people,
			namingAttribute: 'ou',
			name: `tree${made++}`,
			objectClasses: ['organizationalUnit'],
		});
		const entry = String(ou.dn);
		await user({ parent: entry });
		expect(await failureOf(act(ldap, 'entry.delete', { entry }))).toMatchObject({ status: 66 });
		await act(ldap, 'entry.delete', { entry, options: { tree: true } });
		expect(await actOnce(ldap, 'entry.exists', { entry })).toMatchObject({ exists: false });
	});
};

needs('slapd')('People and groups in OpenLDAP', suite(slapdDirectory));
needs('ns-slapd')('People and groups in 389 Directory Server', suite(dirsrvDirectory));
needs('samba')('People and groups in Active Directory (Samba)', suite(sambaDirectory));
