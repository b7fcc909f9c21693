import type { LdapClient } from '../../../nodes/Ldap/transport/client';
import { startLdapSandbox, type LdapSandbox } from '../../../sandbox/ldap/server.ts';
import { act, actOnce } from '../acting';
import { clientOf, signInAs } from '../clientOf';

// Active Directory gives 1,500 values of an attribute and 1,000 entries at once.
const MEMBERS = 3_200;

let sandbox: LdapSandbox;
let ldap: LdapClient;
let group: string;

const memberDn = (n: number) => `CN=member-${n},CN=Users,${sandbox.base}`;

beforeAll(async () => {
	sandbox = await startLdapSandbox({ personality: 'activeDirectory' });
	group = `CN=everybody,CN=Users,${sandbox.base}`;
	for (let n = 0; n < MEMBERS + 10; n++)
		sandbox.add(memberDn(n), { objectClass: 'contact', cn: `member-${n}` });
	const all = Array.from({ length: MEMBERS }, (_none, n) => memberDn(n));
	sandbox.add(group, {
		objectClass: 'group',
		cn: 'everybody',
		sAMAccountName: 'everybody',
		member: all,
	});
	ldap = clientOf([{ host: '127.0.0.1', port: sandbox.tlsPort }], {
		encryption: 'ldaps',
		tls: { ca: sandbox.ca },
		signIn: signInAs(sandbox.admin.dn, sandbox.admin.password),
	});
}, 60_000);
afterAll(async () => await sandbox.stop());

test('all members of a group are listed, whatever the server gives at once', async () => {
	const { rows } = await act(ldap, 'group.getMembers', { group });
	expect(new Set(rows.map(({ dn }) => dn)).size).toBe(MEMBERS);
	const nested = await act(ldap, 'group.getMembers', { group, nested: true });
	expect(nested.rows).toHaveLength(MEMBERS);
});

test('its entry has all of them as well', async () => {
	const entry = await actOnce(ldap, 'entry.get', { entry: group, attributes: ['member'] });
	expect(entry.member).toHaveLength(MEMBERS);
	expect(Object.keys(entry).sort()).toEqual(['dn', 'member']);
});

test('its members are set: only who is missing is added, only who is too much is removed', async () => {
	const members = Array.from({ length: MEMBERS }, (_none, n) => memberDn(n + 5));
	const { added, removed } = await actOnce(ldap, 'group.setMembers', { group, members });
	expect(added).toHaveLength(5);
	expect(removed).toHaveLength(5);
	const now = sandbox.read(memberDn(0));
	expect(now?.memberOf).toBeUndefined();
	const isMember = async (n: number) =>
		(await actOnce(ldap, 'group.isMember', { group, member: memberDn(n) })).isMember;
	expect([await isMember(0), await isMember(MEMBERS + 4)]).toEqual([false, true]);
});

test('a search for all of them goes over several pages, and misses nobody', async () => {
	const filter = { filterBy: 'text', filter: '(objectClass=contact)', returnAll: true };
	const { rows } = await act(ldap, 'entry.search', { ...filter, attributes: ['cn'] });
	expect(new Set(rows.map(({ dn }) => dn)).size).toBe(MEMBERS + 10);
	expect(rows.some((row) => 'truncated' in row)).toBe(false);
});
