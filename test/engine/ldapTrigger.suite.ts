import type { INodeParameters } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { LdapSandbox, LdapSandboxOptions } from '../../sandbox/ldap/server.ts';
import { startLdapSandbox } from '../../sandbox/ldap/server.ts';
import { clientOf, signInAs } from '../Ldap/clientOf';
import { Watching, addTo, attribute, eventsOf, inShort, removeFrom, replace } from './ldapWatching';

const PEOPLE = 150;

/** Ways of hearing, each at the server that offers it. */
const WAYS: Array<[string, LdapSandboxOptions, INodeParameters]> = [
	['syncrepl', { push: ['sync'] }, {}],
	['syncrepl with a short memory', { push: ['sync'], sessionLog: 2 }, {}],
	['persistent search', { push: ['persistentSearch'] }, { mechanism: 'persistentSearch' }],
	['polling by modifyTimestamp', { push: [] }, { mechanism: 'automatic' }],
	['notification', { personality: 'activeDirectory', push: ['notification'] }, {}],
	['DirSync', { personality: 'activeDirectory' }, { mechanism: 'dirSync' }],
	['polling by uSNChanged', { personality: 'activeDirectory', push: [] }, {}],
];

/** @param from folder with the n8n-core to run on; the newest one where it is left out */
export function ldapTriggerSuite(from?: string): void {
	describe.each(WAYS)('the LDAP trigger by %s', (_name, server, way) => {
		let sandbox: LdapSandbox;
		let watching: Watching;
		let directory: LdapClient;
		let under = '';
		const isWindows = server.personality === 'activeDirectory';
		const parameters = (more: INodeParameters = {}): INodeParameters => ({
			...{ baseDn: under, filter: '(cn=*)', options: { lookSeconds: 1 } },
			...way,
			...more,
		});

		beforeAll(async () => {
			sandbox = await startLdapSandbox({ ...server, maxValRange: 20 });
			const { port, admin, base } = sandbox;
			directory = clientOf([{ host: '127.0.0.1', port }], {
				signIn: signInAs(admin.dn, admin.password),
				resilience: { maxAttempts: 30, random: Math.random },
			});
			watching = await Watching.open(
				{
					...{ servers: `127.0.0.1:${port}`, encryption: 'none' },
					...{ bindDn: admin.dn, password: admin.password, baseDn: base },
					...{ signInWith: 'simple', allowUnencryptedPasswords: true },
				},
				from,
			);
		});
		let units = 0;
		beforeEach(async () => {
			under = `OU=unit-${units++},${sandbox.base}`;
			await directory.add(under, [attribute('objectClass', 'organizationalUnit')]);
		});
		afterEach(() => watching.end());
		afterAll(async () => await sandbox?.stop());

		const dnOf = (name: string) => `CN=${name},${under}`;
		const person = async (name: string) =>
			await directory.add(
				dnOf(name),
				isWindows
					? [attribute('objectClass', 'contact'), attribute('cn', name)]
					: [attribute('objectClass', 'person'), attribute('cn', name), attribute('sn', 'Test')],
			);
		const retitle = async (name: string, title: string) =>
			await directory.modify(dnOf(name), [replace('description', title)]);

		test('what is there is no event; what comes, changes, is renamed and goes is one each', async () => {
			for (const name of ['here', 'gone', 'old']) await person(name);
			const { database } = await watching.start(parameters());
			await person('new');
			await retitle('here', 'x');
			await directory.delete(dnOf('gone'));
			await directory.modifyDn(dnOf('old'), { newRdn: 'CN=other', deleteOldRdn: true });
			const events = await eventsOf(database, 4, { afterMs: 1_300 });
			expect(inShort(events).sort()).toEqual([
				...['created cn=new', 'deleted cn=gone', 'updated cn=here', 'updated cn=other'],
			]);
			const [updated] = events.filter(({ dn }) => String(dn).toLowerCase().startsWith('cn=here,'));
			expect(updated).toMatchObject({ entry: { cn: expect.anything() as unknown } });
			expect(JSON.stringify(updated?.changes)).toContain('"x"');
			expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(4);
			expect(database.failures).toEqual([]);
		});

		test('members come and go, one event each', async () => {
			// More than Active Directory gives at once.
			const names = ['a', 'b', 'c', ...Array.from({ length: 25 }, (_, n) => `m${n}`)];
			for (const name of [...names, 'd', 'e']) await person(name);
			const members = names.map(dnOf);
			await directory.add(dnOf('team'), [
				attribute('objectClass', isWindows ? 'group' : 'groupOfNames'),
				...[attribute('cn', 'team'), attribute('member', ...members)],
			]);
			const { database } = await watching.start(
				parameters({ events: ['memberAdded', 'memberRemoved'] }),
			);
			await directory.modify(dnOf('team'), [addTo('member', dnOf('d'), dnOf('e'))]);
			await directory.modify(dnOf('team'), [removeFrom('member', dnOf('a'))]);
			expect(inShort(await eventsOf(database, 3, { afterMs: 1_300 })).sort()).toEqual([
				...['memberAdded cn=team cn=d', 'memberAdded cn=team cn=e'],
				'memberRemoved cn=team cn=a',
			]);
		});

		test('an entry that ceases to match the filter is deleted for the workflow', async () => {
			await person('leaves');
			const { database } = await watching.start(
				parameters({ filter: '(&(cn=leaves)(!(description=left)))' }),
			);
			await retitle('leaves', 'left');
			await eventsOf(database, 1);
			await retitle('leaves', 'back');
			expect(inShort(await eventsOf(database, 2, { afterMs: 1_300 }))).toEqual([
				...['deleted cn=leaves', 'created cn=leaves'],
			]);
		});

		test('what a person is renamed to and replaced by are told apart', async () => {
			await person('one');
			const { database } = await watching.start(parameters());
			await directory.modifyDn(dnOf('one'), { newRdn: 'CN=two', deleteOldRdn: true });
			await person('one');
			const events = await eventsOf(database, 2, { afterMs: 1_300 });
			expect(inShort(events).sort()).toEqual(['created cn=one', 'updated cn=two']);
		});

		test(`${PEOPLE} entries while n8n is killed, stopped and cut off and the server goes away: one event each`, async () => {
			const node = parameters({ events: ['created', 'deleted'] });
			const first = await watching.start(node);
			const { database } = first;
			let { host } = first;
			const restart = async () => ({ host } = await watching.start(node, database));
			const killAndRestart = async () => {
				host.kill();
				await restart();
			};
			const goAway = async () => {
				await sandbox.down();
				await wait(200);
				await sandbox.up();
			};
			const troubles = new Map<number, () => Promise<unknown>>([
				[30, killAndRestart],
				[60, async () => await Promise.resolve(sandbox.killConnections())],
				[90, async () => await host.stop().then(restart)],
				[120, goAway],
			]);
			for (let n = 0; n < PEOPLE; n++) {
				await troubles.get(n)?.();
				await person(`p${n}`);
			}
			const half = PEOPLE / 2;
			await eventsOf(database, PEOPLE, { afterMs: 1_300 });
			host.kill();
			for (let n = 0; n < half; n++) await directory.delete(dnOf(`p${n}`));
			await restart();
			const all = inShort(await eventsOf(database, PEOPLE + half, { afterMs: 1_300 }));
			const numbers = [...Array(PEOPLE).keys()];
			expect(all.sort()).toEqual(
				[
					...numbers.map((n) => `created cn=p${n}`),
					...numbers.slice(0, half).map((n) => `deleted cn=p${n}`),
				].sort(),
			);
			expect(database.failures).toEqual([]);
		}, 60_000);
	});
}
