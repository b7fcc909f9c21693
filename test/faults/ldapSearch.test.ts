import { equal, present } from '../../nodes/Ldap/transport/filter';
import type { LdapFaultProxy } from '../../sandbox/faults/ldapProxy.ts';
import { startLdapFaultProxy } from '../../sandbox/faults/ldapProxy.ts';
import { clientOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import type { Slapd } from '../servers/slapd/start.ts';
import { startSlapd } from '../servers/slapd/start.ts';

const ENTRIES = 5_000;
// Together more than what the sockets on the way hold, so that a cut takes something away.
const FILLING = 'x'.repeat(3_000);

const person = (n: number) => `dn: cn=p${n},ou=people,dc=example,dc=org
objectClass: person
cn: p${n}
sn: Test
description: ${FILLING}
`;

needs('slapd')('searches through a network that drops connections', () => {
	let slapd: Slapd;
	let proxy: LdapFaultProxy;
	beforeAll(async () => {
		const ldif = Array.from({ length: ENTRIES }, (_, n) => person(n));
		slapd = await startSlapd({ ldif });
		proxy = await startLdapFaultProxy(slapd.port);
	}, 60_000);
	afterAll(async () => {
		await proxy.close();
		await slapd.stop();
	});

	test.each([
		['in pages', 200],
		['unpaged', 0],
	])(
		'%s: 5,000 entries, each once, and the server is asked as the user',
		async (_name, pageSize) => {
			const ldap = clientOf([{ host: '127.0.0.1', port: proxy.port }], {
				signIn: signInAs(slapd.admin.dn, slapd.admin.password),
			});
			const before = proxy.connections.length;
			const seen = new Map<string, number>();
			let groups = 0;
			let cuts = 0;
			const found = ldap.search({
				base: slapd.base,
				scope: 'subtree',
				filter: equal('objectClass', 'person'),
				attributes: ['cn', 'description'],
				pageSize,
			});
			for await (const group of found) {
				for (const { dn } of group) seen.set(dn, (seen.get(dn) ?? 0) + 1);
				// While the rest of the page is on its way.
				if (++groups % 2 === 0 && cuts++ < 8) proxy.cut();
			}
			expect([...seen.values()].filter((times) => times !== 1)).toEqual([]);
			const names = [...seen.keys()].filter((dn) => /^cn=p\d+,ou=people/.test(dn));
			expect(names).toHaveLength(ENTRIES);
			// It means something only if it had to begin again.
			expect(proxy.connections.length - before).toBeGreaterThan(2);
		},
	);

	test('the root DSE is asked once for a run', async () => {
		const ldap = clientOf([{ host: '127.0.0.1', port: proxy.port }]);
		let searches = 0;
		proxy.faults = ({ operation }) => {
			if (operation === 0x63) searches++;
			return 'pass';
		};
		for (let n = 0; n < 3; n++)
			for await (const _ of ldap.search({
				base: slapd.base,
				scope: 'one',
				filter: present('objectClass'),
			}));
		expect(searches).toBe(4);
	});
});
