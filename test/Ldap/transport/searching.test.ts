import { setTimeout as delay } from 'node:timers/promises';
import { allOf, anyOf, equal, not, present } from '../../../nodes/Ldap/transport/filter';
import type { Entry } from '../../../nodes/Ldap/transport/entry';
import type { Search, SearchEnd } from '../../../nodes/Ldap/transport/search';
import type { LdapClient } from '../../../nodes/Ldap/transport/client';
import { BerReader, enumerated, octets, sequence, tlv } from '../../../sandbox/ldap/ber.ts';
import type { TestSettings } from '../clientOf';
import { attribute, clientOf, failureOf, signInAs } from '../clientOf';
import type { ScriptedRequest, ScriptedServer } from './scriptedServer';
import { Op, entry, pageEnd, reference, result, scriptedServer } from './scriptedServer';

const BASE = 'dc=example';

const servers: ScriptedServer[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) await server.close();
});

async function serve(answer: Parameters<typeof scriptedServer>[0]) {
	const server = await scriptedServer((socket, request) => {
		if (request.operation === Op.bind) socket.write(result(request));
		else if (request.operation === Op.search) answer(socket, request);
	});
	servers.push(server);
	return server;
}

const clientFor = ({ port }: ScriptedServer, settings: TestSettings = {}) =>
	clientOf([{ host: '127.0.0.1', port }], { signIn: signInAs('cn=me', 'secret'), ...settings });

async function read(
	client: LdapClient,
	search: Partial<Search> = {},
): Promise<{ entries: Entry[]; end: SearchEnd }> {
	const found = client.search({
		base: BASE,
		scope: 'subtree',
		filter: present('objectClass'),
		pageSize: 10,
		...search,
	});
	const entries: Entry[] = [];
	for (;;) {
		const { done, value } = await found.next();
		if (done) return { entries, end: value };
		entries.push(...value);
	}
}

const names = (entries: Entry[]) => entries.map(({ dn }) => dn);
const dns = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `cn=${from + n}`);

/** What is in a search request, as far as tests look at it. */
function parts({ content }: ScriptedRequest) {
	const reader = new BerReader(content);
	const base = reader.next(0x04).toString();
	const scope = reader.next(0x0a)[0];
	reader.next(0x0a);
	const limit = reader.next(0x02);
	const sizeLimit = limit.readUIntBE(0, limit.length);
	reader.next(0x02);
	reader.next(0x01);
	reader.next();
	const asked = reader.into(0x30);
	const attributes: string[] = [];
	while (asked.more) attributes.push(asked.next(0x04).toString());
	return { base, scope, sizeLimit, attributes };
}

/** A server that has `total` entries and gives them in pages of 10; nothing is kept between requests. */
const paged = (total: number) => {
	const next = new Map<number, number>();
	return (socket: { write(bytes: Buffer): void }, request: ScriptedRequest) => {
		const from = next.get(request.connection) ?? 0;
		const page = dns(Math.min(10, total - from), from);
		const last = from + page.length >= total;
		next.set(request.connection, last ? 0 : from + page.length);
		const controls = [pageEnd(last ? '' : `from ${from + page.length}`)];
		socket.write(
			Buffer.concat([
				...page.map((dn) => entry(request.id, dn, ['cn', 'x'])),
				result(request, 0, '', { controls }),
			]),
		);
	};
};

test('a search over pages gives every entry once, though connections break within and between pages', async () => {
	const answer = paged(95);
	let count = 0;
	const server = await serve((socket, request) => {
		count++;
		if (count === 4) return void socket.destroy();
		if (count === 9) {
			socket.write(Buffer.concat([entry(request.id, 'cn=30'), entry(request.id, 'cn=31')]));
			return void setTimeout(() => socket.destroy(), 20);
		}
		answer(socket, request);
	});
	const { entries, end } = await read(clientFor(server));
	expect(names(entries)).toEqual(dns(95));
	expect(end).toEqual({ referrals: [] });
	expect(server.connections).toHaveLength(3);
	// Each signs in before it asks.
	for (const connection of [1, 2, 3])
		expect(server.requests.find((request) => request.connection === connection)?.operation).toBe(
			Op.bind,
		);
});

test('the server works on one page more while a page is worked on, and on no other', async () => {
	const server = await serve(paged(95));
	const asked = () => server.requests.filter(({ operation }) => operation === Op.search).length;
	const found = clientFor(server).search({
		base: BASE,
		scope: 'subtree',
		filter: present('objectClass'),
		pageSize: 10,
	});
	expect((await found.next()).value).toHaveLength(10);
	await delay(50);
	expect(asked()).toBe(2);
	expect((await found.next()).value).toHaveLength(10);
	await delay(50);
	expect(asked()).toBe(3);
	await found.return({ referrals: [] });
});

describe('limits', () => {
	test.each([
		[94, true],
		[95, false],
		[96, false],
		[10, true],
		[1, true],
	])('of 95 entries at most %d: truncated is %s', async (sizeLimit, truncated) => {
		const { entries, end } = await read(clientFor(await serve(paged(95))), { sizeLimit });
		expect(entries).toHaveLength(Math.min(sizeLimit, 95));
		expect(end.truncated?.code).toBe(truncated ? 'LIMIT_REACHED' : undefined);
	});

	test.each([
		[3, 'timeLimitExceeded (3)'],
		[4, 'sizeLimitExceeded (4)'],
		[11, 'adminLimitExceeded (11)'],
	])('result code %d after entries keeps them', async (code, name) => {
		const server = await serve((socket, request) => {
			socket.write(
				Buffer.concat([entry(request.id, 'cn=0'), result(request, code, 'enough is enough')]),
			);
		});
		const { entries, end } = await read(clientFor(server), { pageSize: 0 });
		expect(names(entries)).toEqual(['cn=0']);
		expect(end.truncated?.code).toBe(name);
		expect(end.truncated?.message).toContain('enough is enough');
	});

	test('before any entry it is a failure', async () => {
		const server = await serve((socket, request) => socket.write(result(request, 11)));
		expect(await failureOf(read(clientFor(server)))).toMatchObject({
			code: 'adminLimitExceeded (11)',
			phase: 'rejected',
		});
	});

	test('another failure in the middle is one, whatever was given', async () => {
		const server = await serve((socket, request) =>
			socket.write(Buffer.concat([entry(request.id, 'cn=0'), result(request, 50)])),
		);
		expect(await failureOf(read(clientFor(server)))).toMatchObject({
			code: 'insufficientAccessRights (50)',
		});
	});
});

test('who stops reading makes the server stop, and the connection serves others', async () => {
	const server = await serve((socket, request) => {
		socket.write(entry(request.id, 'cn=0'));
	});
	const client = clientFor(server);
	for await (const group of client.search({
		base: BASE,
		scope: 'subtree',
		filter: present('cn'),
		pageSize: 0,
	})) {
		expect(group).toHaveLength(1);
		break;
	}
	await delay(30);
	const [, search, abandoned] = server.requests;
	expect(abandoned).toMatchObject({
		operation: Op.abandon,
		content: Buffer.from([search?.id ?? 0]),
	});
	expect(server.open()).toBe(1);
});

test('who reads slowly makes the server wait, and nothing is lost', async () => {
	let written = 0;
	const total = 40;
	const server = await serve((socket, request) => {
		const chunk = Buffer.concat(
			dns(1_000).map((dn, n) =>
				entry(request.id, `${dn},ou=${written}-${n}`, ['x', 'y'.repeat(500)]),
			),
		);
		const more = () => {
			while (written < total) {
				written++;
				if (!socket.write(chunk)) return void socket.once('drain', more);
			}
			socket.write(result(request));
		};
		more();
	});
	const found = clientFor(server).search({
		base: BASE,
		scope: 'subtree',
		filter: present('cn'),
		pageSize: 0,
	});
	const first = await found.next();
	await delay(150);
	// 20 MB in all; what the sockets hold is a few.
	expect(written).toBeLessThan(total);
	let count = first.done ? 0 : first.value.length;
	for await (const group of found) count += group.length;
	expect(count).toBe(total * 1_000);
});

test('who reads slowly holds few large entries', async () => {
	const [size, total] = [100_000, 600];
	let written = 0;
	const server = await serve((socket, request) => {
		const more = () => {
			while (written < total) {
				const dn = `cn=${written++}`;
				if (!socket.write(entry(request.id, dn, ['photo', 'y'.repeat(size)])))
					return void socket.once('drain', more);
			}
			socket.write(result(request));
		};
		more();
	});
	const wanted = { base: BASE, scope: 'subtree', filter: present('cn'), pageSize: 0 } as const;
	const found = clientFor(server).search(wanted);
	const first = await found.next();
	for (let before = -1; before < written; await delay(200)) before = written;
	// 60 MB in all; what the system keeps for the sockets is up to ten.
	expect(written * size).toBeLessThan(30_000_000);
	let count = first.done ? 0 : first.value.length;
	for await (const group of found) count += group.length;
	expect(count).toBe(total);
});

test('values that come in ranges are fetched to the last, except where a range was asked for', async () => {
	const members = Array.from({ length: 7 }, (_, n) => `cn=m${n}`);
	const server = await serve((socket, request) => {
		const { attributes, base } = parts(request);
		const from = Number(/range=(\d+)/.exec(attributes[0] ?? '')?.[1] ?? 0);
		const values = members.slice(from, from + 3);
		const to = from + 3 >= members.length ? '*' : from + 2;
		const empty: Array<[string, ...string[]]> = attributes.length === 0 ? [['member']] : [];
		const dn = base === BASE ? 'cn=group' : base;
		socket.write(
			Buffer.concat([
				entry(request.id, dn, ['cn', 'group'], ...empty, [`member;range=${from}-${to}`, ...values]),
				result(request),
			]),
		);
	});
	const client = clientFor(server);
	const whole = await read(client, { pageSize: 0 });
	expect(whole.entries).toEqual([
		{ dn: 'cn=group', attributes: [attribute('cn', 'group'), attribute('member', ...members)] },
	]);
	const part = await read(client, { pageSize: 0, attributes: ['member;range=0-2'] });
	expect(part.entries[0]?.attributes[1]).toEqual(
		attribute('member;range=0-2', ...members.slice(0, 3)),
	);
	const raw = await read(client, { pageSize: 0, allValues: false });
	expect(raw.entries[0]?.attributes.map(({ type }) => type)).toContain('member;range=0-2');
});

describe('referrals', () => {
	const to = (port: number, rest = '') => `ldap://127.0.0.1:${port}/${rest}`;

	test('references are listed, and not followed unless the host is allowed', async () => {
		const other = await serve((socket, request) => socket.write(result(request)));
		const server = await serve((socket, request) =>
			socket.write(
				Buffer.concat([
					entry(request.id, 'cn=0'),
					reference(request.id, to(other.port, 'ou=b')),
					result(request),
				]),
			),
		);
		for (const followTo of [undefined, (host: string) => host === 'elsewhere']) {
			const { entries, end } = await read(clientFor(server, { followTo }));
			expect(names(entries)).toEqual(['cn=0']);
			expect(end.referrals).toEqual([to(other.port, 'ou=b')]);
		}
		expect(other.connections).toHaveLength(0);
	});

	test('an allowed one is followed, with the credential, and not in circles', async () => {
		const other: ScriptedServer = await serve((socket, request) =>
			socket.write(
				Buffer.concat([
					entry(request.id, 'cn=there'),
					reference(request.id, to(other.port, 'ou=b??base')),
					result(request),
				]),
			),
		);
		const server = await serve((socket, request) =>
			socket.write(
				Buffer.concat([
					entry(request.id, 'cn=0'),
					reference(request.id, to(other.port, 'ou=b??base')),
					result(request),
				]),
			),
		);
		const { entries, end } = await read(
			clientFor(server, { followTo: (host) => host === '127.0.0.1' }),
		);
		expect(names(entries)).toEqual(['cn=0', 'cn=there']);
		expect(end.referrals).toEqual([to(other.port, 'ou=b??base')]);
		expect(other.requests.map(({ operation }) => operation)).toEqual([Op.bind, Op.search]);
		const asked = other.requests[1];
		expect(asked && parts(asked)).toMatchObject({ base: 'ou=b', scope: 0 });
	});

	const referral = (request: ScriptedRequest, ...urls: string[]) =>
		result(request, 10, '', { after: [tlv(0xa3, ...urls.map((url) => octets(url)))] });

	test('a referral that is not followed is a failure with its URLs', async () => {
		const server = await serve((socket, request) =>
			socket.write(referral(request, 'ldap://dc2.example/', 'ldap://dc3.example/')),
		);
		const failure = await failureOf(read(clientFor(server)));
		expect(failure).toMatchObject({ code: 'referral (10)', phase: 'rejected' });
		expect(failure.message).toContain('ldap://dc2.example/, ldap://dc3.example/');
	});

	test('the first that is allowed is followed, for a search and for a write', async () => {
		const other = await scriptedServer((socket, request) => {
			if (request.operation === Op.search) socket.write(entry(request.id, 'cn=there'));
			if (request.operation !== Op.unbind) socket.write(result(request));
		});
		const urls = ['ldap://dc2.example/', to(other.port, 'ou=other')];
		const server = await scriptedServer((socket, request) => {
			if (request.operation === Op.bind) socket.write(result(request));
			else socket.write(referral(request, ...urls));
		});
		servers.push(other, server);
		const client = clientFor(server, { followTo: (host) => host === '127.0.0.1' });
		expect(names((await read(client)).entries)).toEqual(['cn=there']);
		await client.delete('ou=here');
		expect(other.requests.at(-1)).toMatchObject({
			operation: Op.delete,
			content: Buffer.from('ou=other'),
		});
	});
});

test('sorting and page size are controls, and a small limit asks for a small page', async () => {
	const server = await serve(paged(95));
	const sort = [{ attribute: 'sn', reverse: true }];
	expect(await failureOf(read(clientFor(server), { sizeLimit: 3, sort }))).toMatchObject({
		code: 'NOT_SORTED',
	});
	const request = server.requests.find(({ controls }) => controls.length > 0);
	expect(request && parts(request)).toMatchObject({ base: BASE, scope: 2, sizeLimit: 0 });
	expect(request?.controls).toEqual(['1.2.840.113556.1.4.473', '1.2.840.113556.1.4.319']);
	await read(clientFor(server), { sizeLimit: 3, filter: equal('cn', 'x'), pageSize: 0 });
	const unpaged = server.requests.findLast(({ operation }) => operation === Op.search);
	expect(unpaged && parts(unpaged)).toMatchObject({ sizeLimit: 4 });
});

describe('a server that does not do what it announces, or only what the standard says', () => {
	const sort = [{ attribute: 'sn' }];
	const sorted = sequence(octets('1.2.840.113556.1.4.474'), octets(sequence(enumerated(0))));
	const gives = (count: number, controls: Buffer[]) =>
		serve((socket, request) =>
			socket.write(
				Buffer.concat([
					...dns(count).map((dn) => entry(request.id, dn)),
					result(request, 0, '', { controls }),
				]),
			),
		);

	test('entries are only taken for sorted where the server says so', async () => {
		const good = await gives(5, [sorted]);
		expect((await read(clientFor(good), { sort })).entries).toHaveLength(5);
		const { end } = await read(clientFor(good), { sort, sizeLimit: 3 });
		expect(end.truncated?.code).toBe('LIMIT_REACHED');
		const bad = await gives(5, []);
		for (const sizeLimit of [0, 3]) {
			const failure = await failureOf(read(clientFor(bad), { sort, sizeLimit }));
			expect(failure).toMatchObject({ code: 'NOT_SORTED', kind: 'invalid', phase: 'rejected' });
			expect(failure.hint).toContain('Sort node');
		}
		// Samba sorts, and does not say so where it sends pages.
		const announcing = await serve((socket, request) => {
			const { base } = parts(request);
			const root = entry(request.id, '', ['supportedControl', '1.2.840.113556.1.4.473']);
			const found = base === '' ? [root] : dns(5).map((dn) => entry(request.id, dn));
			socket.write(Buffer.concat([...found, result(request)]));
		});
		expect((await read(clientFor(announcing), { sort })).entries).toHaveLength(5);
		// One entry is in every order.
		expect((await read(clientFor(await gives(1, [])), { sort })).entries).toHaveLength(1);
	});

	test('pages that this user may not ask for are left out', async () => {
		const server = await serve((socket, request) => {
			const { controls } = request;
			socket.write(
				controls.length > 0
					? result(request, 12, 'control not allowed')
					: Buffer.concat([...dns(25).map((dn) => entry(request.id, dn)), result(request)]),
			);
		});
		expect(names((await read(clientFor(server))).entries)).toEqual(dns(25));
		expect((await failureOf(read(clientFor(server), { sort }))).status).toBe(12);
	});

	test('a page that is full, and nothing said of the next one, is not taken for all', async () => {
		const server = await serve((socket, request) => {
			const page = request.controls.length > 0 ? dns(10) : dns(25);
			const found = page.map((dn) => entry(request.id, dn));
			socket.write(Buffer.concat([...found, result(request)]));
		});
		expect(names((await read(clientFor(server))).entries)).toEqual(dns(25));
	});

	test('what cannot be read of a page is a failure that says so', async () => {
		const broken = sequence(octets('1.2.840.113556.1.4.319'), octets(octets('no sequence')));
		const failure = await failureOf(read(clientFor(await gives(5, [broken]))));
		expect(failure).toMatchObject({ code: 'BAD_ANSWER', kind: 'invalid' });
		expect(failure.message).toContain(`Search of "${BASE}"`);
		expect(failure.hint).toContain('"Page Size" to 0');
	});

	const SCOPE = { base: 0, subtree: 2 };
	test('what is below an entry is found without a scope of its own for it', async () => {
		const server = await serve((socket, request) => {
			const { scope, base } = parts(request);
			if (scope !== SCOPE.base && scope !== SCOPE.subtree)
				return void socket.write(result(request, 2, 'Unknown search scope'));
			const found = base === '' ? [] : scope === SCOPE.base ? ['o=X'] : ['o=X', ...dns(3)];
			socket.write(
				Buffer.concat([...found.map((dn) => entry(request.id, dn)), result(request, 0)]),
			);
		});
		const below = { base: '<GUID=1>', scope: 'children', pageSize: 0 } as const;
		expect(names((await read(clientFor(server), below)).entries)).toEqual(dns(3));
		for (const [sizeLimit, truncated] of [
			[3, false],
			[2, true],
		] as const) {
			const { entries, end } = await read(clientFor(server), { ...below, sizeLimit });
			expect(entries).toHaveLength(sizeLimit);
			expect(end.truncated !== undefined).toBe(truncated);
		}
	});

	test('"all" and "none" are sent as filters that every server knows, unless this one knows RFC 4526', async () => {
		let features: string[] = [];
		const server = await serve((socket, request) => {
			const { base } = parts(request);
			const root = entry(request.id, '', ['supportedFeatures', ...features]);
			socket.write(Buffer.concat([...(base === '' ? [root] : []), result(request)]));
		});
		const sent = async () => {
			await read(clientFor(server), { filter: allOf(equal('cn', 'a'), allOf(), not(anyOf())) });
			const asked = server.requests.filter((request) => request.operation === Op.search);
			return asked.at(-1)?.content.toString('latin1') ?? '';
		};
		const everything = '\x87\x0bobjectclass';
		expect((await sent()).split(everything)).toHaveLength(3);
		features = ['1.3.6.1.4.1.4203.1.5.3'];
		expect(await sent()).toContain('\xa0\x00');
		expect(await sent()).not.toContain(everything);
	});
});

test('who listens to everything below is not told of the top, however the server spells it', async () => {
	const server = await serve((socket, request) => {
		const { scope } = parts(request);
		if (scope === 0) socket.write(Buffer.concat([entry(request.id, BASE), result(request)]));
		else
			socket.write(
				Buffer.concat([entry(request.id, 'DC=Example'), entry(request.id, `cn=a,${BASE}`)]),
			);
	});
	const over = new AbortController();
	const below: Search = { base: BASE, scope: 'children', filter: present('cn'), attributes: [] };
	const told: string[] = [];
	for await (const answers of clientFor(server).listen(below, over.signal)) {
		for (const answer of answers) if (answer.type === 'entry') told.push(answer.entry.dn);
		if (told.length > 0) break;
	}
	over.abort();
	expect(told).toEqual([`cn=a,${BASE}`]);
});
