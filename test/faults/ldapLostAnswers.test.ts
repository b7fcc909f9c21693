import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { Attribute } from '../../nodes/Ldap/transport/entry';
import { present } from '../../nodes/Ldap/transport/filter';
import type { LdapFaultProxy } from '../../sandbox/faults/ldapProxy.ts';
import { startLdapFaultProxy } from '../../sandbox/faults/ldapProxy.ts';
import { attribute, clientOf, failureOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import type { Slapd } from '../servers/slapd/start.ts';
import { startSlapd } from '../servers/slapd/start.ts';

const WRITES = new Set([0x66, 0x68, 0x4a, 0x6c]);

needs('slapd')('a write whose answer was lost', () => {
	let slapd: Slapd;
	let proxy: LdapFaultProxy;
	let ldap: LdapClient;
	let base = '';
	let people = 0;
	beforeAll(async () => {
		slapd = await startSlapd();
		proxy = await startLdapFaultProxy(slapd.port);
		base = `ou=people,${slapd.base}`;
	}, 60_000);
	afterAll(async () => {
		await proxy.close();
		await slapd.stop();
	});
	beforeEach(() => {
		proxy.faults = () => 'pass';
		ldap = clientOf([{ host: '127.0.0.1', port: proxy.port }], {
			signIn: signInAs(slapd.admin.dn, slapd.admin.password),
			resilience: { maxAttempts: 3 },
		});
	});

	/** The next write is done, and nobody hears of it. */
	const loseOne = () => {
		let lost = false;
		proxy.faults = ({ operation }) => {
			if (lost || !WRITES.has(operation)) return 'pass';
			lost = true;
			return 'cutAfter';
		};
	};

	const person = async (...more: Attribute[]): Promise<string> => {
		const cn = `p${people++}`;
		const dn = `cn=${cn},${base}`;
		await ldap.add(dn, [
			attribute('objectClass', 'person'),
			attribute('cn', cn),
			attribute('sn', 'Test'),
			...more,
		]);
		return dn;
	};

	const read = async (dn: string): Promise<Record<string, string[]>> => {
		const found = ldap.search({ base: dn, scope: 'base', filter: present('objectClass') });
		for await (const [entry] of found)
			return Object.fromEntries(
				(entry?.attributes ?? []).map(({ type, values }) => [type, values.map(String)]),
			);
		return {};
	};

	test('an add is done once, also where the server writes a value in its own way', async () => {
		loseOne();
		const dn = await person(
			attribute('telephoneNumber', '+49 30 1234'),
			attribute('seeAlso', `CN=admin , ${slapd.base.toUpperCase()}`),
		);
		expect((await read(dn)).telephoneNumber).toEqual(['+49 30 1234']);
	});

	test('an add of what was there before, and is different, is not called done', async () => {
		const dn = await person(attribute('description', 'old'));
		loseOne();
		const failure = await failureOf(
			ldap.add(dn, [
				attribute('objectClass', 'person'),
				attribute('cn', 'x'),
				attribute('sn', 'Test'),
				attribute('description', 'new'),
			]),
		);
		expect(failure).toMatchObject({ phase: 'maybeDone', code: 'entryAlreadyExists (68)' });
		expect((await read(dn)).description).toEqual(['old']);
	});

	test.each([
		['values added', { operation: 'add', ...attribute('description', 'a', 'b') }, ['x', 'a', 'b']],
		['a value deleted', { operation: 'delete', ...attribute('description', 'x') }, undefined],
		['all values deleted', { operation: 'delete', ...attribute('description') }, undefined],
		['values replaced', { operation: 'replace', ...attribute('description', 'y') }, ['y']],
		['values replaced by none', { operation: 'replace', ...attribute('description') }, undefined],
	] as const)('%s', async (_name, change, after) => {
		const dn = await person(attribute('description', 'x'));
		loseOne();
		await ldap.modify(dn, [change]);
		expect((await read(dn)).description).toEqual(after);
	});

	test('changes that were never applied are not called done', async () => {
		const dn = await person(attribute('description', 'x'));
		loseOne();
		const failure = await failureOf(
			ldap.modify(dn, [
				{ operation: 'add', ...attribute('seeAlso', slapd.base) },
				{ operation: 'delete', ...attribute('description', 'not there') },
			]),
		);
		expect(failure).toMatchObject({ phase: 'maybeDone', code: 'noSuchAttribute (16)' });
		expect((await read(dn)).seeAlso).toBeUndefined();
	});

	test('a delete', async () => {
		const dn = await person();
		loseOne();
		await ldap.delete(dn);
		expect(await failureOf(read(dn))).toMatchObject({ code: 'noSuchObject (32)' });
	});

	test('a rename', async () => {
		const dn = await person();
		loseOne();
		await ldap.modifyDn(dn, { newRdn: 'cn=renamed', deleteOldRdn: true });
		expect((await read(`cn=renamed,${base}`)).cn).toEqual(['renamed']);
	});

	test('a rename of what never was there is not called done', async () => {
		loseOne();
		const failure = await failureOf(
			ldap.modifyDn(`cn=nobody,${base}`, { newRdn: 'cn=somebody', deleteOldRdn: true }),
		);
		expect(failure).toMatchObject({ phase: 'maybeDone', code: 'noSuchObject (32)' });
	});

	test('an increment is never sent twice', async () => {
		const dn = await person();
		let sent = 0;
		proxy.faults = ({ operation }) => {
			if (operation !== 0x66) return 'pass';
			sent++;
			return 'cutAfter';
		};
		const change = { operation: 'increment', ...attribute('description', '1') } as const;
		expect(await failureOf(ldap.modify(dn, [change]))).toMatchObject({ phase: 'maybeDone' });
		expect(sent).toBe(1);
	});

	test('another server is not asked to add what the first may have added', async () => {
		const other = await startLdapFaultProxy(slapd.port);
		let adds = 0;
		other.faults = ({ operation }) => {
			if (operation === 0x68) adds++;
			return 'pass';
		};
		const two = clientOf(
			[proxy, other].map(({ port }) => ({ host: '127.0.0.1', port })),
			{ signIn: signInAs(slapd.admin.dn, slapd.admin.password) },
		);
		await two.rootDse();
		proxy.faults = ({ operation }) => {
			if (operation !== 0x68) return 'pass';
			setImmediate(() => void proxy.close());
			return 'cutAfter';
		};
		const failure = await failureOf(
			two.add(`cn=once,${base}`, [
				attribute('objectClass', 'person'),
				attribute('cn', 'once'),
				attribute('sn', 'Test'),
			]),
		);
		expect(failure).toMatchObject({ phase: 'maybeDone', code: 'ANSWER_LOST' });
		expect(adds).toBe(0);
		// What is no risk goes on there.
		await two.rootDse();
		expect(other.connections.length).toBeGreaterThan(0);
		await other.close();
		proxy = await startLdapFaultProxy(slapd.port);
	});
});
