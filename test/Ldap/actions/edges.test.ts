import { namesOf } from '../../../nodes/Ldap/actions/group/groupFields';
import { passwordsIn } from '../../../nodes/Ldap/actions/passwords';
import { touchedFrom } from '../../../nodes/Ldap/actions/fields';
import type { LdapClient } from '../../../nodes/Ldap/transport/client';
import { startLdapSandbox, type LdapSandbox } from '../../../sandbox/ldap/server.ts';
import { act, actOnce } from '../acting';
import { clientOf, failureOf, signInAs } from '../clientOf';

const BASE = 'dc=example,dc=org';
const PEOPLE = `ou=people,${BASE}`;
const GROUPS = `ou=groups,${BASE}`;
const personDn = (uid: string) => `uid=${uid},${PEOPLE}`;

let sandbox: LdapSandbox;
let ldap: LdapClient;
const connect = (settings: object = {}) =>
	clientOf([{ host: '127.0.0.1', port: sandbox.port }], {
		signIn: signInAs(sandbox.admin.dn, sandbox.admin.password),
		encrypted: true,
		...settings,
	});
const person = (uid: string, more: Record<string, string | string[]> = {}) => {
	sandbox.add(personDn(uid), { objectClass: 'inetOrgPerson', uid, cn: uid, sn: 'P', ...more });
	return personDn(uid);
};
const group = (cn: string, ...member: string[]) => {
	const dn = `cn=${cn},${GROUPS}`;
	sandbox.add(dn, { objectClass: 'groupOfNames', cn, member });
	return dn;
};

beforeEach(async () => {
	sandbox = await startLdapSandbox({ base: BASE });
	for (const ou of ['people', 'groups'])
		sandbox.add(`ou=${ou},${BASE}`, { objectClass: 'organizationalUnit', ou });
	ldap = connect();
});
afterEach(async () => await sandbox.stop());

const sent = (operation: string) =>
	sandbox.requests.filter((request) => request.operation === operation).length;

test('a base DN that is not there is an error, and not an entry that is not there', async () => {
	const wrong = connect({ baseDn: 'dc=exmaple,dc=org' });
	for (const [name, input] of [
		['entry.delete', { entry: 'anna' }],
		['entry.exists', { entry: 'anna' }],
		['user.authenticate', { entry: 'anna', password: 'secret' }],
	] as const) {
		const { code, hint } = await failureOf(act(wrong, name, input));
		expect({ name, code }).toEqual({ name, code: 'NO_BASE_DN' });
		expect(hint).toMatch(/"Base DN"/);
	}
});

test('that the user of the credential is refused does not say that another one is', async () => {
	person('anna', { userPassword: 'secret-of-anna' });
	const refused = connect({ signIn: signInAs(sandbox.admin.dn, 'wrong') });
	const input = { entry: 'anna', password: 'secret-of-anna' };
	expect(await failureOf(act(refused, 'user.authenticate', input))).toMatchObject({
		kind: 'auth',
		status: 49,
	});
	expect(await actOnce(ldap, 'user.authenticate', input)).toEqual({
		authenticated: true,
		dn: personDn('anna'),
	});
});

test('a server that wants encryption has not looked at the password', async () => {
	const dn = person('anna', { userPassword: 'secret-of-anna' });
	sandbox.faults.add({
		kind: 'result',
		code: 13,
		match: ({ operation, dn: of }) => operation === 'bind' && of === dn,
	});
	const failure = await failureOf(
		act(ldap, 'user.authenticate', { entry: dn, password: 'secret-of-anna' }),
	);
	expect(failure.code).toBe('confidentialityRequired (13)');
});

test('a tree is deleted to the end although somebody else takes a part of it', async () => {
	for (let n = 0; n < 5; n++) person(`p${n}`);
	sandbox.faults.add({
		kind: 'result',
		code: 32,
		times: 1,
		match: ({ operation, dn }) => operation === 'delete' && dn !== PEOPLE,
	});
	// What the fault says is gone is still there, as if it had been made again: found the next time.
	const failure = await failureOf(
		act(ldap, 'entry.delete', { entry: PEOPLE, options: { tree: true } }),
	);
	expect(failure.status).toBe(66);
	const again = { entry: PEOPLE, options: { tree: true } };
	expect(await actOnce(ldap, 'entry.delete', again)).toMatchObject({ deleted: true });
	expect(sandbox.names().filter((name) => /people/.test(name))).toEqual([]);
});

test('the same member twice is one member', async () => {
	const [anna, ben] = [person('anna'), person('ben')];
	const dn = group('team', ben);
	const members = ['anna', anna, anna.toUpperCase()];
	await actOnce(ldap, 'group.addMembers', { group: dn, members });
	expect(sandbox.read(dn)?.member).toEqual([ben, anna]);
	await actOnce(ldap, 'group.setMembers', { group: dn, members });
	expect(sandbox.read(dn)?.member).toEqual([anna]);
});

test('members may be added by several at the same time', async () => {
	const anna = person('anna');
	const dn = group('team', person('ben'));
	let other = false;
	sandbox.faults.add({
		kind: 'result',
		code: 20,
		times: 2,
		match: ({ operation }) => {
			if (operation !== 'modify') return false;
			other = true;
			return true;
		},
	});
	await actOnce(ldap, 'group.addMembers', { group: dn, members: [anna] });
	expect(other).toBe(true);
	expect(sandbox.read(dn)?.member).toContain(anna);
});

test('members that were deleted do not hide the others', async () => {
	const dn = group('team', person('anna'), personDn('gone'));
	for (const nested of [false, true]) {
		const { rows } = await act(ldap, 'group.getMembers', { group: dn, nested });
		expect(rows.map((row) => row.dn)).toEqual([personDn('anna'), personDn('gone')]);
	}
	const { rows } = await act(ldap, 'group.getMembers', { group: dn, details: true });
	expect(rows).toEqual([
		expect.objectContaining({ dn: personDn('anna'), uid: ['anna'] }),
		{ dn: personDn('gone'), exists: false },
	]);
});

test('somebody is a member also of a group outside of the base DN', async () => {
	const anna = person('anna');
	const dn = group('team', anna);
	const below = connect({ baseDn: PEOPLE });
	for (const nested of [true, false])
		expect(
			await actOnce(below, 'group.isMember', { group: dn, member: 'anna', nested }),
		).toMatchObject({ isMember: true });
});

test('what a limit of the server cuts off is an error where all of it is needed', async () => {
	const anna = person('anna');
	const dn = group('team', anna);
	const limited: LdapClient = {
		...ldap,
		search: async function* (search) {
			const end = yield* ldap.search(search);
			const truncated = { code: 'adminLimitExceeded (11)', message: 'limit exceeded' };
			return search.scope === 'subtree' ? { ...end, truncated } : end;
		},
	};
	for (const [name, input] of [
		['group.getGroups', { member: anna }],
		['group.isMember', { group: dn, member: personDn('ben') }],
		['entry.delete', { entry: 'anna' }],
	] as const) {
		person('ben');
		const failure = await failureOf(act(limited, name, input));
		expect({ name, code: failure.code }).toEqual({ name, code: 'adminLimitExceeded (11)' });
		await ldap.delete(personDn('ben'));
	}
	expect(sandbox.read(anna)).toBeDefined();
});

test('to compare what an entry does not have is no error', async () => {
	const entry = person('anna');
	expect(
		await actOnce(ldap, 'entry.compare', { entry, attribute: 'mail', value: 'a@example.org' }),
	).toEqual({ dn: entry, attribute: 'mail', matches: false });
});

test('an entry that was moved by an earlier run is there', async () => {
	const dn = person('anna');
	const move = { entry: dn, newParent: GROUPS };
	expect(await actOnce(ldap, 'user.move', move)).toMatchObject({ renamed: true });
	expect(await actOnce(ldap, 'user.move', move)).toEqual({
		dn: `uid=anna,${GROUPS}`,
		oldDn: dn,
		renamed: false,
	});
	const nobody = { entry: personDn('nobody'), newParent: GROUPS };
	expect((await failureOf(act(ldap, 'user.move', nobody))).status).toBe(32);
});

test('of a name with several values only the one is changed', async () => {
	const dn = `cn=Anna+uid=anna,${PEOPLE}`;
	sandbox.add(dn, { objectClass: 'inetOrgPerson', cn: 'Anna', uid: 'anna', sn: 'P' });
	await actOnce(ldap, 'entry.rename', { entry: dn, newName: 'Änne, Dr.' });
	const [name] = sandbox.names().filter((one) => /uid=anna/.test(one));
	expect(sandbox.read(name ?? '')).toMatchObject({ cn: ['Änne, Dr.'], uid: ['anna'] });
	const spelled = dn.replace('cn=Anna', 'CN=Änne\\2c Dr.').replaceAll(',', ' , ');
	const before = sandbox.changes();
	await actOnce(ldap, 'entry.rename', { entry: spelled, newParent: PEOPLE.toUpperCase() });
	expect(sandbox.changes()).toBe(before);
});

test('values beside the name are added by an upsert, and stay', async () => {
	const dn = person('anna', { cn: ['anna'] });
	const named = { nameBy: 'dn', dn, objectClasses: ['inetOrgPerson'] };
	const more = { ...named, attributesJson: { uid: ['ANNA', 'anna.m'] } };
	expect(await actOnce(ldap, 'entry.upsert', more)).toEqual({
		dn,
		status: 'updated',
		changed: ['uid'],
	});
	expect(sandbox.read(dn)?.uid).toEqual(['anna', 'anna.m']);
	expect(await actOnce(ldap, 'entry.upsert', named)).toMatchObject({ status: 'unchanged' });
	expect(sandbox.read(dn)?.uid).toEqual(['anna', 'anna.m']);
});

test('CSV columns have what was asked for, by whichever name', async () => {
	person('anna');
	const input = { base: PEOPLE, scope: 'one', output: 'csv', attributes: ['surname', '2.5.4.3'] };
	const { files } = await act(ldap, 'entry.search', input);
	expect(files.get('entries.csv')?.toString()).toBe(
		`dn,surname,2.5.4.3\r\n"${personDn('anna')}",P,anna\r\n`,
	);
	const all = { ...input, attributes: ['*'] };
	expect((await failureOf(act(ldap, 'entry.search', all))).message).toMatch(/"\*"/);
});

test('beside a file stands what other servers hold, and in items of their own where that is wanted', async () => {
	person('anna');
	sandbox.refer(GROUPS, [`ldap://other.example/${GROUPS}`]);
	const input = { base: BASE, returnAll: true, output: 'ndjson' };
	const { rows } = await act(ldap, 'entry.search', input);
	expect(rows).toEqual([
		expect.objectContaining({
			referrals: [expect.stringMatching(/^ldap:\/\/other\.example\/ou=groups/)],
		}),
	]);
	for (const output of ['items', 'pages']) {
		const wanted = { ...input, output, options: { referrals: true } };
		const { rows: items } = await act(ldap, 'entry.search', wanted);
		expect(items.at(-1)).toEqual({
			referral: expect.stringMatching(/^ldap:\/\/other\.example\/ou=groups/) as string,
		});
		const { rows: fewer } = await act(ldap, 'entry.search', { ...input, output });
		expect(fewer).toHaveLength(items.length - 1);
	}
	const { rows: people } = await act(ldap, 'entry.search', { ...input, base: PEOPLE });
	expect(people).toEqual([{ count: 2, fileName: 'entries.ndjson' }]);
});

test('a file of passwords is not imported without encryption', async () => {
	const plain = connect({ encrypted: false });
	const dn = personDn('from-a-file');
	const file = `dn: ${dn}\nobjectClass: inetOrgPerson\ncn: F\nsn: F\nuserPassword:: c2VjcmV0\n`;
	const failure = await failureOf(act(plain, 'ldif.import', {}, file));
	expect(`${failure.code} ${failure.message}`).toMatch(/NOT_ENCRYPTED|not encrypted/);
	expect(sandbox.read(dn)).toBeUndefined();
});

test('passwords are not sent without encryption, whichever attribute has them', async () => {
	const plain = connect({ encrypted: false });
	const entry = person('anna');
	sandbox.requests.length = 0;
	const attributesJson = { userPassword: 'secret-of-anna' };
	const named = { nameBy: 'dn', dn: personDn('ben'), objectClasses: ['inetOrgPerson'] };
	for (const [name, input] of [
		['entry.create', { ...named, attributesJson }],
		['entry.upsert', { ...named, attributesJson }],
		['entry.update', { entry, changesJson: { replace: { '2.5.4.35': 'secret-of-anna' } } }],
		['entry.compare', { entry, attribute: 'userPassword', value: 'secret-of-anna' }],
		['user.create', { login: 'ben', lastName: 'B', options: { attributesJson } }],
	] as const) {
		const { code, message } = await failureOf(act(plain, name, input));
		expect({ name, code, message }).toMatchObject({ name, code: 'NOT_ENCRYPTED' });
	}
	expect(['add', 'modify', 'compare'].map(sent)).toEqual([0, 0, 0]);
});

test('a user who could be neither finished nor taken back is said to be there', async () => {
	const parent = PEOPLE;
	sandbox.faults.add({
		kind: 'result',
		code: 19,
		match: ({ operation }) => operation === 'extended',
	});
	sandbox.faults.add({
		kind: 'result',
		code: 50,
		match: ({ operation }) => operation === 'delete',
	});
	const failure = await failureOf(
		act(ldap, 'user.create', { parent, login: 'cleo', lastName: 'C', password: 'secret-of-cleo' }),
	);
	expect(failure).toMatchObject({ phase: 'maybeDone', status: 19 });
	expect(failure.message).toMatch(/"uid=cleo.*was added, but its password/);
});

test('of members an empty text is no name, and a number is one', () => {
	expect(namesOf([1001, ' anna '])).toEqual(['1001', 'anna']);
	expect(namesOf([])).toEqual([]);
	expect(namesOf('anna\r\n\nben ')).toEqual(['anna', 'ben']);
	for (const nothing of ['', ' \n', [''], [null], undefined, {}])
		expect(() => namesOf(nothing)).toThrow(/"Members"/);
});

test('passwords are found under all of their names', () => {
	const given = {
		sambaNTPassword: 'a',
		'userPassword;x-old': ['b', 7],
		'2.5.4.35': 'c',
		nested: { unicodePwd: { text: 'd' } },
		pwdLastSet: '0',
		badPwdCount: 3,
		pwdReset: 'TRUE',
	};
	expect(passwordsIn(given)).toEqual(['a', 'b', '7', 'c', 'd']);
});

test('children wait for their parents', () => {
	expect(touchedFrom('cn=a,OU=b,dc=c')).toEqual({
		changes: ['cn=a,ou=b,dc=c'],
		reads: ['ou=b,dc=c', 'dc=c'],
	});
});

test('what is done already is skipped where the server refuses it, and the rest is not', async () => {
	const mail = ['a@example.org', 'b@example.org'];
	const entry = person('anna', { mail, description: 'old', title: 'old' });
	// As a server does that does not know the control, or does not take it seriously.
	sandbox.faults.add({
		kind: 'result',
		code: 20,
		times: 1,
		match: ({ operation }) => operation === 'modify',
	});
	const changesJson = {
		add: { mail: ['a@example.org', 'c@example.org'] },
		delete: { description: null, title: 'never there', telephoneNumber: null },
	};
	await act(ldap, 'entry.update', { entry, changesJson, options: { permissive: true } });
	const after = sandbox.read(entry);
	expect(after?.mail).toEqual([...mail, 'c@example.org']);
	expect(after?.description).toBeUndefined();
	expect(after?.title).toEqual(['old']);
	expect(sent('modify')).toBe(2);
});
