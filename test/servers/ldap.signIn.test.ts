import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls, { type TlsOptions } from 'node:tls';
import type { LdapCredential } from '../../nodes/Ldap/transport/connect';
import type { SrvRecord } from '../../nodes/Ldap/transport/srv';
import { srvResolver } from '../../nodes/Ldap/transport/srv';
import { whoAmI } from '../../nodes/Ldap/transport/whoAmI';
import { failureOf } from '../Ldap/clientOf';
import { connected } from '../Ldap/connecting';
import { startDns } from '../Ldap/transport/dnsServer';
import { needs } from '../needs';
import type { Authority } from '../shared/transport/certificates';
import { authority } from '../shared/transport/certificates';
import type { Slapd } from './slapd/start.ts';
import { startSlapd } from './slapd/start.ts';

jest.setTimeout(60_000);

const ADMIN = 'dn:cn=admin,dc=example,dc=org';
const ALICE = 'dn:uid=alice,ou=people,dc=example,dc=org';

/** A server before the port of another one, with TLS of its own where it has a certificate. */
async function front(options: TlsOptions, port: number) {
	const sockets = new Set<net.Socket>();
	let accepted = 0;
	const accept = (socket: net.Socket) => {
		accepted++;
		const behind = net.connect(port, '127.0.0.1');
		socket.pipe(behind).pipe(socket);
		for (const end of [socket, behind]) {
			sockets.add(end);
			end.on('error', () => end.destroy()).on('close', () => socket.destroy());
		}
	};
	const server = options.cert ? tls.createServer(options, accept) : net.createServer(accept);
	server.on('tlsClientError', () => {});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const close = async () => {
		server.close();
		for (const socket of sockets) socket.destroy();
		await once(server, 'close');
	};
	return { port: (server.address() as AddressInfo).port, close, accepted: () => accepted };
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
	const { port, close } = await front({}, 0);
	await close();
	return port;
}

needs('slapd', 'openssl')('signing in at slapd', () => {
	let slapd: Slapd;
	let tlsServer: LdapCredential;
	let plainServer: LdapCredential;
	const who = async (credential: LdapCredential) =>
		(await whoAmI(connected(credential))).authorizationId;
	const refused = async (credential: LdapCredential) => await failureOf(who(credential));

	beforeAll(async () => {
		slapd = await startSlapd();
		const admin = { bindDn: slapd.admin.dn, password: slapd.admin.password };
		tlsServer = { servers: `127.0.0.1:${slapd.tlsPort}`, ca: slapd.ca, ...admin };
		plainServer = { servers: `127.0.0.1:${slapd.port}`, encryption: 'none', ...admin };
	});
	afterAll(async () => await slapd.stop());

	const alice = (): LdapCredential => ({
		...tlsServer,
		bindDn: slapd.user.uid,
		password: slapd.user.password,
	});

	describe('each way', () => {
		test('simple, by LDAPS, STARTTLS, and without encryption on this machine', async () => {
			expect(await who(tlsServer)).toBe(ADMIN);
			expect(await who({ ...tlsServer, ...plainServer, encryption: 'startTls' })).toBe(ADMIN);
			expect(await who(plainServer)).toBe(ADMIN);
		});

		test('anonymous', async () => {
			const identity = await whoAmI(connected({ ...tlsServer, signInWith: 'anonymous' }));
			expect(identity).toEqual({ authorizationId: '', dn: null, user: null, anonymous: true });
		});

		test('EXTERNAL, with the name in the client certificate, and as somebody else', async () => {
			const external: LdapCredential = {
				...tlsServer,
				signInWith: 'external',
				clientCertificate: slapd.client.cert.replaceAll('\n', ' '),
				clientKey: slapd.client.key,
			};
			expect(await who(external)).toBe(ADMIN);
			expect(await who({ ...external, authorizationId: ALICE })).toBe(ALICE);
			expect(await who({ ...external, authorizationId: 'u:alice' })).toBe(ALICE);
		});

		test('EXTERNAL through a socket, where the administrator allows it', async () => {
			const external: LdapCredential = { servers: slapd.ldapiUrl, signInWith: 'external' };
			const allowed = { N8N_RESILIENT_ALLOW_HOST_IDENTITY: 'true' };
			const { authorizationId } = await whoAmI(connected(external, { environment: allowed }));
			expect(authorizationId).toMatch(/^dn:gidNumber=\d+\+uidNumber=\d+,cn=peercred,/);
		});

		test.each(['plain', 'scram-sha-1', 'scram-sha-256', 'scram-sha-512'] as const)(
			'%s',
			async (signInWith) => {
				expect(await who({ ...alice(), signInWith })).toBe(ALICE);
				expect(await who({ ...alice(), signInWith, authorizationId: 'u:alice' })).toBe(ALICE);
				const wrong = await refused({ ...alice(), signInWith, password: 'wrong-one' });
				expect(wrong).toMatchObject({ kind: 'auth', phase: 'notSent', status: 49 });
				expect(wrong.hint).toBeDefined();
				expect(await refused({ ...alice(), signInWith, authorizationId: ADMIN })).toMatchObject({
					kind: 'auth',
				});
			},
		);
	});

	test('a wrong password says so, and is sent once, however many servers and items there are', async () => {
		const { port, close, accepted } = await front({}, slapd.port);
		const servers = `127.0.0.1:${port}, localhost:${port}`;
		const client = connected({ ...plainServer, servers, password: 'wrong' }, { maxAttempts: 3 });
		for (let item = 0; item < 3; item++)
			expect(
				await failureOf(client.compare('dc=example,dc=org', 'dc', Buffer.from('x'))),
			).toMatchObject({ kind: 'auth', status: 49, code: 'invalidCredentials (49)' });
		expect(accepted()).toBe(1);
		await close();
	});

	test('a mechanism that the server does not have', async () => {
		const { message } = await refused({
			...tlsServer,
			signInWith: 'external',
			clientCertificate: slapd.client.cert,
			clientKey: slapd.client.key,
			authorizationId: 'nonsense',
		});
		expect(message).toMatch(/SASL/);
	});

	describe('TLS', () => {
		let own: Authority;
		beforeAll(() => {
			own = authority();
		});
		afterAll(() => own.remove());

		/** A server with this certificate and these settings. */
		async function withFront(
			options: TlsOptions,
			use: (credential: LdapCredential) => Promise<void>,
		) {
			const { port, close } = await front(options, slapd.port);
			try {
				await use({ ...tlsServer, servers: `127.0.0.1:${port}`, ca: own.ca });
			} finally {
				await close();
			}
		}

		test('without the CA nothing is sent, and the hint says where it belongs', async () => {
			expect(await refused({ ...tlsServer, ca: '' })).toMatchObject({
				kind: 'invalid',
				phase: 'notSent',
				hint: expect.stringContaining('"CA Certificate"'),
			});
			const startTls = { ...plainServer, encryption: 'startTls' as const };
			expect(await refused(startTls)).toMatchObject({ phase: 'notSent', kind: 'invalid' });
			expect(await refused({ ...tlsServer, ca: own.ca })).toMatchObject({ kind: 'invalid' });
		});

		test('any certificate where that is wished for, by exactly true only', async () => {
			const insecure = { ...tlsServer, ca: '' };
			expect(await who({ ...insecure, allowUnauthorizedCerts: true })).toBe(ADMIN);
			for (const value of [undefined, 'true', 1, null])
				expect(
					await refused({ ...insecure, allowUnauthorizedCerts: value as unknown as boolean }),
				).toMatchObject({ kind: 'invalid' });
		});

		test('the CA pasted on one line', async () => {
			expect(await who({ ...tlsServer, ca: slapd.ca.replaceAll('\n', ' ') })).toBe(ADMIN);
		});

		test('a certificate for another name, and "Server Name", by LDAPS and STARTTLS', async () => {
			const identity = own.issue('x', ['DNS:ldap.example.com']);
			await withFront(identity, async (credential) => {
				expect(await refused(credential)).toMatchObject({
					code: 'ERR_TLS_CERT_ALTNAME_INVALID',
					hint: expect.stringContaining('"Server Name"'),
				});
				expect(await who({ ...credential, serverName: 'ldap.example.com' })).toBe(ADMIN);
			});
			const startTls: LdapCredential = { ...plainServer, encryption: 'startTls', ca: slapd.ca };
			expect(await refused({ ...startTls, serverName: 'other.example' })).toMatchObject({
				code: 'ERR_TLS_CERT_ALTNAME_INVALID',
			});
			expect(await who({ ...startTls, serverName: 'ldap.test.local' })).toBe(ADMIN);
		});

		test('an IP address is looked for among the IP addresses of the certificate', async () => {
			await withFront(own.issue('x', ['DNS:localhost']), async (credential) => {
				expect(await refused(credential)).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
			});
			await withFront(own.issue('x', ['IP:127.0.0.1']), async (credential) => {
				expect(await who(credential)).toBe(ADMIN);
				const { servers = '' } = credential;
				const byName = { ...credential, servers: servers.replace('127.0.0.1', 'localhost') };
				expect(await refused(byName)).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
			});
		});

		test('"Server Name" may be an IP address too', async () => {
			await withFront(own.issue('x', ['IP:192.0.2.7']), async (credential) => {
				expect(await who({ ...credential, serverName: '192.0.2.7' })).toBe(ADMIN);
				expect(await refused({ ...credential, serverName: '192.0.2.8' })).toMatchObject({
					code: 'ERR_TLS_CERT_ALTNAME_INVALID',
				});
			});
		});

		test('an expired certificate', async () => {
			await withFront(own.issue('x', ['IP:127.0.0.1'], -1), async (credential) => {
				expect(await refused(credential)).toMatchObject({
					code: 'CERT_HAS_EXPIRED',
					hint: expect.stringContaining('expired'),
				});
			});
		});

		test('a server with an older TLS than wished for', async () => {
			const old = { ...own.issue('x', ['IP:127.0.0.1']), maxVersion: 'TLSv1.2' as const };
			await withFront(old, async (credential) => {
				expect(await who(credential)).toBe(ADMIN);
				expect(await refused({ ...credential, minimumTls: 'TLSv1.3' })).toMatchObject({
					kind: 'invalid',
					phase: 'notSent',
					hint: expect.stringContaining('Minimum TLS Version'),
				});
			});
		});

		test('a client certificate that the server does not take', async () => {
			const demanding = {
				...own.issue('x', ['IP:127.0.0.1']),
				ca: own.ca,
				requestCert: true,
				rejectUnauthorized: true,
			};
			await withFront(demanding, async (credential) => {
				const foreign = { clientCertificate: slapd.client.cert, clientKey: slapd.client.key };
				for (const given of [{}, foreign])
					expect(await refused({ ...credential, ...given })).toMatchObject({
						phase: 'notSent',
						hint: expect.stringMatching(/certificate/),
					});
				const { cert: clientCertificate, key: clientKey } = own.issue('client');
				expect(await who({ ...credential, clientCertificate, clientKey })).toBe(ADMIN);
			});
		});

		test('LDAPS at a port without TLS, and STARTTLS at one with it, say so', async () => {
			expect(await refused({ ...tlsServer, servers: plainServer.servers })).toMatchObject({
				phase: 'notSent',
				hint: expect.stringMatching(/port 636.*For port 389 choose STARTTLS/),
			});
			const { servers } = tlsServer;
			expect(await refused({ ...tlsServer, servers, encryption: 'startTls' })).toMatchObject({
				phase: 'notSent',
				hint: expect.stringContaining('for port 636 choose LDAPS'),
			});
		});
	});

	describe('several servers', () => {
		let second: Slapd;
		beforeAll(async () => {
			second = await startSlapd({
				ldif: 'dn: ou=second,dc=example,dc=org\nobjectClass: organizationalUnit\nou: second\n',
			});
		});
		afterAll(async () => await second.stop());

		/** Whether it is the second server that answers. */
		const isSecond = async (client: ReturnType<typeof connected>) => {
			try {
				return await client.compare('ou=second,dc=example,dc=org', 'ou', Buffer.from('second'));
			} catch (error) {
				expect(error).toMatchObject({ status: 32 });
				return false;
			}
		};

		test('the first that answers is used, and the one that was down is tried last', async () => {
			const servers = `127.0.0.1:${await deadPort()}, 127.0.0.1:${second.port}`;
			for (let run = 0; run < 2; run++)
				expect(await isSecond(connected({ ...plainServer, servers }))).toBe(true);
		});

		test('a server whose certificate is wrong is passed over', async () => {
			const servers = `127.0.0.1:${slapd.tlsPort}, 127.0.0.1:${second.tlsPort}`;
			expect(await isSecond(connected({ ...tlsServer, servers, ca: second.ca }))).toBe(true);
		});

		test('when the server in use goes down, the same run goes on with the next one', async () => {
			const { port, close } = await front({}, slapd.port);
			const servers = `127.0.0.1:${port}, 127.0.0.1:${second.port}`;
			const client = connected({ ...plainServer, servers }, { maxAttempts: 3 });
			expect(await isSecond(client)).toBe(false);
			await close();
			expect(await isSecond(client)).toBe(true);
			const again = await front({}, slapd.port);
			// What this run has written is on the second one.
			expect(await isSecond(client)).toBe(true);
			await again.close();
		});

		test('none of them: each is named with its reason', async () => {
			const [one, two] = [await deadPort(), await deadPort()];
			const failure = await refused({
				...plainServer,
				servers: `127.0.0.1:${one} 127.0.0.1:${two}`,
			});
			expect(failure).toMatchObject({ kind: 'network', phase: 'notSent' });
			expect(failure.message).toContain(`127.0.0.1:${one}: No connection`);
			expect(failure.message).toContain(`127.0.0.1:${two}: No connection`);
		});

		test('a domain is asked for in DNS', async () => {
			const record: SrvRecord = {
				...{ name: 'localhost', port: second.port, priority: 0, weight: 0 },
			};
			const dns = await startDns({ '_ldap._tcp.localhost': [record] });
			const client = connected(
				{ ...plainServer, findServers: 'srv', servers: 'localhost' },
				{ resolveSrv: srvResolver([dns.server]) },
			);
			expect(await isSecond(client)).toBe(true);
			dns.close();
		});
	});
});
