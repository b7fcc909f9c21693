import { setTimeout as delay } from 'node:timers/promises';
import net from 'node:net';
import tls from 'node:tls';
import { octets, sequence, integer, tlv } from '../../../sandbox/ldap/ber.ts';
import { present } from '../../../nodes/Ldap/transport/filter';
import { stopsAll } from '../../../nodes/shared/resilience/failure';
import { redactor } from '../../../nodes/shared/ground/redact';
import { authority } from '../../shared/transport/certificates';
import { listen } from '../../shared/transport/rawServer';
import { attribute, clientOf, failureOf, signInAs } from '../clientOf';
import type { TestSettings } from '../clientOf';
import type { ScriptedServer } from './scriptedServer';
import { Op, entry, noticeOfDisconnection, result, scriptedServer } from './scriptedServer';

const DN = 'cn=a,dc=example';

let server: ScriptedServer | undefined;
afterEach(async () => await server?.close());

async function against(
	answer: Parameters<typeof scriptedServer>[0],
	settings: TestSettings = {},
	identity?: { cert: string; key: string },
) {
	server = await scriptedServer(answer, identity);
	const client = clientOf([{ host: '127.0.0.1', port: server.port }], {
		...settings,
		resilience: { maxAttempts: 1, ...settings.resilience },
	});
	return { server, client };
}

const search = { base: DN, scope: 'base', filter: present('cn') } as const;

describe('what is no LDAP closes the connection and fails at once', () => {
	test.each([
		['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
		['an indefinite length', Buffer.from('3080020101', 'hex')],
		['a length of 8 bytes', Buffer.from('3088ffffffffffffffff', 'hex')],
		['a message of 4 GB', Buffer.from('3084ffffffff020101', 'hex')],
		['a message that is longer than what it holds', Buffer.from('300a0201016505', 'hex')],
		['an unknown kind of message', sequence(integer(1), tlv(0x7f, octets('')))],
		['an answer to a request that was not sent', result({ id: 99, operation: Op.delete })],
		['the result of another kind of request', result({ id: 1, operation: Op.modify })],
		['a result without its parts', sequence(integer(1), tlv(0x6b))],
	])('%s', async (_name, bytes) => {
		const { server, client } = await against((socket) => {
			socket.write(bytes);
			socket.end();
		});
		const failure = await failureOf(client.delete(DN));
		expect(failure).toMatchObject({ kind: 'network', phase: 'maybeDone' });
		expect(failure.message).toContain(DN);
		await delay(20);
		expect(server.open()).toBe(0);
	});

	test('what came before it counts', async () => {
		const { server, client } = await against((socket, { id, operation }) => {
			socket.write(Buffer.concat([result({ id, operation }), Buffer.from('garbage')]));
		});
		await client.delete(DN);
		await client.delete(DN);
		expect(server.connections).toHaveLength(2);
	});
});

test('messages are found however the bytes are cut', async () => {
	const { client } = await against((socket, { id, operation }) => {
		const all = Buffer.concat([
			entry(id, DN, ['cn', 'a', 'é'.repeat(200)]),
			entry(id, `${DN},x`, ['sn']),
			result({ id, operation }),
		]);
		void (async () => {
			for (const byte of all) {
				socket.write(Buffer.from([byte]));
				await new Promise(setImmediate);
			}
		})();
	});
	const found = [];
	for await (const group of client.search(search))
		for (const { dn, attributes } of group) found.push({ dn, attributes });
	expect(found).toEqual([
		{ dn: DN, attributes: [attribute('cn', 'a', 'é'.repeat(200))] },
		{ dn: `${DN},x`, attributes: [attribute('sn')] },
	]);
});

test('the words of a notice of disconnection are in the failure of what was going on', async () => {
	const { client } = await against((socket) => {
		socket.end(noticeOfDisconnection(52, 'shutting down for maintenance'));
	});
	const failure = await failureOf(client.delete(DN));
	expect(failure).toMatchObject({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'unavailable (52)',
	});
	expect(failure.message).toContain('shutting down for maintenance');
});

test('a connection that is closed is followed by one that signs in as well', async () => {
	const { server, client } = await against(
		(socket, request) => {
			if (request.operation === Op.delete && request.connection === 1) socket.destroy();
			else if (request.operation !== Op.unbind) socket.write(result(request));
		},
		{ signIn: signInAs('cn=me', 'secret'), resilience: { maxAttempts: 2 } },
	);
	await client.delete(DN);
	expect(server.requests.map(({ connection, operation }) => [connection, operation])).toEqual([
		[1, Op.bind],
		[1, Op.delete],
		[2, Op.bind],
		[2, Op.delete],
	]);
});

test('a refused password is tried once for all items of a run', async () => {
	const { server, client } = await against(
		(socket, request) => {
			if (request.operation === Op.bind)
				socket.write(
					result(request, 49, '80090308: LdapErr: DSID-0C09, comment: x, data 52e, v4563\0'),
				);
		},
		{ signIn: signInAs('cn=me', 'planted-password') },
	);
	const failures = await Promise.all(
		Array.from({ length: 20 }, async (_, n) => await failureOf(client.delete(`cn=${n},${DN}`))),
	);
	failures.push(await failureOf(client.delete(DN)));
	expect(server.requests.filter(({ operation }) => operation === Op.bind)).toHaveLength(1);
	for (const failure of failures) {
		expect(failure).toMatchObject({
			kind: 'auth',
			phase: 'notSent',
			code: 'invalidCredentials (49)',
		});
		expect(failure.message).toContain('name or password is wrong');
		expect(JSON.stringify([failure, failure.message, failure.stack])).not.toContain(
			'planted-password',
		);
	}
	expect(failures[3]?.message).toContain('cn=3,');
});

test('a server that repeats the password does not bring it into a failure', async () => {
	const password = 'planted-password';
	const { client } = await against(
		(socket, request) => socket.write(result(request, 49, `"${password}" is wrong`)),
		{ signIn: signInAs('cn=me', password), redact: redactor([password]) },
	);
	for (const failing of [client.delete(DN), client.rootDse(), client.add(DN, [])]) {
		const failure = await failureOf(failing);
		expect(failure.message).toContain('"[redacted]" is wrong');
		expect(JSON.stringify([failure, failure.message, failure.stack])).not.toContain(password);
	}
});

test.each(['garbage', 'silence', 'refusal', 'end'])(
	'what is written does not come into the failure: %s',
	async (how) => {
		const { client } = await against(
			(socket, request) => {
				if (how === 'garbage') socket.write('garbage');
				if (how === 'refusal') socket.write(result(request, 19));
				if (how === 'end') socket.end();
			},
			{ attemptTimeoutMs: 100 },
		);
		const value = attribute('unicodePwd', 'planted-password');
		for (const failing of [
			client.add(DN, [value]),
			client.modify(DN, [{ operation: 'replace', ...value }]),
			client.compare(DN, 'unicodePwd', Buffer.from('planted-password')),
		]) {
			const failure = await failureOf(failing);
			expect(JSON.stringify([failure, failure.message, failure.stack])).not.toContain(
				'planted-password',
			);
		}
	},
);

describe('STARTTLS', () => {
	const { issue, ca, remove } = authority();
	const identity = issue('ldap', ['IP:127.0.0.1', 'DNS:ldap.example']);
	const elsewhere = issue('localhost', ['DNS:localhost']);
	remove();
	const settings: TestSettings = { encryption: 'startTls', tls: { ca } };

	test('bytes that come with the answer are refused, and nothing is sent after them', async () => {
		const { server, client } = await against((socket, request) => {
			// An attacker answers the request he expects next.
			socket.write(Buffer.concat([result(request), result({ id: 2, operation: Op.delete })]));
		}, settings);
		const failure = await failureOf(client.delete(DN));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent', code: 'EARLY_BYTES' });
		expect(server.requests).toHaveLength(1);
	});

	test('bytes that come between the answer and TLS do not become an answer', async () => {
		const { server, client } = await against(
			(socket, request) => {
				socket.write(result(request));
				setImmediate(() => socket.write(result({ id: 2, operation: Op.delete })));
			},
			{ ...settings, connectMs: 500 },
		);
		expect(await failureOf(client.delete(DN))).toMatchObject({ phase: 'notSent' });
		expect(server.requests).toHaveLength(1);
	});

	test('a server that does not want it gets nothing else', async () => {
		const { server, client } = await against((socket, request) => {
			socket.write(result(request, 52, 'TLS is not configured'));
		}, settings);
		const failure = await failureOf(client.delete(DN));
		expect(failure).toMatchObject({ phase: 'notSent', code: 'unavailable (52)' });
		expect(failure.message).toContain('STARTTLS');
		expect(server.requests).toHaveLength(1);
	});

	test.each([
		['the address that was asked for', identity, undefined],
		['another name', elsewhere, 'ERR_TLS_CERT_ALTNAME_INVALID'],
	])('the certificate is one for %s', async (_name, { cert, key }, code) => {
		const { server, client } = await against((socket, request) => {
			socket.write(result(request));
			socket.removeAllListeners('data');
			const secured = new tls.TLSSocket(socket, { isServer: true, cert, key });
			secured.on('error', () => {});
			secured.on('data', (chunk) => {
				const id = chunk[4] ?? 0;
				if (chunk[5] === Op.delete) secured.write(result({ id, operation: Op.delete }));
			});
		}, settings);
		if (code === undefined) await client.delete(DN);
		else expect(await failureOf(client.delete(DN))).toMatchObject({ kind: 'invalid', code });
		expect(server.requests).toHaveLength(1);
	});

	test('LDAPS is verified in the same way', async () => {
		const answer: Parameters<typeof scriptedServer>[0] = (socket, request) => {
			if (request.operation === Op.delete) socket.write(result(request));
		};
		const ldaps: TestSettings = { encryption: 'ldaps', tls: { ca } };
		await (await against(answer, ldaps, identity)).client.delete(DN);
		await server?.close();
		const { client } = await against(answer, ldaps, elsewhere);
		expect(await failureOf(client.delete(DN))).toMatchObject({
			phase: 'notSent',
			code: 'ERR_TLS_CERT_ALTNAME_INVALID',
		});
	});
});

describe('time', () => {
	test.each(['ldaps', 'startTls'] as const)(
		'a silent server is given up: %s',
		async (encryption) => {
			const silent = await listen(net.createServer((socket) => socket.resume()));
			const client = clientOf([{ host: '127.0.0.1', port: silent.port }], {
				encryption,
				connectMs: 100,
				resilience: { maxAttempts: 1 },
			});
			expect(await failureOf(client.delete(DN))).toMatchObject({
				kind: 'timeout',
				phase: 'notSent',
			});
			await silent.close();
		},
	);

	test('so is one that does not answer the sign-in', async () => {
		const { client } = await against(() => {}, {
			connectMs: 100,
			signIn: signInAs('cn=a', 'secret'),
		});
		expect(await failureOf(client.delete(DN))).toMatchObject({ kind: 'timeout', phase: 'notSent' });
	});

	test('a request that is cancelled is abandoned, and the connection goes on', async () => {
		const stop = new AbortController();
		const { server, client } = await against(
			(socket, request) => {
				if (request.operation === Op.delete && request.id > 1) socket.write(result(request));
			},
			{ signal: stop.signal },
		);
		const going = failureOf(client.delete(DN));
		await delay(50);
		stop.abort();
		expect(await going).toMatchObject({ code: 'CANCELLED', phase: 'maybeDone' });
		await delay(20);
		expect(server.requests.map(({ operation }) => operation)).toEqual([Op.delete, Op.abandon]);
		expect(server.requests[1]?.content).toEqual(Buffer.from([1]));
		expect(server.open()).toBe(1);
	});
});

describe('servers that do not keep to the standard when they refuse', () => {
	test('a refusal in the form of another result is one (LLDAP, GLAuth), a success is not', async () => {
		const code = { value: 53 };
		const { client } = await against((socket, { id }) =>
			socket.write(result({ id, operation: Op.extended }, code.value, 'Unsupported operation')),
		);
		expect(await failureOf(client.delete(DN))).toMatchObject({
			...{ code: 'unwillingToPerform (53)', kind: 'invalid', phase: 'rejected' },
			message: `Unsupported operation — Delete of "${DN}".`,
		});
		code.value = 0;
		expect(await failureOf(client.delete(DN))).toMatchObject({ kind: 'network' });
	});

	test('a server that hangs up on what it does not understand is no outage', async () => {
		const settings = { resilience: { maxAttempts: 5 } };
		const { server, client } = await against((socket) => {
			socket.end(noticeOfDisconnection(2, 'PROTOCOL_ERROR: The server will disconnect!'));
		}, settings);
		const failure = await failureOf(client.delete(DN));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'rejected', scope: 'item' });
		expect(failure.message).toContain('does not understand the request: PROTOCOL_ERROR');
		expect(server.requests.filter(({ operation }) => operation === Op.delete)).toHaveLength(1);
	});

	test('of several requests nobody knows which one it was: all are tried again', async () => {
		const asked: number[] = [];
		const { client } = await against(
			(socket, { id, operation, connection }) => {
				asked.push(connection);
				if (connection > 1) socket.write(result({ id, operation }));
				else if (asked.length === 2) socket.end(noticeOfDisconnection(2, 'what?'));
			},
			{ maxConnections: 1, resilience: { maxAttempts: 3 } },
		);
		await Promise.all([client.delete(DN), client.delete(`cn=b,${DN}`)]);
		expect(asked).toHaveLength(4);
	});

	test('an old password that is wrong stops nothing else', async () => {
		const { client } = await against((socket, { id, operation }) =>
			socket.write(
				result({ id, operation }, operation === Op.bind ? 0 : 49, 'invalid credentials'),
			),
		);
		const failure = await failureOf(client.extended('1.3.6.1.4.1.4203.1.11.1', Buffer.alloc(0)));
		expect(failure).toMatchObject({ kind: 'auth', scope: 'item', status: 49 });
		expect(failure.hint).toContain('old password');
		expect(stopsAll(failure)).toBe(false);
	});
});
