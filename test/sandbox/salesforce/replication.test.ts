import { Connection } from 'jsforce';
import { touch } from '../../../sandbox/salesforce/changes/openTransactions.ts';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { restOf } from './rest.ts';

const minute = 60_000;
const start = Date.parse('2026-11-24T12:00:00Z');

let sandbox: SalesforceSandbox;
let connection: Connection;
let rest: ReturnType<typeof restOf>;
let now: number;

beforeEach(async () => {
	now = start;
	sandbox = await startSalesforceSandbox({ now: () => now });
	connection = new Connection({
		instanceUrl: sandbox.url,
		accessToken: sandbox.accessToken(),
		version: '68.0',
	});
	rest = restOf(sandbox);
});

afterEach(async () => {
	await sandbox.close();
});

const iso = (time: number) => new Date(time).toISOString();
const account = (name: string) => sandbox.store.insert('Account', { Name: name });
const updated = async (from: number, to: number) =>
	await connection.sobject('Account').updated(iso(from), iso(to));
const pass = (ms: number) => (now += ms);

describe('getUpdated and getDeleted', () => {
	test('tell what was created, changed and deleted in a time, by whole minutes', async () => {
		const [first, second, third] = [account('A'), account('B'), account('C')];
		pass(10 * minute);
		sandbox.store.update(second, { Site: 'x' });
		const row = sandbox.store.find(third);
		if (row) sandbox.store.remove(row, sandbox.store.systemUserId);
		pass(5 * minute + 20_000);
		const whole = await updated(start, now);
		expect([...whole.ids].sort()).toEqual([first, second].sort());
		expect(whole.latestDateCovered).toBe('2026-11-24T12:15:00.000+0000');
		expect((await updated(start + 5 * minute, now)).ids).toEqual([second]);
		expect((await updated(start, start + 5 * minute)).ids).toEqual([first]);
		const deleted = await connection.sobject('Account').deleted(iso(start), iso(now));
		expect(deleted).toEqual({
			deletedRecords: [{ id: third, deletedDate: '2026-11-24T12:10:00.000+0000' }],
			earliestDateAvailable: '2026-10-25T12:15:00.000+0000',
			latestDateCovered: '2026-11-24T12:15:00.000+0000',
		});
	});

	test('cover only what long transactions cannot change any more', async () => {
		const transaction = sandbox.transactions.begin();
		transaction.insert('Account', { Name: 'Late' });
		pass(21 * minute);
		const seen = account('Seen');
		const before = await updated(start, now + minute);
		expect(before).toEqual({ ids: [seen], latestDateCovered: '2026-11-24T12:00:00.000+0000' });
		transaction.commit();
		const [late] = sandbox.store.rows('Account').filter(({ values }) => values.Name === 'Late');
		expect(late?.values.SystemModstamp).toBe('2026-11-24T12:00:00.000+0000');
		const after = await updated(Date.parse(before.latestDateCovered), now + minute);
		expect([...after.ids].sort()).toEqual([seen, late?.id].sort());
		expect(after.latestDateCovered).toBe('2026-11-24T12:21:00.000+0000');
	});

	test('go by the time of the system, not by that of the last modification', async () => {
		const id = account('A');
		pass(30 * minute);
		touch(sandbox.store, [id]);
		const { LastModifiedDate, SystemModstamp } = sandbox.store.read(id) ?? {};
		expect([LastModifiedDate, SystemModstamp]).toEqual([
			'2026-11-24T12:00:00.000+0000',
			'2026-11-24T12:30:00.000+0000',
		]);
		pass(minute);
		expect((await updated(start + 20 * minute, now)).ids).toEqual([id]);
	});

	test('refuse times they cannot cover, and too many ids', async () => {
		const ask = async (from: number | string, to: number | string, kind = 'updated') => {
			const query = new URLSearchParams({
				start: typeof from === 'number' ? iso(from) : from,
				end: typeof to === 'number' ? iso(to) : to,
			});
			const { json, status } = await rest('GET', `/sobjects/Account/${kind}/?${query}`);
			return [status, json[0]?.errorCode];
		};
		const wrong = [400, 'INVALID_REPLICATION_DATE'];
		expect(await ask(now, now)).toEqual(wrong);
		expect(await ask(now, now - minute, 'deleted')).toEqual(wrong);
		expect(await ask(now - 31 * 24 * 60 * minute, now)).toEqual(wrong);
		expect(await ask('yesterday', now)).toEqual(wrong);
		sandbox.replication.mostIds = 2;
		for (const name of ['A', 'B', 'C']) account(name);
		expect(await ask(start, now + minute)).toEqual([400, 'EXCEEDED_ID_LIMIT']);
	});
});
