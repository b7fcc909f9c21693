import { noSchema } from '../../../nodes/Ldap/transport/schemaParser';
import type { LdapClient } from '../../../nodes/Ldap/transport/client';
import type { SearchAnswer } from '../../../nodes/Ldap/transport/message';
import type { Search } from '../../../nodes/Ldap/transport/search';
import { watchedPart } from '../../../nodes/Ldap/triggers/attributes';
import type { WatchHost, WatchSettings } from '../../../nodes/Ldap/triggers/watcher';
import { Watcher } from '../../../nodes/Ldap/triggers/watcher';
import type { FailureKind } from '../../../nodes/shared/resilience/failure';
import { Failure } from '../../../nodes/shared/resilience/failure';
import { settled, virtualClock } from '../../shared/virtualClock';
import { answering, attribute, scriptedClient, watched } from './scriptedClient';

const failureOf = (kind: FailureKind) =>
	new Failure({ kind, phase: 'notSent', code: kind, message: `It is ${kind}` });

const settings: WatchSettings = {
	...{ watched, kinds: ['created'], mechanism: 'polling', keepValues: true, existing: 'ignore' },
	...{ intervalMs: 3_600_000, batchSize: 10, runs: 1 },
};

/** A host whose server answers as long as `failure` is not set. */
function hostOf(offers: string[] = [], listen?: LdapClient['listen']) {
	const clock = virtualClock();
	const kept: Record<string, unknown> = {};
	const reports: string[] = [];
	const state: { failure?: Failure; connections: number } = { connections: 0 };
	const answering: LdapClient = {
		...scriptedClient({
			search: () => [{ dn: 'cn=a', attributes: [attribute('modifyTimestamp', '20260101000000Z')] }],
			listen,
			root: { supportedControl: new Set(offers), vendor: 'other' },
		}),
		schema: async () => await Promise.resolve(noSchema),
	};
	const host: WatchHost = {
		...{ clock, name: 'watcher', knowsIds: true },
		connect: async () => {
			state.connections++;
			return state.failure
				? await Promise.reject(state.failure)
				: await Promise.resolve({ client: answering, secrets: [] });
		},
		load: () => kept,
		keep: (parts) => void Object.assign(kept, parts),
		run: async () => await Promise.resolve('succeeded' as const),
		report: ({ message }) => void reports.push(message),
	};
	return { host, clock, reports, state };
}

/** Switched on once and off again, so that it remembers. */
async function remembering() {
	const all = hostOf();
	const first = new Watcher(all.host, settings);
	await first.start();
	first.stop();
	return { ...all, watcher: new Watcher(all.host, settings) };
}

test('an outage is told of after half a minute, and once', async () => {
	const { watcher, clock, reports, state } = await remembering();
	state.failure = failureOf('network');
	await watcher.start();
	await clock.advance(29_000);
	expect(reports).toEqual([]);
	await clock.advance(3_600_000);
	expect(reports).toEqual(['It is network']);
	// Once a minute at the end.
	expect(state.connections).toBeLessThan(80);
	watcher.stop();
});

test('one that passes within half a minute is not told of', async () => {
	const { watcher, clock, reports, state } = await remembering();
	state.failure = failureOf('network');
	await watcher.start();
	await clock.advance(10_000);
	state.failure = undefined;
	await clock.advance(120_000);
	await settled();
	expect(reports).toEqual([]);
	watcher.stop();
});

test('what does not pass by itself is told of at once, and once', async () => {
	const { watcher, clock, reports, state } = await remembering();
	state.failure = failureOf('auth');
	await watcher.start();
	await settled();
	expect(reports).toEqual(['It is auth']);
	await clock.advance(3_600_000);
	expect(reports).toEqual(['It is auth']);
	watcher.stop();
});

test('at the first start a failure is an error, and nothing goes on', async () => {
	const { host, clock, reports, state } = hostOf();
	state.failure = failureOf('network');
	await expect(new Watcher(host, settings).start()).rejects.toThrow('It is network');
	await clock.advance(3_600_000);
	expect(state.connections).toBe(1);
	expect(reports).toEqual([]);
	expect(clock.pending()).toBe(0);
});

test('while n8n starts no runs, entries stay in the directory and n8n is not pressed', async () => {
	const { host, clock, reports } = hostOf();
	const names = Array.from({ length: 1_000 }, (_, n) => `cn=${n}`);
	let pages = 0;
	const client: LdapClient = {
		...scriptedClient({ root: { supportedControl: new Set(), vendor: 'other' } }),
		schema: async () => await Promise.resolve(noSchema),
		search: async function* () {
			for (let n = 0; n < names.length; n += 10) {
				pages++;
				yield await Promise.resolve(
					names.slice(n, n + 10).map((dn) => ({
						...{ dn, attributes: [attribute('modifyTimestamp', '20260101000000Z')] },
					})),
				);
			}
			return { referrals: [], truncated: undefined };
		},
	};
	const [heard, tried]: [string[], string[]] = [[], []];
	let isDown = true;
	const watcher = new Watcher(
		{
			...host,
			...{ name: 'watcher while n8n is down', connect: async () => ({ client, secrets: [] }) },
			run: async (events, id) => {
				tried.push(id);
				if (isDown) throw new Error('the database of n8n is away');
				heard.push(...events.map(({ dn }) => dn));
				return await Promise.resolve('succeeded');
			},
		},
		{ ...settings, existing: 'emit', runs: 2 },
	);
	await watcher.start();
	for (let n = 0; n < 600; n++) await clock.advance(1_000);
	// Two batches are pending, two wait, and one page was on its way.
	expect(new Set(tried).size).toBe(2);
	expect(pages).toBeLessThanOrEqual(5);
	// 0.5 s, 1 s, 2 s ... and then once a minute.
	expect(tried.length).toBeLessThan(40);
	expect(reports).toEqual(['the database of n8n is away']);
	isDown = false;
	await clock.advance(60_000);
	for (let n = 0; n < 1_000 && heard.length < names.length; n++) await clock.advance(0);
	expect(heard).toEqual(names);
	watcher.stop();
});

describe('a server that announces what it does not do', () => {
	const SYNC = '1.3.6.1.4.1.4203.1.9.1.1';
	const PERSISTENT = '2.16.840.1.113730.3.4.3';
	const plain: SearchAnswer = {
		type: 'entry',
		entry: { dn: 'cn=a', attributes: [] },
		controls: [],
	};
	const refusal = (status: number) =>
		new Failure({
			...{ kind: 'invalid', phase: 'rejected', code: 'no', message: 'No such thing', status },
		});
	const started = async (listen: LdapClient['listen'], mechanism = settings.mechanism) => {
		const { host, reports, clock } = hostOf([SYNC, PERSISTENT], listen);
		const watcher = new Watcher(host, { ...settings, mechanism });
		await watcher.start();
		await clock.advance(5_000);
		watcher.stop();
		return { reports };
	};
	const oidOf = ({ controls = [] }: Search) => controls[0]?.oid ?? '';

	test('is listened to in the next best way, down to polling', async () => {
		const asked: string[] = [];
		const { reports } = await started((search) => {
			asked.push(oidOf(search));
			if (oidOf(search) === SYNC) return answering([plain]);
			return answering([], refusal(12));
		}, 'automatic');
		expect(asked).toEqual([SYNC, PERSISTENT]);
		expect(reports).toEqual([]);
	});

	test('is not asked for it again by another process: it would show the same entries in another way', async () => {
		const asked: string[] = [];
		const { host, clock } = hostOf([SYNC], (search) => {
			asked.push(oidOf(search));
			return answering([plain]);
		});
		for (let processes = 0; processes < 2; processes++) {
			const watcher = new Watcher(host, { ...settings, mechanism: 'automatic' });
			await watcher.start();
			await clock.advance(5_000);
			watcher.stop();
		}
		expect(asked).toEqual([SYNC]);
	});

	test('is told of where the way was chosen by hand', async () => {
		await expect(started(() => answering([plain]), 'syncrepl')).rejects.toMatchObject({
			code: 'NO_SYNC_STATE',
		});
	});
});

test('the times that entries are found by are no change by themselves', () => {
	const times = ['createTimestamp', 'modifyTimestamp'].map((name) => attribute(name, '2026'));
	const { attributes } = watchedPart(watched)({ dn: 'cn=a', attributes: times });
	expect(attributes).toEqual([]);
});
