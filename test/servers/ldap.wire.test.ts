import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { Encryption } from '../../nodes/Ldap/transport/servers';
import type { Attribute, Entry } from '../../nodes/Ldap/transport/entry';
import { enumerated, sequence } from '../../nodes/Ldap/transport/ber';
import { equal, present } from '../../nodes/Ldap/transport/filter';
import type { Search, SearchEnd } from '../../nodes/Ldap/transport/search';
import { attribute, clientOf, failureOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import type { Samba } from './samba/start.ts';
import { startSamba } from './samba/start.ts';
import type { Slapd } from './slapd/start.ts';
import { startSlapd } from './slapd/start.ts';

jest.setTimeout(60_000);

const person = (cn: string): Attribute[] => [
	attribute('objectClass', 'person'),
	attribute('cn', cn),
	attribute('sn', 'Test'),
];

async function all(
	client: LdapClient,
	search: Partial<Search>,
): Promise<{ entries: Entry[]; end: SearchEnd }> {
	const found = client.search({
		base: '',
		scope: 'subtree',
		filter: present('objectClass'),
		...search,
	});
	const entries: Entry[] = [];
	for (;;) {
		const { done, value } = await found.next();
		if (done) return { entries, end: value };
		entries.push(...value);
	}
}

needs('slapd')('slapd', () => {
	let slapd: Slapd;
	const clients = (encryption: Encryption) => {
		const port = encryption === 'ldaps' ? slapd.tlsPort : slapd.port;
		return clientOf([{ host: '127.0.0.1', port }], {
			encryption,
			tls: { ca: slapd.ca },
			signIn: signInAs(slapd.admin.dn, slapd.admin.password),
		});
	};

	beforeAll(async () => {
		slapd = await startSlapd();
	});
	afterAll(async () => await slapd.stop());

	test.each(['none', 'startTls', 'ldaps'] as const)(
		'all verbs with encryption %s',
		async (kind) => {
			const ldap = clients(kind);
			const base = `ou=${kind},${slapd.base}`;
			await ldap.add(base, [attribute('objectClass', 'organizationalUnit'), attribute('ou', kind)]);
			for (let n = 0; n < 25; n++) await ldap.add(`cn=p${n},${base}`, person(`p${n}`));
			const dn = `cn=p3,${base}`;
			await ldap.modify(dn, [
				{ operation: 'add', ...attribute('description', 'a', 'b') },
				{ operation: 'replace', ...attribute('sn', 'Čapek') },
			]);
			expect(await ldap.compare(dn, 'sn', Buffer.from('Čapek'))).toBe(true);
			expect(await ldap.compare(dn, 'sn', Buffer.from('Other'))).toBe(false);
			await ldap.modifyDn(dn, { newRdn: 'cn=moved', deleteOldRdn: true });
			await ldap.delete(`cn=p4,${base}`);
			for (const pageSize of [undefined, 0, 7]) {
				const { entries, end } = await all(ldap, { base, scope: 'one', pageSize });
				expect(entries).toHaveLength(24);
				expect(end).toEqual({ referrals: [] });
			}
			const [moved] = (await all(ldap, { base: `cn=moved,${base}`, scope: 'base' })).entries;
			expect(moved?.dn).toBe(`cn=moved,${base}`);
			expect(moved?.attributes).toEqual(
				expect.arrayContaining([attribute('sn', 'Čapek'), attribute('description', 'a', 'b')]),
			);
			const { value } = await ldap.extended('1.3.6.1.4.1.4203.1.11.3', undefined, true);
			expect(value?.toString()).toBe(`dn:${slapd.admin.dn}`);
			expect(await ldap.rootDse()).toMatchObject({
				vendor: 'openLdap',
				namingContexts: [slapd.base],
			});
			expect(await ldap.baseDn()).toBe(slapd.base);
		},
	);

	test('a refused operation says which code, which entry and what exists', async () => {
		const failure = await failureOf(clients('none').delete(`cn=no,ou=people,${slapd.base}`));
		expect(failure).toMatchObject({
			kind: 'invalid',
			phase: 'rejected',
			code: 'noSuchObject (32)',
		});
		expect(failure.message).toContain(`Delete of "cn=no,ou=people,${slapd.base}"`);
		expect(failure.message).toContain(`"ou=people,${slapd.base}"`);
	});

	test('a search that stays open tells of changes, and ends when it is cancelled', async () => {
		const ldap = clients('startTls');
		const stop = new AbortController();
		// RFC 4533 section 2.2: refreshAndPersist
		const control = {
			oid: '1.3.6.1.4.1.4203.1.9.1.1',
			critical: true,
			value: sequence(enumerated(3)),
		};
		const base = `ou=people,${slapd.base}`;
		const filter = equal('cn', 'watched');
		const open = ldap.listen({ base, scope: 'subtree', filter, controls: [control] }, stop.signal);
		const first = await open.next();
		expect(first.value).toEqual([expect.objectContaining({ type: 'intermediate' })]);
		await ldap.add(`cn=watched,${base}`, person('watched'));
		const second = await open.next();
		expect(second.value).toEqual([
			expect.objectContaining({
				type: 'entry',
				entry: expect.objectContaining({ dn: `cn=watched,${base}` }),
				controls: [expect.objectContaining({ oid: '1.3.6.1.4.1.4203.1.9.1.2' })],
			}),
		]);
		stop.abort(new Error('enough'));
		await expect(open.next()).rejects.toThrow('enough');
	});
});

needs('samba', 'samba-tool')('Samba, as Active Directory', () => {
	let samba: Samba;
	const client = (encryption: Encryption, password = samba.admin.password) =>
		clientOf([{ host: '127.0.0.1', port: encryption === 'ldaps' ? samba.tlsPort : samba.port }], {
			encryption,
			tls: { ca: samba.ca },
			signIn: signInAs(samba.admin.upn, password),
		});

	beforeAll(async () => {
		samba = await startSamba();
	}, 120_000);
	afterAll(async () => await samba.stop());

	test.each(['startTls', 'ldaps'] as const)('all verbs with encryption %s', async (encryption) => {
		const ldap = client(encryption);
		expect(await ldap.rootDse()).toMatchObject({ vendor: 'activeDirectory' });
		expect(await ldap.baseDn()).toBe(samba.base);
		const base = `OU=${encryption},${samba.base}`;
		await ldap.add(base, [attribute('objectClass', 'organizationalUnit')]);
		const contact = (n: number) => `CN=c${n},${base}`;
		for (let n = 0; n < 12; n++)
			await ldap.add(contact(n), [attribute('objectClass', 'contact'), attribute('sn', 'Čapek')]);
		const dn = contact(3);
		await ldap.modify(dn, [{ operation: 'replace', ...attribute('description', 'a', 'b') }]);
		expect(await ldap.compare(dn, 'sn', Buffer.from('Čapek'))).toBe(true);
		await ldap.modifyDn(dn, { newRdn: 'CN=moved', deleteOldRdn: true });
		await ldap.delete(contact(4));
		for (const pageSize of [undefined, 0, 5])
			expect((await all(ldap, { base, scope: 'one', pageSize })).entries).toHaveLength(11);
		const cut = await all(ldap, { base, scope: 'one', sizeLimit: 5, pageSize: 3 });
		expect(cut.entries).toHaveLength(5);
		expect(cut.end.truncated).toMatchObject({ code: 'LIMIT_REACHED' });
	});

	test('a wrong password is explained, and tried once', async () => {
		const ldap = client('ldaps', 'wrong-password');
		const failures = await Promise.all([1, 2, 3].map(async () => await failureOf(ldap.rootDse())));
		for (const failure of failures) {
			expect(failure).toMatchObject({ kind: 'auth', code: 'invalidCredentials (49)' });
			expect(failure.message).toContain('name or password is wrong');
		}
	});

	test('what the server refers to is listed', async () => {
		const { entries, end } = await all(client('ldaps'), {
			base: samba.base,
			filter: equal('objectClass', 'domainDNS'),
		});
		expect(entries.map(({ dn }) => dn)).toEqual([samba.base]);
		expect(end.referrals.join()).toContain('CN=Configuration');
	});
});
