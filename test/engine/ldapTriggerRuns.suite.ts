import type { INodeParameters } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { LdapSandbox } from '../../sandbox/ldap/server.ts';
import { startLdapSandbox } from '../../sandbox/ldap/server.ts';
import { clientOf, signInAs } from '../Ldap/clientOf';
import { Watching, addTo, attribute, eventsOf, inShort, replace, until } from './ldapWatching';
import { Database } from './triggerHost';

/**
 * What the LDAP trigger does with its events, whatever tells it of them.
 * @param from folder with the n8n-core to run on; the newest one where it is left out
 */
export function ldapTriggerRunsSuite(from?: string): void {
	let sandbox: LdapSandbox;
	let watching: Watching;
	let directory: LdapClient;
	let under = '';
	let units = 0;

	beforeAll(async () => {
		sandbox = await startLdapSandbox();
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
	beforeEach(async () => {
		under = `ou=unit-${units++},${sandbox.base}`;
		await directory.add(under, [attribute('objectClass', 'organizationalUnit')]);
	});
	afterEach(() => {
		watching.end();
		sandbox.faults.clear();
	});
	afterAll(async () => await sandbox?.stop());

	const person = async (name: string, ...more: Array<ReturnType<typeof attribute>>) =>
		await directory.add(`cn=${name},${under}`, [
			...[attribute('objectClass', 'inetOrgPerson'), attribute('cn', name)],
			...[attribute('sn', 'Test'), ...more],
		]);
	const change = async (name: string, type: string, ...values: string[]) =>
		await directory.modify(`cn=${name},${under}`, [replace(type, ...values)]);
	const parameters = (more: INodeParameters = {}): INodeParameters => ({
		...{ baseDn: under, filter: '(cn=*)', ...more },
	});

	test('existing entries are events where that is wanted, once, in runs of the size that is wanted', async () => {
		for (let n = 0; n < 5; n++) await person(`p${n}`);
		const node = parameters({ options: { existing: 'emit', batchSize: 2 } });
		const { host, database } = await watching.start(node);
		expect(await eventsOf(database, 5)).toHaveLength(5);
		const sizes = database.executions.map(({ items }) => items.length);
		expect(Math.max(...sizes)).toBe(2);
		await host.stop();
		await watching.start(node, database);
		expect(await eventsOf(database, 5)).toHaveLength(5);
	});

	test('an update tells what it was and is, of attributes that are watched only', async () => {
		await person('a', attribute('mail', 'a@x.org', 'b@x.org'), attribute('employeeNumber', '7'));
		const { database } = await watching.start(
			parameters({ attributes: 'mail, employeeNumber, displayName' }),
		);
		await change('a', 'description', 'not watched');
		await change('a', 'mail', 'b@x.org', 'c@x.org');
		await change('a', 'employeeNumber', '8');
		await change('a', 'employeeNumber');
		const events = await eventsOf(database, 3);
		const all = events.map(({ changes }) => changes);
		expect(all).toEqual([
			[{ attribute: 'mail', added: ['c@x.org'], removed: ['a@x.org'] }],
			[{ attribute: 'employeeNumber', before: '7', after: '8' }],
			[{ attribute: 'employeeNumber', before: '8', after: null }],
		]);
		expect(events[2]?.entry).toEqual({
			...{ dn: `cn=a,${under}`, mail: ['b@x.org', 'c@x.org'] },
		});
	});

	test('passwords are neither watched, shown nor kept', async () => {
		await person('a', attribute('userPassword', 'first-secret'));
		const { database } = await watching.start(parameters());
		await change('a', 'userPassword', 'second-secret');
		await change('a', 'title', 'x');
		const events = await eventsOf(database, 1);
		expect(inShort(events)).toEqual(['updated cn=a']);
		const kept = Object.values(JSON.parse(database.staticData) as Record<string, object>);
		const texts = kept
			.flatMap((parts): string[] => Object.values(parts))
			.map((text) => inflateRawSync(Buffer.from(text, 'base64')).toString());
		expect(texts.join()).toContain('Test');
		expect(JSON.stringify([texts, events])).not.toContain('secret');
		await expect(watching.start(parameters({ attributes: 'cn, userPassword' }))).rejects.toThrow(
			'"Attributes to Watch" has "userPassword"',
		);
	});

	test('with fingerprints only, a change is found and tells what it is', async () => {
		await person('a', attribute('title', 'before-text'));
		const node = parameters({ options: { keepValues: false } });
		const { host, database } = await watching.start(node);
		await host.stop();
		await change('a', 'title', 'after-text');
		await watching.start(node, database);
		const [event] = await eventsOf(database, 1);
		expect(JSON.stringify(event)).toContain('after-text');
		expect(JSON.stringify(event)).not.toContain('before-text');
	});

	test('a group that is made and deleted has gained and lost its members', async () => {
		const dn = `cn=team,${under}`;
		await person('a');
		const { database } = await watching.start(
			parameters({ events: ['memberAdded', 'memberRemoved'] }),
		);
		await directory.add(dn, [
			...[attribute('objectClass', 'groupOfNames'), attribute('cn', 'team')],
			attribute('member', `cn=a,${under}`),
		]);
		await directory.modify(dn, [addTo('member', `cn=b,${under}`)]);
		await directory.delete(dn);
		expect(inShort(await eventsOf(database, 4))).toEqual([
			...['memberAdded cn=team cn=a', 'memberAdded cn=team cn=b'],
			...['memberRemoved cn=team cn=a', 'memberRemoved cn=team cn=b'],
		]);
	});

	test('restarts without force: nothing lost, nothing doubled, also where n8n knows no keys', async () => {
		const database = new Database();
		const node = parameters({ events: ['created'], options: { batchSize: 4 } });
		for (let round = 0; round < 3; round++) {
			const { host } = await watching.start(node, database, { knowsKeys: false });
			for (let n = 0; n < 10; n++) await person(`p${round}-${n}`);
			await eventsOf(database, (round + 1) * 10, { afterMs: 50 });
			await host.stop();
		}
		await watching.start(node, database, { knowsKeys: false });
		const all = inShort(await eventsOf(database, 30));
		expect(all).toHaveLength(30);
		expect(new Set(all).size).toBe(30);
	});

	test('a workflow that is switched off and on during a run does not start that run again', async () => {
		const node = parameters();
		const { again, database } = await watching.start(node, undefined, { runMs: 1_000 });
		await person('long');
		await until(() => database.executions.length === 1);
		await again();
		expect(inShort(await eventsOf(database, 1, { afterMs: 1_500 }))).toEqual(['created cn=long']);
	});

	test('while runs are slow the events wait, and the server is made to wait as well', async () => {
		const node = parameters({ events: ['created'], options: { batchSize: 5 } });
		const { database } = await watching.start(node, undefined, { runMs: 100 });
		for (let n = 0; n < 60; n++) await person(`p${n}`);
		const all = inShort(await eventsOf(database, 60));
		expect(new Set(all).size).toBe(60);
		expect(Math.max(...database.executions.map(({ items }) => items.length))).toBe(5);
	});

	test('what cannot work is an error when the workflow is switched on', async () => {
		await expect(watching.start({ baseDn: `ou=nowhere,${sandbox.base}` })).rejects.toThrow(
			'noSuchObject',
		);
		await expect(watching.start(parameters({ filter: '(cn=' }))).rejects.toThrow('filter');
		await expect(watching.start(parameters({ mechanism: 'dirSync' }))).rejects.toThrow(
			'does not offer',
		);
		await expect(watching.start(parameters({ events: [] }))).rejects.toThrow('"Events" is empty');
	});

	test('a server that is away for some seconds is no failure, and what came meanwhile is found', async () => {
		const { database } = await watching.start(parameters());
		await sandbox.down();
		await wait(5_000);
		await sandbox.up();
		sandbox.add(`cn=meanwhile,${under}`, { objectClass: ['person'], cn: 'meanwhile', sn: 'x' });
		expect(inShort(await eventsOf(database, 1, { withinMs: 25_000 }))).toEqual([
			'created cn=meanwhile',
		]);
		expect(database.failures).toEqual([]);
	}, 60_000);

	test('the editor shows some of what is there, and the trigger does not know that it was asked', async () => {
		for (let n = 0; n < 9; n++) await person(`p${n}`, attribute('userPassword', 'hidden'));
		const shown = await watching.sample(parameters({ events: ['updated'] }));
		expect(shown).toHaveLength(5);
		expect(shown[0]).toMatchObject({
			...{ event: 'created', id: expect.any(String) as string },
			entry: { sn: ['Test'] },
		});
		expect(JSON.stringify(shown)).not.toContain('hidden');
		await expect(watching.sample(parameters({ filter: '(cn=nobody)' }))).rejects.toThrow(
			'There is no entry under',
		);
	});
}
