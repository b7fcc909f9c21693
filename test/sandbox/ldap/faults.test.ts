import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, EqualityFilter, type ClientOptions } from 'ldapts';
import {
	startLdapSandbox,
	type LdapSandbox,
	type LdapSandboxOptions,
} from '../../../sandbox/ldap/server.ts';

const BASE = 'dc=example,dc=org';
const device = (name: string) => ({
	dn: `cn=${name},${BASE}`,
	attributes: { objectClass: 'device' },
});
const entries = Array.from({ length: 10 }, (_, n) => device(`d${n}`));
let sandbox: LdapSandbox;
const clients: Client[] = [];

async function open(options: LdapSandboxOptions = {}): Promise<void> {
	sandbox = await startLdapSandbox({ entries, ...options });
}

async function bound(options: Partial<ClientOptions> = {}): Promise<Client> {
	const client = new Client({ url: sandbox.url, timeout: 2000, ...options });
	clients.push(client);
	await client.bind(sandbox.admin.dn, sandbox.admin.password);
	return client;
}

const add = (client: Client, name: string) =>
	client.add(`cn=${name},${BASE}`, { objectClass: 'device', cn: name });
const adds = { times: 1, match: ({ operation }: { operation: string }) => operation === 'add' };
const searches = { match: ({ operation }: { operation: string }) => operation === 'search' };

afterEach(async () => {
	await Promise.allSettled(clients.splice(0).map((client) => client.unbind()));
	await sandbox.stop();
});

describe('ldapts as a client of the sandbox', () => {
	test('adds, finds, changes, renames, compares and deletes', async () => {
		await open();
		const client = await bound();
		await add(client, 'new');
		const filter = new EqualityFilter({ attribute: 'cn', value: 'NEW' });
		const { searchEntries } = await client.search(BASE, { filter });
		expect(searchEntries).toMatchObject([{ dn: `cn=new,${BASE}`, objectClass: 'device' }]);
		await client.modifyDN(`cn=new,${BASE}`, 'cn=newer');
		expect(await client.compare(`cn=newer,${BASE}`, 'cn', 'newer')).toBe(true);
		await client.del(`cn=newer,${BASE}`);
		await expect(client.del(`cn=newer,${BASE}`)).rejects.toMatchObject({ code: 32 });
		const paged = await client.search(BASE, { paged: { pageSize: 3 }, filter: '(cn=*)' });
		expect(paged.searchEntries).toHaveLength(10);
	});

	test('STARTTLS and LDAPS, where names of the certificate can be wrong', async () => {
		await open({ names: ['DNS:localhost'] });
		const tls = { ca: sandbox.ca, servername: 'localhost' };
		const client = new Client({ url: sandbox.url, timeout: 2000 });
		clients.push(client);
		// ldapts keeps its socket in these options.
		await client.startTLS({ ...tls });
		await client.bind(sandbox.admin.dn, sandbox.admin.password);
		expect(sandbox.requests.map(({ operation, encrypted }) => [operation, encrypted])).toEqual([
			['extended', false],
			['bind', true],
		]);
		await bound({ url: sandbox.tlsUrl, tlsOptions: tls });
		await expect(
			bound({ url: sandbox.tlsUrl, tlsOptions: { ca: sandbox.ca } }),
		).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
	});
});

describe('faults of the sandbox', () => {
	test('busy so many times, then as usual; effects are counted', async () => {
		await open();
		const fault = sandbox.faults.add({ kind: 'result', code: 51, ...adds, times: 2 });
		const client = await bound();
		await expect(add(client, 'x')).rejects.toMatchObject({ code: 51 });
		await expect(add(client, 'x')).rejects.toMatchObject({ code: 51 });
		await add(client, 'x');
		expect(fault.hits).toBe(2);
		expect(sandbox.effectsOf(`cn=x,${BASE}`)).toMatchObject({ adds: 1 });
		const codes = sandbox.requests.filter(({ operation }) => operation === 'add');
		expect(codes.map(({ code }) => code)).toEqual([51, 51, 0]);
	});

	test.each([
		['dropBefore', 0],
		['dropAfter', 1],
		['hang', 0],
		['swallow', 1],
		['half', 1],
		['garbage', 1],
		['notice', 0],
	] as const)('%s: no answer, and %d effects', async (kind, effects) => {
		await open();
		const client = await bound({ timeout: 300 });
		sandbox.faults.add({ kind, ...adds });
		await expect(add(client, 'x')).rejects.toThrow();
		expect(sandbox.effectsOf(`cn=x,${BASE}`).adds).toBe(effects);
	});

	test('delay: the effect comes even when the client has given up', async () => {
		await open();
		const client = await bound({ timeout: 50 });
		sandbox.faults.add({ kind: 'delay', ms: 200, ...adds });
		await expect(add(client, 'x')).rejects.toThrow();
		expect(sandbox.effectsOf(`cn=x,${BASE}`).adds).toBe(0);
		while (sandbox.effectsOf(`cn=x,${BASE}`).adds === 0) await sleep(10);
	});

	test('a search is cut off, or ends early with a code, after some entries', async () => {
		await open();
		const client = await bound();
		sandbox.faults.add({ kind: 'result', code: 11, entries: 4, times: 1, ...searches });
		await expect(client.search(BASE, { filter: '(cn=*)' })).rejects.toMatchObject({ code: 11 });
		sandbox.faults.add({ kind: 'dropAfter', entries: 4, times: 1, ...searches });
		await expect(client.search(BASE, { filter: '(cn=*)' })).rejects.toThrow();
	});

	test('a slow search runs into the time limit of its client', async () => {
		await open();
		const client = await bound({ timeout: 10_000 });
		sandbox.faults.add({ kind: 'slow', ms: 150, ...searches });
		await expect(client.search(BASE, { filter: '(cn=*)', timeLimit: 1 })).rejects.toMatchObject({
			code: 3,
		});
	});

	test('connections die, the server goes away and comes back with what it had', async () => {
		await open();
		const client = await bound();
		sandbox.killConnections();
		while (sandbox.openConnections() > 0) await sleep(5);
		await sandbox.down();
		await expect(bound()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
		await sandbox.up();
		await add(await bound(), 'x');
		expect(sandbox.names()).toHaveLength(12);
		expect(client.isConnected).toBe(false);
	});
});

describe('what is no LDAP, and what is not allowed', () => {
	/** Everything the server says to these bytes until it closes. */
	async function says(...bytes: number[]): Promise<string> {
		const socket: Socket = connect(sandbox.port, '127.0.0.1');
		let said = '';
		socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
		socket.write(Buffer.from(bytes));
		await once(socket, 'close');
		return said;
	}

	test('is answered with a notice of disconnection and the end of the connection', async () => {
		await open();
		const http = [...Buffer.from('GET / HTTP/1.1\r\n\r\n')];
		const unknown = [0x30, 0x05, 0x02, 0x01, 0x01, 0x5f, 0x00];
		const indefinite = [0x30, 0x80, 0x02, 0x01, 0x01, 0x00, 0x00];
		for (const bytes of [http, unknown, indefinite]) {
			expect(await says(...bytes)).toContain('1.3.6.1.4.1.1466.20036');
		}
		expect(await says(0x30, 0x05, 0x02, 0x01, 0x01, 0x42, 0x00)).toBe('');
	});

	test('so is a control that is cut short', async () => {
		await open();
		const paged = Buffer.concat([
			Buffer.from(
				'3048020101632004000a01000a0100020100020100010100870b6f626a656374436c6173733000',
				'hex',
			),
			Buffer.from('a01d301b0416', 'hex'),
			Buffer.from('1.2.840.113556.1.4.319'),
			Buffer.from('040130', 'hex'),
		]);
		paged[1] = paged.length - 2;
		expect(await says(...paged)).toContain('1.3.6.1.4.1.1466.20036');
		await bound();
	});

	test('a notice to all clients', async () => {
		await open();
		const client = await bound();
		sandbox.disconnect();
		while (sandbox.openConnections() > 0) await sleep(5);
		expect(client.isConnected).toBe(false);
	});

	test('without TLS only the root DSE, where the server wants encryption', async () => {
		await open({ requiresEncryption: true });
		await expect(bound()).rejects.toMatchObject({ code: 13 });
		await bound({ url: sandbox.tlsUrl, tlsOptions: { ca: sandbox.ca } });
		const client = new Client({ url: sandbox.url });
		clients.push(client);
		const { searchEntries } = await client.search('', { scope: 'base', attributes: ['+'] });
		expect(searchEntries).toMatchObject([{ namingContexts: BASE }]);
	});

	test('who is not bound, where the server keeps its entries to itself', async () => {
		await open({ anonymousReads: false });
		const client = new Client({ url: sandbox.url });
		clients.push(client);
		await expect(client.search(BASE)).rejects.toMatchObject({ code: 32 });
	});

	test('a part of the directory on another server is a referral, or a reference of a search', async () => {
		await open();
		sandbox.refer(`ou=abroad,${BASE}`, ['ldap://abroad.example', 'ldap://backup.example']);
		const client = await bound();
		const { searchReferences } = await client.search(BASE, { filter: '(cn=d1)' });
		expect(searchReferences).toEqual([
			`ldap://abroad.example/ou=abroad,${BASE}??sub`,
			`ldap://backup.example/ou=abroad,${BASE}??sub`,
		]);
		const below = `cn=x,ou=abroad,${BASE}`;
		await expect(client.add(below, { objectClass: 'device' })).rejects.toMatchObject({ code: 10 });
		await expect(client.search(below)).rejects.toMatchObject({ code: 10 });
	});
});
