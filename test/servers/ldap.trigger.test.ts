import { setTimeout as wait } from 'node:timers/promises';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import {
	Watching,
	addTo,
	attribute,
	eventsOf,
	inShort,
	removeFrom,
	replace,
} from '../engine/ldapWatching';
import { clientOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import { CHANGES, manyChanges, movedContainers } from './changes';
import type { Dirsrv } from './dirsrv/start.ts';
import { startDirsrv } from './dirsrv/start.ts';

import type { Samba } from './samba/start.ts';
import { startSamba } from './samba/start.ts';
import type { Slapd } from './slapd/start.ts';
import { startSlapd } from './slapd/start.ts';

jest.setTimeout(120_000);

// Samba takes long for so many.
const MOST_MS = 300_000 + 500 * CHANGES;

const median = (numbers: number[]) =>
	[...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

needs('/usr/sbin/slapd')('the trigger at OpenLDAP', () => {
	let slapd: Slapd;
	let watching: Watching;
	let directory: LdapClient;
	let people = '';
	let groups = '';

	beforeAll(async () => {
		slapd = await startSlapd();
		const { port, admin } = slapd;
		directory = clientOf([{ host: '127.0.0.1', port }], {
			signIn: signInAs(admin.dn, admin.password),
		});
		const credential = {
			...{ servers: `127.0.0.1:${port}`, encryption: 'none' as const },
			...{ bindDn: admin.dn, password: admin.password, baseDn: slapd.base },
			...{ signInWith: 'simple' as const, allowUnencryptedPasswords: true },
		};
		watching = await Watching.open(credential);
		people = `ou=people,${slapd.base}`;
		groups = `ou=groups,${slapd.base}`;
	}, 60_000);
	afterEach(() => watching.end());
	afterAll(async () => await slapd?.stop());

	const person = async (uid: string, under = people) =>
		await directory.add(`uid=${uid},${under}`, [
			...[attribute('objectClass', 'inetOrgPerson'), attribute('uid', uid)],
			...[attribute('cn', uid), attribute('sn', 'Test'), attribute('userPassword', 'hidden-1')],
		]);

	test.each(['automatic', 'polling'])(
		'%s: what is there is no event; what comes, changes, moves and goes is one each',
		async (mechanism) => {
			const [here, gone, moved] = ['here', 'gone', 'moved'].map((name) => `${name}-${mechanism}`);
			for (const uid of [here, gone, moved]) await person(uid ?? '');
			const { database } = await watching.start({
				...{ baseDn: people, filter: `(uid=*-${mechanism})`, mechanism },
				options: { lookSeconds: 1 },
			});
			await person(`new-${mechanism}`);
			await directory.modify(`uid=${here},${people}`, [
				replace('mail', 'a@example.org'),
				replace('userPassword', 'hidden-2'),
			]);
			await directory.delete(`uid=${gone},${people}`);
			await directory.modifyDn(`uid=${moved},${people}`, {
				...{ newRdn: `uid=renamed-${mechanism}`, deleteOldRdn: true },
			});
			const events = await eventsOf(database, 4, { afterMs: 1_500 });
			expect(inShort(events).sort()).toEqual([
				`created uid=new-${mechanism}`,
				`deleted uid=${gone}`,
				`updated uid=${here}`,
				`updated uid=renamed-${mechanism}`,
			]);
			const updated = events.find(({ dn }) => dn === `uid=${here},${people}`);
			expect(updated?.changes).toEqual([
				{ attribute: 'mail', added: ['a@example.org'], removed: [] },
			]);
			expect(updated?.entry).toMatchObject({ sn: ['Test'], mail: ['a@example.org'] });
			const renamed = events.find(({ previousDn }) => previousDn !== undefined);
			expect(renamed?.previousDn).toBe(`uid=${moved},${people}`);
			expect(JSON.stringify([events, database.staticData])).not.toContain('hidden');
			expect(database.failures).toEqual([]);
		},
	);

	test('members of groups come and go, one event each', async () => {
		const dn = `cn=team,${groups}`;
		const named = (uid: string) => `uid=${uid},${people}`;
		await directory.add(dn, [
			...[attribute('objectClass', 'groupOfNames'), attribute('cn', 'team')],
			attribute('member', named('a'), named('b')),
		]);
		const { database } = await watching.start({
			...{ baseDn: groups, events: ['memberAdded', 'memberRemoved'] },
		});
		await directory.modify(dn, [addTo('member', named('c'), named('d'))]);
		await directory.modify(dn, [removeFrom('member', named('a'))]);
		await directory.modify(dn, [replace('description', 'no member')]);
		expect(inShort(await eventsOf(database, 3)).sort()).toEqual([
			...['memberAdded cn=team uid=c', 'memberAdded cn=team uid=d'],
			'memberRemoved cn=team uid=a',
		]);
	});

	test('an entry that ceases to match the filter is deleted for the workflow', async () => {
		await person('matches');
		const { database } = await watching.start({ filter: '(&(uid=matches)(!(title=left)))' });
		await directory.modify(`uid=matches,${people}`, [replace('title', 'left')]);
		await eventsOf(database, 1);
		await directory.modify(`uid=matches,${people}`, [replace('title', 'back')]);
		expect(inShort(await eventsOf(database, 2))).toEqual([
			...['deleted uid=matches', 'created uid=matches'],
		]);
	});

	test('what happens while n8n or the server is away is found afterwards, once', async () => {
		const { host, database } = await watching.start({ filter: '(uid=away*)' });
		await person('away-1');
		await eventsOf(database, 1, { afterMs: 50 });
		host.kill();
		await person('away-2');
		await directory.modify(`uid=away-1,${people}`, [replace('title', 'x')]);
		await watching.start({ filter: '(uid=away*)' }, database);
		await eventsOf(database, 3, { afterMs: 50 });
		await slapd.restart();
		await directory.delete(`uid=away-1,${people}`);
		await person('away-3');
		expect(inShort(await eventsOf(database, 5, { afterMs: 1_000 })).sort()).toEqual([
			...['created uid=away-1', 'created uid=away-2', 'created uid=away-3'],
			...['deleted uid=away-1', 'updated uid=away-1'],
		]);
		expect(database.failures).toEqual([]);
	});

	test.each(['automatic', 'polling'])(
		'%s: what is in a container that is moved or renamed is not forgotten',
		async (mechanism) => {
			const objectClasses = ['inetOrgPerson'];
			await movedContainers({ watching, directory, server: slapd, objectClasses, mechanism });
		},
	);

	test.each(['automatic', 'polling'])(
		`%s: ${CHANGES} changes, n8n killed and stopped, the server killed: nothing lost, nothing doubled`,
		async (mechanism) => {
			const objectClasses = ['inetOrgPerson'];
			await manyChanges({ watching, directory, server: slapd, objectClasses, mechanism });
		},
		MOST_MS,
	);

	test('an event arrives soon after its change', async () => {
		await person('fast');
		const { database } = await watching.start({ filter: '(uid=fast)' });
		const times: number[] = [];
		for (let n = 1; n <= 30; n++) {
			const from = performance.now();
			await directory.modify(`uid=fast,${people}`, [replace('title', String(n))]);
			while (database.runsBegun < n) await wait(1);
			times.push(performance.now() - from);
			await wait(30);
		}
		console.log(`slapd: ${median(times)?.toFixed(1)} ms median from before the change`);
		expect(median(times)).toBeLessThan(2_000);
	});
});

needs('/usr/sbin/samba', 'samba-tool')('the trigger at Active Directory (Samba)', () => {
	let samba: Samba;
	let watching: Watching;
	let directory: LdapClient;
	let users = '';

	beforeAll(async () => {
		samba = await startSamba();
		const { port, admin, base } = samba;
		directory = clientOf([{ host: '127.0.0.1', port }], {
			signIn: signInAs(admin.upn, admin.password),
		});
		watching = await Watching.open({
			...{ servers: `127.0.0.1:${port}`, encryption: 'none' },
			...{ bindDn: admin.upn, password: admin.password, baseDn: base },
			...{ signInWith: 'simple', allowUnencryptedPasswords: true },
		});
		users = `CN=Users,${base}`;
		await directory.add(`OU=Outside,${base}`, [attribute('objectClass', 'organizationalUnit')]);
	}, 120_000);
	afterEach(() => watching.end());
	afterAll(async () => await samba?.stop());

	const user = async (name: string) =>
		await directory.add(`CN=${name},${users}`, [
			...[attribute('objectClass', 'user'), attribute('sAMAccountName', name)],
		]);

	test.each(['automatic', 'dirSync', 'polling'])(
		'%s: what is there is no event; what comes, changes, moves and goes is one each',
		async (mechanism) => {
			const [here = '', gone = '', renamed = '', moved = ''] = [
				...['here', 'gone', 'renamed', 'moved'].map((name) => `${name}-${mechanism}`),
			];
			for (const name of [here, gone, renamed, moved]) await user(name);
			const { database } = await watching.start({
				...{ baseDn: users, filter: `(sAMAccountName=*-${mechanism})`, mechanism },
				options: { lookSeconds: 1 },
			});
			await user(`new-${mechanism}`);
			await directory.modify(`CN=${here},${users}`, [replace('mail', 'a@example.org')]);
			await directory.delete(`CN=${gone},${users}`);
			await directory.modifyDn(`CN=${renamed},${users}`, {
				...{ newRdn: `CN=other-${mechanism}`, deleteOldRdn: true },
			});
			await directory.modifyDn(`CN=${moved},${users}`, {
				...{ newRdn: `CN=${moved}`, deleteOldRdn: true },
				newSuperior: `OU=Outside,${samba.base}`,
			});
			const events = await eventsOf(database, 5, { afterMs: 1_500 });
			expect(inShort(events).sort()).toEqual([
				`created cn=new-${mechanism}`.toLowerCase(),
				`deleted cn=${gone}`.toLowerCase(),
				`deleted cn=${moved}`.toLowerCase(),
				`updated cn=${here}`.toLowerCase(),
				`updated cn=other-${mechanism}`.toLowerCase(),
			]);
			const updated = events.find(({ dn }) => dn === `CN=${here},${users}`);
			expect(updated?.changes).toEqual([
				{ attribute: 'mail', before: null, after: 'a@example.org' },
			]);
			expect(updated?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
			expect(database.failures).toEqual([]);
		},
	);

	test.each(['notification', 'dirSync'])(
		'%s: what happens while n8n or the server is away is found afterwards, once',
		async (mechanism) => {
			const name = (n: number) => `away-${mechanism}-${n}`;
			const parameters = { filter: `(sAMAccountName=${name(0).slice(0, -1)}*)`, mechanism };
			const { host, database } = await watching.start(parameters);
			await user(name(1));
			await eventsOf(database, 1, { afterMs: 50 });
			host.kill();
			await user(name(2));
			await directory.modify(`CN=${name(1)},${users}`, [replace('title', 'x')]);
			await watching.start(parameters, database);
			await eventsOf(database, 3, { afterMs: 50 });
			await samba.restart();
			await directory.delete(`CN=${name(1)},${users}`);
			await user(name(3));
			const events = await eventsOf(database, 5, { withinMs: 40_000, afterMs: 1_500 });
			expect(inShort(events).sort()).toEqual([
				...[1, 2, 3].map((n) => `created cn=${name(n)}`.toLowerCase()),
				...[`deleted cn=${name(1)}`.toLowerCase(), `updated cn=${name(1)}`.toLowerCase()],
			]);
			expect(database.failures).toEqual([]);
		},
	);

	test('members of groups come and go, one event each', async () => {
		for (const name of ['member-a', 'member-b', 'member-c']) await user(name);
		const dn = `CN=Team,${users}`;
		const named = (name: string) => `CN=${name},${users}`;
		await directory.add(dn, [
			...[attribute('objectClass', 'group'), attribute('sAMAccountName', 'Team')],
			attribute('member', named('member-a')),
		]);
		const { database } = await watching.start({
			...{ filter: '(objectClass=group)', events: ['memberAdded', 'memberRemoved'] },
		});
		await directory.modify(dn, [addTo('member', named('member-b'), named('member-c'))]);
		await directory.modify(dn, [removeFrom('member', named('member-a'))]);
		expect(inShort(await eventsOf(database, 3)).sort()).toEqual([
			...['memberAdded cn=team cn=member-b', 'memberAdded cn=team cn=member-c'],
			'memberRemoved cn=team cn=member-a',
		]);
	});

	test.each(['automatic', 'dirSync', 'polling'])(
		'%s: what is in a container that is moved or renamed is not forgotten',
		async (mechanism) => {
			const objectClasses = ['contact'];
			await movedContainers({ watching, directory, server: samba, objectClasses, mechanism });
		},
	);

	test.each(['automatic', 'dirSync', 'polling'])(
		`%s: ${CHANGES} changes, n8n killed and stopped, the server killed: nothing lost, nothing doubled`,
		async (mechanism) => {
			const objectClasses = ['contact'];
			await manyChanges({ watching, directory, server: samba, objectClasses, mechanism });
		},
		MOST_MS,
	);

	test('an event arrives soon after its change', async () => {
		await user('fast');
		const { database } = await watching.start({ filter: '(sAMAccountName=fast)' });
		const times: number[] = [];
		for (let n = 1; n <= 30; n++) {
			const from = performance.now();
			await directory.modify(`CN=fast,${users}`, [replace('title', String(n))]);
			while (database.runsBegun < n) await wait(1);
			times.push(performance.now() - from);
			await wait(60);
		}
		console.log(`Samba: ${median(times)?.toFixed(1)} ms median from before the change`);
		expect(median(times)).toBeLessThan(3_000);
	});
});

needs('ns-slapd')('the trigger at 389 Directory Server', () => {
	let dirsrv: Dirsrv;
	let watching: Watching;

	beforeAll(async () => {
		dirsrv = await startDirsrv();
		const { port, admin } = dirsrv;
		watching = await Watching.open({
			...{ servers: `127.0.0.1:${port}`, encryption: 'none' },
			...{ bindDn: admin.dn, password: admin.password, baseDn: dirsrv.base },
			...{ signInWith: 'simple', allowUnencryptedPasswords: true },
		});
	}, 120_000);
	afterEach(() => watching.end());
	afterAll(async () => await dirsrv?.stop());

	test.each(['automatic', 'polling'])(
		'%s: what is in a container that is moved or renamed is not forgotten',
		async (mechanism) => {
			const { port, admin } = dirsrv;
			const directory = clientOf([{ host: '127.0.0.1', port }], {
				signIn: signInAs(admin.dn, admin.password),
			});
			const objectClasses = ['inetOrgPerson'];
			await movedContainers({ watching, directory, server: dirsrv, objectClasses, mechanism });
		},
	);

	test.each(['automatic', 'polling'])(
		`%s: ${CHANGES} changes, n8n killed and stopped, the server killed: nothing lost, nothing doubled`,
		async (mechanism) => {
			const { port, admin } = dirsrv;
			const directory = clientOf([{ host: '127.0.0.1', port }], {
				signIn: signInAs(admin.dn, admin.password),
			});
			const objectClasses = ['inetOrgPerson'];
			await manyChanges({ watching, directory, server: dirsrv, objectClasses, mechanism });
		},
		MOST_MS,
	);
});
