import { accountsOf } from '../../../nodes/Ldap/transport/accounts/accounts';
import { createUser } from '../../../nodes/Ldap/transport/accounts/createUser';
import type { LdapClient } from '../../../nodes/Ldap/transport/client';
import { groupAt } from '../../../nodes/Ldap/transport/groups/group';
import { deleteTree } from '../../../nodes/Ldap/transport/deleteTree';
import { resultFailure } from '../../../nodes/Ldap/transport/failure';
import type { Result } from '../../../nodes/Ldap/transport/message';
import { baseOf, parseRootDse } from '../../../nodes/Ldap/transport/rootDse';
import { noSchema, parseSchema } from '../../../nodes/Ldap/transport/schemaParser';
import { attribute } from '../clientOf';

// What Apache Directory Server 2.0.0.AM26 and others were seen to do.

const answer = (code: number, message = '', matchedDn = ''): Result => ({
	type: 'result',
	tag: 0,
	code,
	message,
	matchedDn,
	referrals: [],
	controls: [],
});

const DUMP = `ENTRY_ALREADY_EXISTS: failed for MessageType : ADD_REQUEST
Message ID : 9
    Add Request :
Entry
    dn: uid=ann,dc=example,dc=com
    objectClass: inetOrgPerson
    userPassword: geheim: ERR_12 in here
: ERR_250_ENTRY_ALREADY_EXISTS uid=ann,dc=example,dc=com already exists!`;

test('a server that repeats the request in its message does not give away the password in it', () => {
	const { message } = resultFailure(answer(68, DUMP), { doing: 'Add', dn: 'uid=ann' });
	expect(message).toContain(
		'ERR_250_ENTRY_ALREADY_EXISTS uid=ann,dc=example,dc=com already exists!',
	);
	expect(message).not.toMatch(/geheim|userPassword|Message ID/);
	const cut = resultFailure(answer(80, 'OTHER: failed for MessageType : ADD_REQUEST geheim'), {
		doing: 'Add',
	});
	expect(cut.message).not.toContain('geheim');
});

test('the nearest entry is named where the code is about names', () => {
	const of = (code: number) => resultFailure(answer(code, '', 'o=x'), { doing: 'Search' }).message;
	expect(of(32)).toContain('nearest entry that exists is "o=x"');
	expect(of(68)).not.toContain('nearest');
});

test.each([
	[['ou=system', 'ou=schema', 'dc=example,dc=com', 'ou=config'], 'dc=example,dc=com'],
	[['cn=changelog', 'o=acme'], 'o=acme'],
	[['cn=accesslog', 'cn=config'], 'cn=accesslog'],
	[['ou=people,o=acme', ''], 'ou=people,o=acme'],
	[[], ''],
])('of the naming contexts %j searches begin at "%s"', (contexts, base) => {
	expect(baseOf(parseRootDse([attribute('namingContexts', ...contexts)]))).toBe(base);
});

/** A server that knows these controls and extended operations, and answers writes with what is given. */
function serverOf(
	offers: { controls?: string[]; extensions?: string[] },
	answers: Partial<LdapClient>,
): LdapClient {
	const rootDse = parseRootDse([
		attribute('supportedControl', ...(offers.controls ?? [])),
		attribute('supportedExtension', ...(offers.extensions ?? [])),
	]);
	return {
		encrypted: true,
		rootDse: async () => await Promise.resolve(rootDse),
		schema: async () => await Promise.resolve(noSchema),
		...answers,
	} as Partial<LdapClient> as LdapClient;
}

test('a tree is deleted one by one where the server refuses the control that it says it knows', async () => {
	const deleted: string[] = [];
	const ldap = serverOf(
		{ controls: ['1.2.840.113556.1.4.805'] },
		{
			delete: async (dn, { controls } = {}) => {
				if (controls) throw resultFailure(answer(66), { doing: 'Delete', dn });
				deleted.push(dn);
				await Promise.resolve();
			},
			search: async function* () {
				yield ['o=x', 'ou=a,o=x', 'cn=b,ou=a,o=x'].map((dn) => ({ dn, attributes: [] }));
				return await Promise.resolve({ referrals: [] });
			},
		},
	);
	expect(await deleteTree(ldap, 'o=x')).toBe(3);
	expect(deleted).toEqual(['cn=b,ou=a,o=x', 'ou=a,o=x', 'o=x']);
});

test('the first password of a user is set where the server only changes those that are there', async () => {
	const set: Array<[string, string]> = [];
	const ldap = serverOf(
		{ extensions: ['1.3.6.1.4.1.4203.1.11.1'] },
		{
			extended: async (oid) => {
				await Promise.resolve();
				throw resultFailure(answer(53, 'the user has no existing password'), {
					doing: `Extended ${oid}`,
				});
			},
			modify: async (dn, changes) => {
				await Promise.resolve();
				set.push([dn, String(changes[0]?.values[0])]);
			},
		},
	);
	await (await accountsOf(ldap)).setPassword('uid=ann', 'geheim');
	expect(set).toEqual([['uid=ann', 'geheim']]);
});

test('a server with the password policies of OpenLDAP disables accounts as OpenLDAP does', async () => {
	const definition = "( 1.3.6.1.4.1.42.2.27.8.1.17 NAME 'pwdAccountLockedTime' )";
	const attributes = [attribute('attributeTypes', definition)];
	const changed: string[] = [];
	const ldap = serverOf(
		{},
		{
			schema: async () => await Promise.resolve(parseSchema({ dn: 'cn=schema', attributes })),
			search: async function* () {
				yield [{ dn: 'uid=ann', attributes: [] }];
				return await Promise.resolve({ referrals: [] });
			},
			modify: async (_dn, [change]) => {
				await Promise.resolve();
				changed.push(`${change?.type}: ${String(change?.values[0])}`);
			},
		},
	);
	expect(await (await accountsOf(ldap)).disable('uid=ann')).toBe(true);
	expect(changed).toEqual(['pwdAccountLockedTime: 000001010000Z']);
});

test('a server without the attribute userPassword gets the first password of a user by its own request', async () => {
	// As LLDAP shows its schema.
	const schema = parseSchema({
		dn: 'cn=Subschema',
		attributes: [
			attribute('attributeTypes', "( 1.1 NAME ( 'uid' 'user_id' ) )", "( 1.2 NAME 'mail' )"),
			attribute('objectClasses', "( 3.0 NAME 'inetOrgPerson' STRUCTURAL MUST ( mail $ user_id ) )"),
		],
	});
	const asked: string[] = [];
	const ldap = serverOf(
		{ extensions: ['1.3.6.1.4.1.4203.1.11.1'] },
		{
			schema: async () => await Promise.resolve(schema),
			baseDn: async () => await Promise.resolve('dc=x'),
			add: async (dn, attributes) => {
				await Promise.resolve();
				asked.push(`${dn} ${attributes.some(({ type }) => type === 'userPassword')}`);
			},
			extended: async (oid) => {
				asked.push(oid);
				return await Promise.resolve({});
			},
		},
	);
	const names = { firstName: 'Ann', lastName: 'Lee', login: 'ann', password: 'geheim' };
	await createUser(ldap, { ...names, parent: 'ou=people,dc=x', others: [] });
	expect(asked).toEqual(['uid=ann,ou=people,dc=x false', '1.3.6.1.4.1.4203.1.11.1']);
});

const locked = "( 1.3.6.1.4.1.42.2.27.8.1.17 NAME 'pwdAccountLockedTime' NO-USER-MODIFICATION )";

/** A server with these attributes in its schema, which says what it is asked to replace. */
function changing(types: string[], has: Record<string, string> = {}, capabilities: string[] = []) {
	const changed: string[] = [];
	const attributes = [attribute('attributeTypes', ...types)];
	const entry = Object.entries(has).map(([type, value]) => attribute(type, value));
	const ldap = serverOf(
		{},
		{
			rootDse: async () =>
				await Promise.resolve(parseRootDse([attribute('supportedCapabilities', ...capabilities)])),
			schema: async () => await Promise.resolve(parseSchema({ dn: 'cn=schema', attributes })),
			baseDn: async () => await Promise.resolve('o=x'),
			search: async function* () {
				yield [{ dn: 'cn=ann', attributes: entry }];
				return await Promise.resolve({ referrals: [] });
			},
			modify: async (_dn, [change]) => {
				await Promise.resolve();
				changed.push(`${change?.type}: ${change?.values.join() ?? ''}`);
			},
			add: async (_dn, given) => {
				await Promise.resolve();
				changed.push(...given.map(({ type, values }) => `${type}: ${values.join()}`));
			},
		},
	);
	return { ldap, changed };
}

// https://docs.pingidentity.com/pingdirectory, https://www.ibm.com/docs/en/sdse, https://ldapwiki.com
test.each([
	['ds-pwp-account-disabled', [locked], 'true', ''],
	['ds-pwp-account-disabled', ["( 2.16.840.1.113730.3.1.610 NAME 'nsAccountLock' )"], 'true', ''],
	['ibm-pwdAccountLocked', [locked], 'TRUE', 'FALSE'],
	['loginDisabled', [], 'TRUE', 'FALSE'],
])('a server with %s in its schema disables and enables by it', async (type, more, yes, no) => {
	const types = [...more, `( 1.2.3 NAME '${type}' )`];
	const enabled = changing(types);
	expect(await (await accountsOf(enabled.ldap)).enable('cn=ann')).toBe(false);
	expect(await (await accountsOf(enabled.ldap)).disable('cn=ann')).toBe(true);
	expect(enabled.changed).toEqual([`${type}: ${yes}`]);
	const disabled = changing(types, { [type]: 'TRUE' });
	expect(await (await accountsOf(disabled.ldap)).disable('cn=ann')).toBe(false);
	expect(await (await accountsOf(disabled.ldap)).enable('cn=ann')).toBe(true);
	expect(disabled.changed).toEqual([`${type}: ${no}`]);
});

// [MS-ADTS] 3.1.1.3.4.3: LDAP_CAP_ACTIVE_DIRECTORY_ADAM_OID alone.
const LDS = ['1.2.840.113556.1.4.1851'];

test('AD LDS has an attribute for disabled accounts, and no userAccountControl', async () => {
	const enabled = changing([], {}, LDS);
	expect(await (await accountsOf(enabled.ldap)).disable('cn=ann')).toBe(true);
	expect(enabled.changed).toEqual(['msDS-UserAccountDisabled: TRUE']);
	const disabled = changing([], { 'msDS-UserAccountDisabled': 'TRUE' }, LDS);
	expect(await (await accountsOf(disabled.ldap)).enable('cn=ann')).toBe(true);
	expect(disabled.changed).toEqual(['msDS-UserAccountDisabled: FALSE']);
});

test('users of AD LDS are created without what only a domain has', async () => {
	const { ldap, changed } = changing([], {}, LDS);
	const names = { firstName: 'Ann', lastName: 'Lee', login: 'ann', password: 'geheim' };
	await createUser(ldap, { ...names, parent: 'cn=people,o=x', others: [] });
	expect(changed).toContain('userPrincipalName: ann');
	expect(changed).toContain('msDS-UserAccountDisabled: FALSE');
	expect(changed.join()).not.toMatch(/sAMAccountName|userAccountControl/);
});

test('the partitions of AD LDS for itself are no place for searches', () => {
	const own = 'CN=Configuration,CN={4B5A3B0E-0000-4000-8000-000000000000}';
	const contexts = [own, `CN=Schema,${own}`, 'CN=Partition1,DC=x'];
	expect(baseOf(parseRootDse([attribute('namingContexts', ...contexts)]))).toBe(
		'CN=Partition1,DC=x',
	);
});

test('what a server was not written for is refused, and not taken for an outage', () => {
	const failure = resultFailure(answer(80, 'Server method not implemented'), { doing: 'Add' });
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'rejected', code: 'other (80)' });
	const other = resultFailure(answer(80, 'the disk is full'), { doing: 'Add' });
	expect(other).toMatchObject({ kind: 'unavailable', phase: 'maybeDone' });
});

// As Net::LDAP::Server::Test does.
test('a server that takes names of attributes letter by letter shows what kind of group it is', async () => {
	const ldap = serverOf(
		{},
		{
			search: async function* ({ attributes: names = [] }) {
				const all = [attribute('objectClass', 'groupOfNames')];
				yield [{ dn: 'cn=staff', attributes: all.filter(({ type }) => names.includes(type)) }];
				return await Promise.resolve({ referrals: [] });
			},
		},
	);
	expect((await groupAt(ldap, 'cn=staff')).membership.attribute).toBe('member');
});

test('an extended operation that a server does not have is said to be missing', () => {
	const { hint } = resultFailure(answer(2, '1.3.6 not supported'), { doing: 'Extended 1.3.6' });
	expect(hint).toContain('root DSE lists');
});
