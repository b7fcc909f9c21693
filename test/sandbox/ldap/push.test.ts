import { setTimeout as sleep } from 'node:timers/promises';
import {
	startLdapSandbox,
	type LdapSandbox,
	type LdapSandboxOptions,
} from '../../../sandbox/ldap/server.ts';
import { needs } from '../../needs';
import { Tools, type Listening } from './tools.ts';

let sandbox: LdapSandbox;
let tools: Tools;
const listening: Listening[] = [];

async function open(options: LdapSandboxOptions = {}): Promise<void> {
	sandbox = await startLdapSandbox(options);
	tools = new Tools(sandbox);
	for (const name of ['a', 'b']) addDevice(name);
}

function addDevice(name: string): void {
	const objectClass = sandbox.base.startsWith('DC=') ? 'container' : 'device';
	sandbox.add(`cn=${name},${sandbox.base}`, { objectClass });
}

function listen(...args: string[]): Listening {
	const started = tools.listen(sandbox.base, args);
	listening.push(started);
	return started;
}

/** One change of each kind, by another client. */
async function change(): Promise<void> {
	const { base } = sandbox;
	addDevice('c');
	const ldif = `dn: cn=a,${base}\nchangetype: modify\nreplace: description\ndescription: new\n`;
	await tools.ldif('ldapmodify', ldif);
	await tools.call('ldapmodrdn', ['-r', `cn=b,${base}`, 'cn=bb']);
	await tools.call('ldapdelete', [`cn=c,${base}`]);
}

/** These searches print nothing until something happens. */
async function searchArrived(): Promise<void> {
	while (!sandbox.requests.some(({ operation }) => operation === 'search')) await sleep(5);
}

const cookieOf = (output: string) => /cookie: (rid=\S+)/.exec(output)?.[1] ?? '';

afterEach(async () => {
	for (const one of listening.splice(0)) await one.stop();
	tools.remove();
	await sandbox.stop();
});

needs('ldapsearch')('the sandbox tells clients of changes', () => {
	test('content synchronization: what is there, then each change as it happens (RFC 4533)', async () => {
		await open();
		const search = listen('-E', '!sync=rp', '(objectClass=device)', 'description');
		const first = await search.until('switching to persist stage');
		expect(first.match(/ added/g)).toHaveLength(2);
		await change();
		const output = await search.until(' deleted');
		const states = [...output.matchAll(/^dn: cn=(\w+),.*\n(?:control.*\n)?# SyncState.* (\w+)$/gm)];
		expect(states.map(([, name, state]) => `${name} ${state}`)).toEqual([
			'a added',
			'b added',
			'c added',
			'a modified',
			'bb modified',
			'c deleted',
		]);
		expect(output).toContain('description: new');
	});

	test('content synchronization: an entry that the filter no longer finds is deleted', async () => {
		await open();
		sandbox.add(`cn=tagged,${sandbox.base}`, { objectClass: 'device', description: 'x' });
		const search = listen('-E', '!sync=rp', '(description=x)', '1.1');
		await search.until('switching to persist stage');
		const ldif = `dn: cn=tagged,${sandbox.base}\nchangetype: modify\nreplace: description\n`;
		await tools.ldif('ldapmodify', ldif);
		expect(await search.until(' deleted')).toContain(`dn: cn=tagged,${sandbox.base}`);
	});

	test('a cookie brings only what is new, and the UUIDs of what is gone', async () => {
		await open();
		const first = await tools.call('ldapsearch', [
			'-b',
			sandbox.base,
			'-E',
			'!sync=ro',
			'(cn=*)',
			'1.1',
		]);
		await change();
		await tools.call('ldapdelete', [`cn=a,${sandbox.base}`]);
		const args = ['-b', sandbox.base, '-E', `!sync=ro/${cookieOf(first.output)}`, '(cn=*)', '1.1'];
		const second = await tools.call('ldapsearch', args);
		expect(second.stdout.match(/^dn: .*/gm)).toEqual([`dn: cn=bb,${sandbox.base}`]);
		expect(second.output).toMatch(/SyncInfo Received: (syncIdSet|.*ID)/i);
		const newer = cookieOf(first.output).replace(/#\w{6}#/, '#ffffff#');
		expect(
			(await tools.call('ldapsearch', ['-b', sandbox.base, '-E', `!sync=ro/${newer}`])).code,
		).toBe(53);
	});

	test('a cookie that is too old gets the UUIDs of all that is there', async () => {
		await open({ sessionLog: 2 });
		const first = await tools.call('ldapsearch', [
			'-b',
			sandbox.base,
			'-E',
			'!sync=ro',
			'(cn=*)',
			'1.1',
		]);
		await change();
		const args = ['-b', sandbox.base, '-E', `!sync=ro/${cookieOf(first.output)}`, '(cn=*)', '1.1'];
		const second = await tools.call('ldapsearch', args);
		const found = second.stdout.match(/^dn: cn=\w+/gm)?.sort();
		expect(found).toEqual(['dn: cn=a', 'dn: cn=bb']);
		addDevice('d');
		addDevice('e');
		addDevice('f');
		const third = await tools.call('ldapsearch', [
			...['-b', sandbox.base, '-E', `!sync=ro/${cookieOf(second.output)}`, '(cn=*)', '1.1'],
		]);
		expect(third.stdout.match(/^dn: cn=\w+/gm)).toEqual(['dn: cn=d', 'dn: cn=e', 'dn: cn=f']);
		expect(third.output).toMatch(/SyncInfo Received/i);
	});

	test('persistent search, with what happened and the name before', async () => {
		await open({ push: ['persistentSearch'] });
		const search = listen('-E', '!ps=15/1/1', '(cn=*)', 'description');
		await searchArrived();
		await change();
		const output = await search.until('persistentSearch: delete');
		expect(output.match(/persistentSearch: \w+/g)).toEqual([
			'persistentSearch: add',
			'persistentSearch: modify',
			'persistentSearch: moddn',
			'persistentSearch: delete',
		]);
		// ldapsearch prints only the beginning of the name before.
		const values = [...output.matchAll(/^control: 2\.16\S+ false (\S+)/gm)].map(([, value = '']) =>
			Buffer.from(value, 'base64').toString(),
		);
		expect(values[2]).toContain(`cn=b,${sandbox.base}`);
		const unknown = await tools.call('ldapsearch', ['-b', sandbox.base, '-E', '!sync=ro']);
		expect(unknown.code).toBe(12);
	});

	test('change notification of Active Directory, with tombstones', async () => {
		await open({ personality: 'activeDirectory' });
		const search = listen(
			'-E',
			'!serverNotif',
			'-E',
			'!showDeleted',
			'(objectClass=*)',
			'description',
		);
		await searchArrived();
		await change();
		const output = await search.until('DEL:');
		expect(output.match(/^dn: CN=\w+/gim)).toEqual([
			'dn: CN=c',
			'dn: CN=a',
			'dn: CN=bb',
			'dn: CN=c',
		]);
		const filtered = ['-b', sandbox.base, '-E', '!serverNotif', '(cn=a)'];
		expect((await tools.call('ldapsearch', filtered)).code).toBe(53);
	});

	test('DirSync of Active Directory: changed attributes since the cookie, and what was deleted', async () => {
		await open({ personality: 'activeDirectory' });
		const run = async (cookie = '') =>
			await tools.call('ldapsearch', [
				...[
					'-o',
					'ldif-wrap=no',
					'-b',
					sandbox.base,
					'-E',
					`!dirSync=0/0${cookie && `/${cookie}`}`,
				],
				...['(objectClass=container)', 'description', 'displayName'],
			]);
		const first = await run();
		expect(first.output).toContain('dn: CN=Users,DC=corp,DC=example');
		await change();
		const cookie = /# cookie:: (\S+)/.exec(first.output)?.[1] ?? '';
		const second = await run(cookie);
		const names = [...second.output.matchAll(/^dn: CN=([^,\n]+)/gim)].map(([, name]) => name);
		expect(names).toEqual(['a', 'bb', expect.stringMatching(/^c\\0ADEL:/)]);
		expect(second.output).toContain('description: new');
		expect(second.output).toContain('isDeleted: TRUE');
		expect((await run(/# cookie:: (\S+)/.exec(second.output)?.[1])).output).not.toContain('dn: ');
	});
});
