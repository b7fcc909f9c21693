import { execFileSync } from 'node:child_process';
import { Failure } from '../../nodes/shared/resilience/failure';
import { pump } from '../../nodes/shared/ground/pump';
import type { LdapFault, LdapFaultProxy } from '../../sandbox/faults/ldapProxy.ts';
import { startLdapFaultProxy } from '../../sandbox/faults/ldapProxy.ts';
import { seededRandom } from '../../sandbox/faults/faultSource.ts';
import { attribute, clientOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import type { Slapd } from '../servers/slapd/start.ts';
import { startSlapd } from '../servers/slapd/start.ts';

const ITEMS = 5_000;
const ADD = 0x68;
const SHARES: Array<[LdapFault, number]> = [
	['cutBefore', 0.08],
	['cutAfter', 0.08],
	['swallow', 0.04],
];

needs('slapd', 'ldapsearch')('adds through a bad network', () => {
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

	const stored = () =>
		execFileSync(
			'ldapsearch',
			['-x', '-LLL', '-o', 'ldif-wrap=no', '-H', slapd.url]
				.concat(['-D', slapd.admin.dn, '-w', slapd.admin.password])
				.concat(['-b', `ou=people,${slapd.base}`, '(cn=item-*)', 'cn', 'creatorsName']),
			{ encoding: 'utf8', maxBuffer: 1e8 },
		);

	test('of 5,000 adds with 20 % faults and a server that is killed, each is there once', async () => {
		const random = seededRandom(4511);
		proxy.faults = ({ operation }) => {
			if (operation !== ADD) return 'pass';
			let draw = random();
			for (const [fault, share] of SHARES) {
				if (draw < share) return fault;
				draw -= share;
			}
			return 'pass';
		};
		const ldap = clientOf([{ host: '127.0.0.1', port: proxy.port }], {
			signIn: signInAs(slapd.admin.dn, slapd.admin.password),
			maxConnections: 10,
			attemptTimeoutMs: 500,
			resilience: { maxAttempts: 8, deadlineMs: 120_000 },
		});
		const failures = new Map<string, Failure>();
		let done = 0;
		let restarted: Promise<void> | undefined;
		await pump(
			ITEMS,
			10,
			async (n) => {
				const cn = `item-${n}`;
				try {
					await ldap.add(`cn=${cn},ou=people,${slapd.base}`, [
						attribute('objectClass', 'person'),
						attribute('cn', cn),
						attribute('sn', `Nr. ${n}`),
					]);
					if (++done === ITEMS / 2) restarted = slapd.restart('SIGKILL');
				} catch (error) {
					if (!(error instanceof Failure)) throw error;
					failures.set(cn, error);
				}
			},
			() => false,
		);
		await restarted;
		const text = stored();
		const names = new Set(
			Array.from(text.matchAll(/^cn: (item-\d+)$/gm), ([, name]) => name ?? ''),
		);
		const creators = new Set(
			Array.from(text.matchAll(/^creatorsName: (.*)$/gm), ([, name]) => name),
		);
		expect([...creators]).toEqual([slapd.admin.dn]);
		expect([...failures.values()].map(({ message }) => message)).toEqual([]);
		expect(names.size).toBe(ITEMS);
		expect(done).toBe(ITEMS);
		// The test means something only if the faults were there.
		for (const [fault, share] of SHARES)
			expect(proxy.counts.get(fault)).toBeGreaterThan(0.7 * share * ITEMS);
	}, 180_000);
});
