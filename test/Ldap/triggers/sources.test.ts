import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Listening } from '../../../nodes/Ldap/transport/client';
import type { Control } from '../../../nodes/Ldap/transport/search';
import { enumerated, octets, sequence } from '../../../nodes/Ldap/transport/ber';
import type { Entry } from '../../../nodes/Ldap/transport/entry';
import type { Search } from '../../../nodes/Ldap/transport/search';
import type { SearchAnswer } from '../../../nodes/Ldap/transport/message';
import { SYNC_INFO, SYNC_STATE } from '../../../nodes/Ldap/transport/sync';
import type { News } from '../../../nodes/Ldap/triggers/news';
import { Known } from '../../../nodes/Ldap/triggers/known';
import { syncSource } from '../../../nodes/Ldap/triggers/syncSource';
import {
	changesSince,
	earlier,
	timestampSource,
} from '../../../nodes/Ldap/triggers/timestampSource';
import { usnSource } from '../../../nodes/Ldap/triggers/usnSource';
import { Failure } from '../../../nodes/shared/resilience/failure';
import { answering, attribute, newsOf, scriptedClient, told, watched } from './scriptedClient';

const uuid = (n: number) => Buffer.from(n.toString(16).padStart(32, '0'), 'hex');
const idOf = (n: number) => `00000000-0000-0000-0000-${n.toString(16).padStart(12, '0')}`;
const entry = (n: number, ...more: Entry['attributes']): Entry => ({
	dn: `cn=${n},dc=x`,
	attributes: [attribute('cn', String(n)), ...more],
});

describe('syncrepl', () => {
	const state = (number: number, n: number): SearchAnswer => {
		const value = sequence(enumerated(number), octets(uuid(n)));
		return { type: 'entry', entry: entry(n), controls: [{ oid: SYNC_STATE, value }] };
	};
	const info = (hex: string): SearchAnswer => ({
		...{ type: 'intermediate', oid: SYNC_INFO, value: Buffer.from(hex, 'hex'), controls: [] },
	});
	const cookieIn = ([control]: Control[] = []) => control?.value?.subarray(5).toString('hex');
	const refused = (status: number) =>
		new Failure({
			...{ kind: 'invalid', phase: 'rejected', code: String(status), message: 'no', status },
		});
	const WITH_COOKIE = '0403616263';

	test('without a cookie everything is named, however the phase is called', async () => {
		for (const phase of [`a105${WITH_COOKIE}`, `a205${WITH_COOKIE}`]) {
			const client = scriptedClient({ listen: () => answering([state(1, 1), info(phase)]) });
			expect(told(await newsOf(syncSource, client))).toEqual({
				...{ entries: ['cn=1,dc=x'], gone: [], present: [], rounds: ['begin', 'end'] },
			});
		}
	});

	test('with a cookie only a phase of what is there says that the rest is gone', async () => {
		const rounds = async (phase: string) => {
			const listen = () => answering([state(1, 1), info(phase)]);
			const news = await newsOf(syncSource, scriptedClient({ listen }), { cursor: 'YWJj' });
			return told(news).rounds;
		};
		expect(await rounds(`a105${WITH_COOKIE}`)).toEqual(['begin', 'cancel']);
		expect(await rounds(`a205${WITH_COOKIE}`)).toEqual(['begin', 'end']);
	});

	test('a server that only announces it is no reason to wait for ever', async () => {
		const client = scriptedClient({
			listen: () => answering([{ type: 'entry', entry: entry(1), controls: [] }]),
		});
		await expect(newsOf(syncSource, client)).rejects.toMatchObject({
			code: 'NO_SYNC_STATE',
			hint: expect.stringContaining('Polling'),
		});
	});

	test('a server that never says that it has told all is not waited for', async () => {
		const cookie = info('8003616263');
		const client = scriptedClient({ listen: () => answering([state(1, 1), cookie]) });
		await expect(newsOf(syncSource, client)).rejects.toMatchObject({ code: 'NO_SYNC_STATE' });
		const after = [state(1, 1), info(`a205${WITH_COOKIE}`), cookie];
		const good = scriptedClient({ listen: () => answering(after) });
		expect(told(await newsOf(syncSource, good, { rounds: 2 })).rounds).toEqual(['begin', 'end']);
	});

	test('entries that are gone or unchanged come one by one or as a set', async () => {
		const set = (deleted: string, n: number) =>
			info(`a31c${WITH_COOKIE}0101${deleted}31120410${uuid(n).toString('hex')}`);
		const listen = () =>
			answering([state(3, 1), state(0, 2), set('ff', 3), set('00', 4), info(`8003616263`)]);
		const news = await newsOf(syncSource, scriptedClient({ listen }), {
			cursor: 'YQ==',
			rounds: 3,
		});
		expect(told(news)).toMatchObject({
			...{ entries: [], gone: [idOf(1), idOf(3)], present: [idOf(2), idOf(4)] },
		});
		expect(news.at(-1)?.cursor).toBe('YWJj');
	});

	test.each([4096, 53])('a cookie that is refused with %s is dropped, once', async (status) => {
		const asked: Array<string | undefined> = [];
		const client = scriptedClient({
			listen: ({ controls }) => {
				asked.push(cookieIn(controls));
				return asked.length === 1
					? answering([], refused(status))
					: answering([state(1, 1), info(`a205${WITH_COOKIE}`)]);
			},
		});
		const news = await newsOf(syncSource, client, { cursor: 'YWJj' });
		expect(asked).toEqual([WITH_COOKIE, '']);
		expect(told(news).rounds).toEqual(['begin', 'begin', 'end']);
		const always = scriptedClient({ listen: () => answering([], refused(status)) });
		await expect(newsOf(syncSource, always)).rejects.toThrow('no');
	});

	test('changes leave nothing behind, however long no container moves', async () => {
		setFlagsFromString('--expose-gc');
		const collect = runInNewContext('gc') as () => void;
		const count = 50_000;
		const used: number[] = [];
		async function* changes(signal: AbortSignal): Listening {
			yield [info(`a105${WITH_COOKIE}`)];
			for (let n = 0; n < count && !signal.aborted; n++) {
				if (n % (count / 5) === 0) {
					collect();
					used.push(process.memoryUsage().heapUsed);
				}
				await Promise.resolve();
				yield [state(2, 1)];
			}
			return { controls: [] };
		}
		async function* never(signal: AbortSignal): Listening {
			yield [];
			await once(signal, 'abort');
			return { controls: [] };
		}
		const client = scriptedClient({
			listen: ({ attributes = [] }, signal) =>
				attributes.length > 1 ? changes(signal) : never(signal),
		});
		const { signal } = new AbortController();
		const listening = { client, watched, cursor: '', known: new Known(), intervalMs: 1, signal };
		const hear = async () => {
			for await (const _ of syncSource(listening));
		};
		await expect(hear()).rejects.toThrow('has ended');
		const [, from = 0] = used;
		expect(((used.at(-1) ?? 0) - from) / count).toBeLessThan(100);
	});

	test('a server that ends the search is an outage, not the end', async () => {
		const client = scriptedClient({ listen: () => answering([]) });
		await expect(newsOf(syncSource, client)).rejects.toThrow('has ended the search');
	});
});

describe('uSNChanged', () => {
	const guidOf = (n: number) => attribute('objectGUID', uuid(n));
	/** A domain controller with some objects, at a number. */
	const controller = (usn: number, invocation = 1) => {
		const asked: Search[] = [];
		const objects = [entry(1, guidOf(1)), entry(2, guidOf(2))];
		const search = (wanted: Search): Entry[] => {
			asked.push(wanted);
			if (wanted.base === '')
				return [
					{
						dn: '',
						attributes: [
							attribute('dsServiceName', 'CN=NTDS Settings'),
							attribute('highestCommittedUSN', String(usn)),
						],
					},
				];
			if (wanted.base === 'CN=NTDS Settings')
				return [{ dn: wanted.base, attributes: [attribute('invocationId', uuid(invocation))] }];
			return JSON.stringify(wanted.filter).includes('uSNChanged') ? [] : objects;
		};
		return { asked, client: scriptedClient({ search }) };
	};
	const cursorOf = async (usn: number, invocation: number) => {
		const news = await newsOf(usnSource(false), controller(usn, invocation).client);
		return news.at(-1)?.cursor ?? '';
	};

	test('at first everything is compared, then only what has a higher number', async () => {
		const cursor = await cursorOf(100, 1);
		const { client, asked } = controller(105);
		const news = await newsOf(usnSource(false), client, { cursor });
		expect(told(news).rounds).toEqual([]);
		const numbers = asked.flatMap(
			({ filter }) => /"uSNChanged.*/.exec(JSON.stringify(filter)) ?? [],
		);
		expect(numbers).toHaveLength(2);
		expect(numbers[0]).toContain(JSON.stringify(Buffer.from('101')));
	});

	test('where nothing has been counted, nothing is looked for', async () => {
		const { client, asked } = controller(100);
		await newsOf(usnSource(false), client, { cursor: await cursorOf(100, 1) });
		expect(asked.filter(({ base }) => base === 'dc=x')).toEqual([]);
	});

	test.each([
		['another domain controller', 200, 2],
		['one that was restored and has another invocation', 50, 2],
		['one that has counted less', 50, 1],
	])('%s: everything is compared', async (_name, usn, invocation) => {
		const cursor = await cursorOf(100, 1);
		const news = await newsOf(usnSource(false), controller(usn, invocation).client, { cursor });
		expect(told(news)).toMatchObject({
			...{ rounds: ['begin', 'end'], entries: ['cn=1,dc=x', 'cn=2,dc=x'] },
		});
	});

	test('an object that has changed and does not match any more is gone', async () => {
		const known = new Known();
		const guid = '04030201-0605-0807-090a-0b0c0d0e0f10';
		const bytes = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex');
		known.set(guid, { dn: 'cn=1,dc=x', attributes: {} });
		const { client } = controller(101);
		const { search } = client;
		client.search = (wanted) =>
			wanted.controls ? found([entry(1, attribute('objectGUID', bytes))]) : search(wanted);
		const cursor = await cursorOf(100, 1);
		expect(told(await newsOf(usnSource(false), client, { cursor, known })).gone).toEqual([guid]);
	});

	async function* found(entries: Entry[]) {
		yield await Promise.resolve(entries);
		return { referrals: [] };
	}
});

describe('modifyTimestamp', () => {
	test('goes back from the latest time that was seen, by the clock of the server', async () => {
		expect(earlier('20260301000100Z', 300)).toBe('20260228235600Z');
		expect(earlier('20260301000100.123Z', 60)).toBe('20260301000000Z');
		const filters: string[] = [];
		const client = scriptedClient({
			search: ({ filter, attributes }) => {
				filters.push(JSON.stringify(filter));
				const time = attribute('modifyTimestamp', '20260301000100Z');
				return attributes?.includes('modifyTimestamp') ? [entry(1, time)] : [entry(1)];
			},
		});
		const news = await newsOf(timestampSource, client, { rounds: 2 });
		expect(filters.join()).toContain(JSON.stringify(Buffer.from('20260228235600Z')));
		expect(news.at(-1)?.cursor).toBe('20260301000100Z');
	});

	const TIME = '20260301000100Z';
	const isBound = ({ filter }: Search) => JSON.stringify(filter).includes('greaterOrEqual');

	test('what was never changed after it was made is found by the time it was made', async () => {
		const asked: string[] = [];
		const client = scriptedClient({
			search: (wanted) => {
				asked.push(JSON.stringify(wanted.filter));
				return [entry(1, attribute('createTimestamp', TIME))];
			},
		});
		const news = await newsOf(timestampSource, client, { rounds: 2 });
		expect(news.at(-1)?.cursor).toBe(TIME);
		expect(asked[1]).toContain('"createTimestamp"');
	});

	test.each([
		['finds nothing by times', (): Entry[] => []],
		[
			'refuses to compare times',
			(): Entry[] => {
				const what = {
					kind: 'invalid',
					phase: 'rejected',
					code: 'unwillingToPerform (53)',
				} as const;
				throw new Failure({ ...what, message: 'Unsupported user filter', status: 53 });
			},
		],
	])('where the server %s everything is compared', async (_what, byTime) => {
		let count = 1;
		const client = scriptedClient({
			search: (wanted) =>
				isBound(wanted)
					? byTime()
					: Array.from({ length: count++ }, (_, n) => entry(n, attribute('createTimestamp', TIME))),
		});
		const known = new Known();
		const news = await newsOf(timestampSource, client, { rounds: 3, known });
		expect(told(news)).toMatchObject({
			entries: [0, 0, 1, 0, 1, 2].map((n) => `cn=${n},dc=x`),
			rounds: ['begin', 'end', 'begin', 'end', 'begin', 'end'],
		});
	});

	test('where nobody may sign in nothing is compared', async () => {
		const auth = { kind: 'auth', phase: 'notSent', code: 'invalidCredentials (49)' } as const;
		const client = scriptedClient({
			search: () => {
				throw new Failure({ ...auth, message: 'Wrong password' });
			},
		});
		const failed = newsOf(timestampSource, client, { cursor: TIME });
		await expect(failed).rejects.toThrow('Wrong password');
	});

	test('where a container has changed, what is in it is compared by its name', async () => {
		const [stays, moved, arrived] = [1, 2, 3].map((n) => entry(n, attribute('entryUUID', idOf(n))));
		const known = new Known();
		for (const n of [1, 2, 4])
			known.set(idOf(n), { dn: n === 2 ? 'cn=2,ou=old' : `cn=${n},dc=x`, attributes: {} });
		const latest = entry(1, attribute('entryUUID', idOf(1)), attribute('modifyTimestamp', TIME));
		const there = [stays, moved, arrived].flatMap((one) => one ?? []);
		const script = (changed: Entry[]) => (search: Search) => {
			// Whether there is any is all that is asked.
			if (search.sizeLimit === 1) return changed;
			if (search.scope === 'base') return there.filter(({ dn }) => dn === search.base);
			return search.attributes?.includes('modifyTimestamp') ? [latest] : there;
		};
		const listening = {
			...{ watched: { ...watched, deletes: false }, cursor: TIME, known },
		};
		const hear = async (changed: Entry[]) => {
			const client = scriptedClient({ search: script(changed) });
			const news: News[] = [];
			for await (const one of changesSince({ ...listening, client })) news.push(one);
			return told(news);
		};
		const found = { entries: ['cn=1,dc=x'], gone: [] };
		expect(await hear([])).toEqual({ ...found, present: [], rounds: [] });
		expect(await hear([entry(9)])).toEqual({
			...{ entries: [...found.entries, 'cn=2,dc=x', 'cn=3,dc=x'], gone: [], present: [idOf(1)] },
			rounds: ['begin', 'end'],
		});
	});

	test('a part of the entries is a failure: the others would look deleted', async () => {
		const truncated = { code: 'sizeLimitExceeded (4)', message: 'Too many' };
		const client = scriptedClient({ search: () => ({ entries: [entry(1)], truncated }) });
		for (const source of [timestampSource, usnSource(false)]) {
			const failed = newsOf(source, client);
			await expect(failed).rejects.toBeInstanceOf(Failure);
		}
		await expect(newsOf(timestampSource, client)).rejects.toThrow('only a part of the entries');
	});
});
