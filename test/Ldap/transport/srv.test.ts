import { nameOf } from '../../../nodes/Ldap/transport/servers';
import type { SrvQuestion, SrvRecord } from '../../../nodes/Ldap/transport/srv';
import { findServers, inSrvOrder, srvResolver } from '../../../nodes/Ldap/transport/srv';
import { startDns } from './dnsServer';

const record = (name: string, more: Partial<SrvRecord> = {}): SrvRecord => ({
	name,
	port: 389,
	priority: 0,
	weight: 100,
	...more,
});

async function found(
	records: Record<string, SrvRecord[]>,
	question: Partial<SrvQuestion> & { domain: string },
) {
	const dns = await startDns(records);
	try {
		const servers = await findServers(
			{ encryption: 'ldaps', ...question },
			srvResolver([dns.server]),
			() => 0,
		);
		return { servers: servers.map(nameOf), asked: dns.asked };
	} finally {
		dns.close();
	}
}

describe('the servers of a domain, from a DNS server', () => {
	test('are the domain controllers where it is one of Active Directory', async () => {
		const { servers, asked } = await found(
			{
				'_ldap._tcp.dc._msdcs.ad.example.com': [record('DC1.ad.example.com')],
				'_ldap._tcp.ad.example.com': [record('other.ad.example.com')],
			},
			{ domain: 'ad.example.com' },
		);
		expect(servers).toEqual(['dc1.ad.example.com:636']);
		expect(asked).toEqual(['_ldap._tcp.dc._msdcs.ad.example.com']);
	});

	test('else those of LDAP, in their order', async () => {
		const { servers } = await found(
			{
				'_ldap._tcp.example.com': [
					record('c.example.com', { priority: 20 }),
					record('a.example.com', { priority: 10, port: 1389 }),
				],
			},
			{ domain: 'example.com.', encryption: 'startTls' },
		);
		expect(servers).toEqual(['a.example.com:1389', 'c.example.com:389']);
	});

	test('LDAPS is on the port beside that of LDAP, the global catalog too', async () => {
		const domain = '_gc._tcp.example.com';
		const records = { [domain]: [record('a.example.com', { port: 3268 })] };
		expect((await found(records, { domain })).servers).toEqual(['a.example.com:3269']);
		const other = { [domain]: [record('a.example.com', { port: 1636 })] };
		expect((await found(other, { domain })).servers).toEqual(['a.example.com:1636']);
		expect((await found(other, { domain, port: 7 })).servers).toEqual(['a.example.com:7']);
	});

	test('a name with underscores is asked for as it is: the domain controllers of a site', async () => {
		const site = '_ldap._tcp.Berlin._sites.dc._msdcs.example.com';
		const records = { [site.toLowerCase()]: [record('dc7.example.com')] };
		const { servers, asked } = await found(records, { domain: site });
		expect(servers).toEqual(['dc7.example.com:636']);
		expect(asked).toEqual([site.toLowerCase()]);
	});

	test('a server outside of the domain is not trusted: DNS can be forged', async () => {
		const records = { '_ldap._tcp.example.com': [record('ldap.example.com.evil.test')] };
		await expect(found(records, { domain: 'example.com' })).rejects.toMatchObject({
			kind: 'invalid',
			code: 'SRV_ELSEWHERE',
			message: expect.stringContaining('ldap.example.com.evil.test'),
		});
		const close = { '_ldap._tcp.example.com': [record('ldap.notexample.com')] };
		await expect(found(close, { domain: 'example.com' })).rejects.toMatchObject({
			code: 'SRV_ELSEWHERE',
		});
	});

	test('none, and ".", which says that the service is not offered, name what was asked for', async () => {
		const notOffered = { '_ldap._tcp.example.com': [record('.', { port: 0 })] };
		for (const records of [{} as Record<string, SrvRecord[]>, notOffered])
			await expect(found(records, { domain: 'example.com' })).rejects.toMatchObject({
				kind: 'invalid',
				phase: 'notSent',
				code: 'SRV_NONE',
				message: expect.stringContaining('_ldap._tcp.example.com'),
			});
	});

	test.each(['', 'exa mple.com', 'ldap://example.com', 'a..b', 'example.com:389'])(
		'"%s" is no domain',
		async (domain) => {
			await expect(found({}, { domain })).rejects.toMatchObject({ code: 'SRV_DOMAIN' });
		},
	);

	test('a DNS server that does not answer is an outage, not a wrong domain', async () => {
		const resolve = async () => {
			throw Object.assign(new Error('queryTimeout'), { code: 'ETIMEOUT' });
		};
		await expect(
			findServers({ domain: 'example.com', encryption: 'ldaps' }, resolve, () => 0),
		).rejects.toMatchObject({ kind: 'timeout', phase: 'notSent', code: 'ETIMEOUT' });
	});
});

describe('order of RFC 2782', () => {
	const drawn = (records: SrvRecord[], rounds: number) => {
		const firsts: Record<string, number> = {};
		for (let round = 0; round < rounds; round++) {
			const [first] = inSrvOrder(records, () => (round + 0.5) / rounds);
			firsts[first?.name ?? ''] = (firsts[first?.name ?? ''] ?? 0) + 1;
		}
		return firsts;
	};

	test('a lower priority always comes first', () => {
		const records = [
			record('backup', { priority: 2, weight: 65_535 }),
			record('main', { priority: 1, weight: 0 }),
		];
		for (const chance of [0, 0.5, 0.999_999])
			expect(inSrvOrder(records, () => chance).map(({ name }) => name)).toEqual(['main', 'backup']);
	});

	test('within one, chance is in proportion to the weights', () => {
		const records = [
			record('a', { weight: 10 }),
			record('b', { weight: 30 }),
			record('c', { weight: 60 }),
		];
		const firsts = drawn(records, 1_000);
		expect(firsts.a).toBeGreaterThan(80);
		expect(firsts.a).toBeLessThan(120);
		expect(firsts.b).toBeGreaterThan(270);
		expect(firsts.b).toBeLessThan(330);
	});

	test('without weight there is still a small chance', () => {
		const firsts = drawn([record('a', { weight: 0 }), record('b', { weight: 99 })], 1_000);
		expect(firsts.a).toBeGreaterThan(0);
		expect(firsts.a).toBeLessThan(30);
	});

	test('nothing is lost', () => {
		const records = 'abcdefgh'
			.split('')
			.map((name, n) => record(name, { priority: n % 3, weight: n }));
		for (let n = 0; n < 50; n++) {
			const ordered = inSrvOrder(records, () => n / 50);
			expect(ordered.map(({ name }) => name).sort()).toEqual('abcdefgh'.split(''));
			const priorities = ordered.map(({ priority }) => priority);
			expect(priorities).toEqual([...priorities].sort());
		}
	});
});
