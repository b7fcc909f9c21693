import { membersOfAll, walk } from '../../../nodes/Ldap/transport/groups/nested';
import { scriptedClient } from '../triggers/scriptedClient';

// More than a function takes as arguments.
const MANY = 150_000;
const dns = (count: number) => Array.from({ length: count }, (_none, n) => `cn=${n},dc=x`);

test('a group may have any number of members', async () => {
	const member = { type: 'member', values: dns(MANY).map((dn) => Buffer.from(dn)) };
	const ldap = scriptedClient({ search: ({ base }) => [{ dn: base, attributes: [member] }] });
	expect(await membersOfAll(ldap, ['cn=a', 'cn=b'])).toHaveLength(2 * MANY);
});

test('one step may lead to any number', async () => {
	const all = dns(MANY);
	const next = async ([first]: string[]) => await Promise.resolve(first === 'cn=a' ? all : []);
	expect(await walk(['cn=a'], next)).toEqual(all);
});
