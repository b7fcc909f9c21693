import { execFileSync } from 'node:child_process';
import type { Failure } from '../../nodes/shared/resilience/failure';
import { pump } from '../../nodes/shared/ground/pump';
import type { LdapFaultProxy } from '../../sandbox/faults/ldapProxy.ts';
import { startLdapFaultProxy } from '../../sandbox/faults/ldapProxy.ts';
import { attribute, clientOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import type { Slapd } from '../servers/slapd/start.ts';
import { startSlapd } from '../servers/slapd/start.ts';

const ITEMS = 400;
// RFC 4511 section 4.14.1 in a message with ID 1: all that may be readable.
const START_TLS = Buffer.from(
	'301d02010177188016312e332e362e312e342e312e313436362e3230303337',
	'hex',
);

/** How many bytes of a stream are not in TLS records (RFC 8446 section 5.1). */
function outsideOfTls(bytes: Buffer): number {
	let at = 0;
	while (at + 5 <= bytes.length) {
		const isRecord = [20, 21, 22, 23].includes(bytes[at] ?? 0) && bytes[at + 1] === 3;
		if (!isRecord) return bytes.length - at;
		at += 5 + bytes.readUInt16BE(at + 3);
	}
	return 0;
}

test('the measure itself: readable bytes are found wherever they begin', () => {
	const record = Buffer.from([23, 3, 3, 0, 2, 0xaa, 0xbb]);
	expect(outsideOfTls(Buffer.concat([record, record]))).toBe(0);
	expect(outsideOfTls(Buffer.concat([record, START_TLS]))).toBe(START_TLS.length);
	expect(outsideOfTls(START_TLS)).toBe(START_TLS.length);
});

needs('slapd', 'ldapsearch')('STARTTLS through a network that drops connections', () => {
	let slapd: Slapd;
	let proxy: LdapFaultProxy;
	beforeAll(async () => {
		slapd = await startSlapd();
		proxy = await startLdapFaultProxy(slapd.port);
	}, 60_000);
	afterAll(async () => {
		await proxy.close();
		await slapd.stop();
	});

	test('of 400 adds none goes out in plain text or as nobody, and each is done or fails by name', async () => {
		const ldap = clientOf([{ host: '127.0.0.1', port: proxy.port }], {
			encryption: 'startTls',
			tls: { ca: slapd.ca },
			signIn: signInAs(slapd.admin.dn, slapd.admin.password),
			resilience: { maxAttempts: 3 },
		});
		const done = new Set<string>();
		const failed = new Map<string, Failure>();
		await pump(
			ITEMS,
			4,
			async (n) => {
				const cn = `item-${n}`;
				const dn = `cn=${cn},ou=people,${slapd.base}`;
				// In the middle of what the others are doing.
				if (n % 20 === 10) setImmediate(() => proxy.cut());
				await ldap
					.add(dn, [
						attribute('objectClass', 'person'),
						attribute('cn', cn),
						attribute('sn', 'secret-in-transit'),
					])
					.then(
						() => done.add(cn),
						(error: Failure) => failed.set(dn, error),
					);
			},
			() => false,
		);
		expect(done.size + failed.size).toBe(ITEMS);
		for (const [dn, { message }] of failed) expect(message).toContain(dn);

		// It means something only if many connections were lost.
		expect(proxy.connections.length).toBeGreaterThan(20);
		for (const { fromClient } of proxy.connections) {
			const sent = Buffer.concat(fromClient);
			expect(sent.subarray(0, START_TLS.length).equals(START_TLS.subarray(0, sent.length))).toBe(
				true,
			);
			expect(outsideOfTls(sent.subarray(START_TLS.length))).toBe(0);
			expect(sent.includes('secret-in-transit')).toBe(false);
		}

		const found = execFileSync(
			'ldapsearch',
			['-x', '-LLL', '-o', 'ldif-wrap=no', '-H', slapd.url]
				.concat(['-D', slapd.admin.dn, '-w', slapd.admin.password])
				.concat(['-b', `ou=people,${slapd.base}`, '(cn=item-*)', 'cn', 'creatorsName']),
			{ encoding: 'utf8', maxBuffer: 1e8 },
		);
		const entries = found.trim().split('\n\n');
		expect(entries.filter((entry) => !entry.includes(`creatorsName: ${slapd.admin.dn}`))).toEqual(
			[],
		);
		const names = new Set(Array.from(found.matchAll(/^cn: (.*)$/gm), ([, name]) => name ?? ''));
		expect([...done].filter((cn) => !names.has(cn))).toEqual([]);
		expect(names.size - done.size).toBeLessThanOrEqual(failed.size);
	}, 60_000);
});
