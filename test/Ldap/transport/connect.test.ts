import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import type { Session } from '../../../nodes/Ldap/transport/session';
import type { LdapCredential } from '../../../nodes/Ldap/transport/connect';
import type { SignInFields } from '../../../nodes/Ldap/transport/signIn';
import { signInOf } from '../../../nodes/Ldap/transport/signIn';
import { startLdapSandbox, type LdapSandbox } from '../../../sandbox/ldap/server.ts';
import { authority } from '../../shared/transport/certificates';
import { failureOf } from '../clientOf';
import { connected } from '../connecting';

const simple: LdapCredential = {
	servers: 'ldap.example.com',
	bindDn: 'cn=admin,dc=example,dc=org',
	password: 'secret',
};

describe('what is refused before anything is sent', () => {
	const own = authority();
	const [one, other] = [own.issue('one'), own.issue('other')];
	own.remove();
	const certified = { clientCertificate: one.cert, clientKey: one.key };

	test.each<[string, LdapCredential, RegExp]>([
		['an empty password', { password: '' }, /"Password" is empty/],
		['an empty user', { bindDn: ' ' }, /"User" is empty/],
		['an empty password of PLAIN', { signInWith: 'plain', password: '' }, /"Password" is empty/],
		['one of SCRAM', { signInWith: 'scram-sha-256', password: '' }, /"Password" is empty/],
		['a NUL in one of PLAIN', { signInWith: 'plain', password: 'a\0b' }, /value 0/],
		['EXTERNAL without a certificate', { signInWith: 'external' }, /no client certificate/],
		[
			'EXTERNAL with one that is not used',
			{ signInWith: 'external', ...certified, encryption: 'none' },
			/no client certificate/,
		],
		['a CA that is none', { ca: 'hello' }, /"CA Certificate" is no certificate/],
		['a certificate without its key', { clientCertificate: one.cert }, /has no "Client Key"/],
		['a key without its certificate', { clientKey: one.key }, /has no "Client Certificate"/],
		['the key of another', { ...certified, clientKey: other.key }, /is not the key of/],
		['a key that is none', { ...certified, clientKey: one.cert }, /"Client Key" is no private key/],
		['no server', { servers: '' }, /names no server/],
	])('%s', (_what, changes, message) => {
		expect(() => connected({ ...simple, ...changes })).toThrow(
			expect.objectContaining({
				kind: 'invalid',
				phase: 'notSent',
				message: expect.stringMatching(message),
			}),
		);
	});

	test('a socket of the machine, unless the administrator has allowed it', () => {
		const external: LdapCredential = { servers: 'ldapi:///run/ldapi', signInWith: 'external' };
		expect(() => connected(external, { environment: {} })).toThrow(
			expect.objectContaining({ code: 'HOST_IDENTITY_NOT_ALLOWED', phase: 'notSent' }),
		);
		const environment = { N8N_RESILIENT_ALLOW_HOST_IDENTITY: 'true' };
		expect(() => connected(external, { environment })).not.toThrow();
	});
});

describe('passwords over connections that are not encrypted', () => {
	const account = { bindDn: 'cn=a', password: 'the-password' };

	/** What is sent of a sign-in to this host. */
	async function sentTo(host: string, fields: SignInFields, encrypted = false): Promise<string> {
		let sent = '';
		const session: Session = {
			server: { host, port: 389 },
			encrypted,
			request: async (operation) => {
				sent += operation.toString('latin1');
				return await Promise.resolve({
					...{ type: 'result' as const, tag: 0x61, code: 0, matchedDn: '', message: '' },
					...{ referrals: [], controls: [] },
				});
			},
		};
		await signInOf({ ...account, ...fields })(session, new AbortController().signal);
		return sent;
	}

	test.each(['simple', 'plain'] as const)('%s: to another machine only if allowed', async (way) => {
		const refusal = sentTo('ldap.example.com', { signInWith: way });
		await expect(refusal).rejects.toMatchObject({ code: 'UNENCRYPTED_PASSWORD', phase: 'notSent' });
		// Not a name that only begins like one of this machine.
		await expect(sentTo('127.0.0.1.evil.test', { signInWith: way })).rejects.toMatchObject({
			code: 'UNENCRYPTED_PASSWORD',
		});
		const allowed = { signInWith: way, allowUnencryptedPasswords: true };
		expect(await sentTo('ldap.example.com', allowed)).toContain('the-password');
		expect(await sentTo('ldap.example.com', { signInWith: way }, true)).toContain('the-password');
		for (const host of ['127.0.0.1', 'localhost', '::1'])
			expect(await sentTo(host, { signInWith: way })).toContain('the-password');
	});

	test('in requests: the same', () => {
		const { encrypted } = connected({ ...simple, encryption: 'none' });
		expect(encrypted).toBe(false);
		for (const changes of [
			{ encryption: 'ldaps' as const },
			{ encryption: 'startTls' as const },
			{ allowUnencryptedPasswords: true },
			{ servers: '127.0.0.1, [::1]:1389' },
		])
			expect(connected({ ...simple, encryption: 'none', ...changes }).encrypted).toBe(true);
		for (const changes of [
			{ servers: '127.0.0.1, ldap.example.com' },
			{ servers: 'localhost', findServers: 'srv' as const },
		])
			expect(connected({ ...simple, encryption: 'none', ...changes }).encrypted).toBe(false);
	});
});

describe('several servers', () => {
	let first: LdapSandbox;
	let second: LdapSandbox;
	let credential: LdapCredential;
	beforeAll(async () => {
		[first, second] = await Promise.all([startLdapSandbox(), startLdapSandbox()]);
		const { dn: bindDn, password } = first.admin;
		const servers = `127.0.0.1:${first.port}, 127.0.0.1:${second.port}`;
		credential = { servers, encryption: 'none', bindDn, password };
	});
	afterAll(async () => await Promise.all([first.stop(), second.stop()]));
	afterEach(() => {
		for (const { faults, requests } of [first, second]) {
			faults.clear();
			requests.length = 0;
		}
	});
	const binds = ({ requests }: LdapSandbox) =>
		requests.filter(({ operation }) => operation === 'bind').length;
	const ask = async (of: LdapCredential) =>
		await connected(of).compare('dc=example,dc=org', 'dc', Buffer.from('example'));

	test.each([51, 52])('result code %i of a bind: the next one is asked', async (code) => {
		first.faults.add({ kind: 'result', code, match: ({ operation }) => operation === 'bind' });
		expect(await ask(credential)).toBe(true);
		expect([binds(first), binds(second)]).toEqual([1, 1]);
	});

	test('a server that takes connections and says nothing is given up in time', async () => {
		const silent = net.createServer((socket) => socket.on('error', () => {}));
		silent.listen(0, '127.0.0.1');
		await once(silent, 'listening');
		const { port } = silent.address() as AddressInfo;
		const servers = `127.0.0.1:${port}, 127.0.0.1:${second.port}`;
		expect(await ask({ ...credential, servers, connectTimeoutMs: 200 })).toBe(true);
		silent.close();
	});

	test('refused credentials are not tried elsewhere', async () => {
		expect(await failureOf(ask({ ...credential, password: 'wrong' }))).toMatchObject({
			kind: 'auth',
			status: 49,
		});
		expect([binds(first), binds(second)]).toEqual([1, 0]);
	});

	test('one run stays with its server, though another one is well again', async () => {
		await first.down();
		const client = connected(credential);
		const compare = async () =>
			await client.compare('dc=example,dc=org', 'dc', Buffer.from('example'));
		expect(await compare()).toBe(true);
		await first.up();
		expect(await compare()).toBe(true);
		expect([binds(first), binds(second)]).toEqual([0, 1]);
	});
});
