import { touch } from '../../../../sandbox/salesforce/changes/openTransactions.ts';
import { inShort, Kept, PolledOrg } from './polling';
import type { Polling, Step } from './polling';

let org: PolledOrg;

beforeEach(async () => {
	org = await PolledOrg.open();
});
afterEach(async () => {
	org.end();
	await org.sandbox.close();
});

/** So many polls, with so many minutes at the org before each. */
const pollAfter = async (polling: Polling, ...minutes: number[]) => {
	for (const passed of minutes) {
		org.pass(passed);
		await polling.poll();
	}
};
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const once = (kept: Kept, expected: string[]) => {
	expect(inShort(kept.events()).sort()).toEqual([...expected].sort());
	expect(kept.failures).toEqual([]);
};

describe('what happens to records', () => {
	test('what is there is no event; what comes, changes, goes and comes back is one each', async () => {
		const changes = org.insert('changes');
		const goes = org.insert('goes');
		org.insert('stays');
		org.pass(10);
		const { polling, kept } = await org.start();
		expect(kept.events()).toEqual([]);
		org.pass(1);
		org.insert('new');
		org.update(changes, { Name: 'changed' });
		org.delete(goes);
		await polling.poll();
		once(kept, ['created new', 'deleted goes', 'updated changed']);
		await pollAfter(polling, 1);
		org.undelete(goes);
		await pollAfter(polling, 1, 1);
		once(kept, ['created new', 'deleted goes', 'undeleted goes', 'updated changed']);
		expect(kept.events()[0]).toEqual({
			event: 'deleted',
			object: 'Account',
			id: goes,
			time: expect.stringMatching(/^2\d{3}-.*Z$/),
			record: expect.objectContaining({ Id: goes, Name: 'goes' }),
			eventId: expect.stringMatching(/^[0-9a-f]{32}$/),
		});
		expect(new Set(kept.events().map(({ eventId }) => eventId)).size).toBe(4);
	});

	test.each([1, 5, 15, 30, 60])(
		'a record that is updated 5 minutes after it was created, polled every %i minutes, fires once',
		async (every) => {
			const { polling, kept } = await org.start({ kinds: ['updated'] });
			let next = every;
			let id = '';
			for (let minute = 1; minute <= 130; minute++) {
				org.pass(1);
				if (minute === 8) id = org.insert('A');
				if (minute === 13) org.update(id, { Name: 'B' });
				if (minute < next) continue;
				next += every;
				await polling.poll();
			}
			once(kept, ['updated B']);
		},
	);

	test('a record that changes again and again is not put off for ever, and new once', async () => {
		const { polling, kept } = await org.start();
		const id = org.insert('v0');
		for (let n = 1; n <= 30; n++) {
			org.sandbox.clock.offsetMs += 20_000;
			org.update(id, { Name: `v${n}` });
			if (n % 3 === 0) await polling.poll();
		}
		once(kept, ['created v3', ...numbers(9).map((n) => `updated v${(n + 2) * 3}`)]);
	});

	test.each([20, -20])('the clock of n8n %i minutes ahead: nothing is lost', async (minutes) => {
		const { polling, kept } = await org.start({}, new Kept(), { aheadMinutes: minutes });
		for (const n of numbers(60)) {
			org.insert(`A${n}`);
			await pollAfter(polling, 1);
		}
		once(
			kept,
			numbers(60).map((n) => `created A${n}`),
		);
	});

	test('a clock of n8n that is set back and forth between polls', async () => {
		const { polling, kept } = await org.start();
		for (const n of numbers(10)) {
			org.insert(`A${n}`);
			polling.clock.jump(n % 2 === 0 ? 1_200_000 : -1_200_000);
			await pollAfter(polling, 1);
		}
		once(
			kept,
			numbers(10).map((n) => `created A${n}`),
		);
	});

	test('rows that become visible 21 minutes late: all once, and meanwhile nobody waits for them', async () => {
		const old = org.insert('old');
		org.pass(60);
		const { polling, kept } = await org.start();
		org.pass(1);
		const transaction = org.beginTransaction();
		for (const n of numbers(60)) transaction.insert('Account', { Name: `late ${n}` });
		transaction.update(old, { Name: 'late change' });
		for (const n of numbers(21)) {
			org.insert(`soon ${n}`);
			await pollAfter(polling, 1);
			expect(kept.events().length).toBe(n + 1);
		}
		transaction.commit();
		await pollAfter(polling, 1, 1, 1, 1);
		once(kept, [
			...numbers(60).map((n) => `created late ${n}`),
			...numbers(21).map((n) => `created soon ${n}`),
			'updated late change',
		]);
	});

	test('a transaction that goes on when the trigger is switched on is still to come', async () => {
		const transaction = org.beginTransaction();
		transaction.insert('Account', { Name: 'late' });
		org.pass(30);
		org.insert('early');
		org.pass(1);
		const { polling, kept } = await org.start();
		await pollAfter(polling, 1, 1);
		transaction.commit();
		await pollAfter(polling, 1, 1);
		once(kept, ['created late']);
	});

	test('25,000 records in one minute are 25,000 events, and their memory goes with the minute', async () => {
		const { polling, kept } = await org.start({ kinds: ['created'] }, new Kept(), {
			batchSize: 1_000,
		});
		for (const n of numbers(25_000)) {
			if (n % 500 === 0) org.sandbox.clock.offsetMs += 1_000;
			org.insert(`A${n}`);
		}
		await polling.poll();
		await pollAfter(polling, 1, 1, 1);
		const names = kept.events().map(({ record }) => record?.Name);
		expect(names).toHaveLength(25_000);
		expect(new Set(names).size).toBe(25_000);
		expect(kept.runs.size).toBeLessThanOrEqual(30);
		org.insert('last');
		await pollAfter(polling, 2, 2);
		expect(JSON.stringify(kept.memory).length).toBeLessThan(2_000);
	}, 60_000);

	test('records of one second, more than a page: none is passed over', async () => {
		const { polling, kept } = await org.start({}, new Kept(), { batchSize: 1_000 });
		org.pass(1);
		org.sandbox.store.transaction(() => {
			for (const n of numbers(4_500)) org.insert(`A${n}`);
		});
		await pollAfter(polling, 2, 2);
		expect(new Set(inShort(kept.events())).size).toBe(4_500);
		expect(kept.events()).toHaveLength(4_500);
	}, 60_000);
});

describe('deletions', () => {
	test('a record that is merged is deleted, and says where it went; the other one is updated', async () => {
		const [winner, loser] = [org.insert('winner'), org.insert('loser')];
		org.pass(10);
		const { polling, kept } = await org.start();
		org.pass(1);
		org.update(loser, { MasterRecordId: winner });
		org.delete(loser);
		org.update(winner, { Name: 'both' });
		await pollAfter(polling, 1, 1);
		once(kept, ['deleted loser', 'updated both']);
		expect(kept.events().find(({ id }) => id === loser)?.mergedInto).toBe(winner);
	});

	test('what is gone for good is an event as well, without the record', async () => {
		const id = org.insert('purged');
		org.pass(10);
		const { polling, kept } = await org.start({ kinds: ['deleted'], condition: "Name = 'x'" });
		org.pass(1);
		const other = org.insert('other');
		org.delete(id);
		org.delete(other);
		// Deleted records that can still be read, and do not match.
		await pollAfter(polling, 1);
		once(kept, []);
		const purged = org.insert('x');
		org.delete(purged);
		const { store } = org.sandbox;
		const asked = org.sandbox.faults.add({
			kind: 'delay',
			ms: 0,
			match: ({ path }) => {
				// The deletion is listed, and the record is gone when it is asked for.
				if (path.includes('/queryAll')) store.purge('Account');
				return false;
			},
		});
		await pollAfter(polling, 1, 1);
		expect(asked.hits).toBe(0);
		expect(kept.events()).toHaveLength(1);
		expect(kept.events()[0]).not.toHaveProperty('record');
		expect(kept.events()[0]?.id).toBe(purged);
	});

	test('what lies in the recycle bin already is known when it comes back', async () => {
		const id = org.insert('A');
		org.delete(id);
		org.pass(60 * 24);
		const { polling, kept } = await org.start({ kinds: ['undeleted'] });
		org.undelete(id);
		await pollAfter(polling, 1, 1);
		once(kept, ['undeleted A']);
	});

	test('deleted, back and deleted again: each once', async () => {
		const id = org.insert('A');
		org.pass(10);
		const { polling, kept } = await org.start();
		org.delete(id);
		await pollAfter(polling, 2);
		org.undelete(id);
		await pollAfter(polling, 2);
		org.delete(id);
		await pollAfter(polling, 2, 2);
		expect(inShort(kept.events())).toEqual(['deleted A', 'undeleted A', 'deleted A']);
	});
});

describe('which records count', () => {
	test('only those that match the condition, with the fields that were chosen', async () => {
		const { polling, kept } = await org.start({
			condition: "Industry = 'Energy' OR Industry = 'Media'",
			fields: ['industry'],
		});
		org.sandbox.store.insert('Account', { Name: 'A', Industry: 'Energy' });
		org.sandbox.store.insert('Account', { Name: 'B', Industry: 'Banking' });
		await pollAfter(polling, 1);
		expect(kept.events().map(({ record }) => record?.Industry)).toEqual(['Energy']);
		expect(kept.events()[0]?.record).not.toHaveProperty('Name');
	});

	test('only when one of these fields has changed', async () => {
		const id = org.insert('A');
		org.pass(10);
		const { polling, kept } = await org.start({ onlyChanged: ['Industry', 'Phone'] });
		org.update(id, { Name: 'B' });
		await pollAfter(polling, 1);
		org.update(id, { Industry: 'Energy' });
		await pollAfter(polling, 1);
		org.update(id, { Name: 'C' });
		await pollAfter(polling, 1, 1);
		expect(kept.events().map(({ changedFields }) => changedFields)).toEqual([['Industry']]);
	});

	test('changes that Salesforce makes by itself count or not, as is wanted', async () => {
		const ids = numbers(3).map((n) => org.insert(`A${n}`));
		org.pass(60);
		const [any, ofUsers] = [await org.start(), await org.start({ systemChanges: false })];
		org.pass(1);
		touch(org.sandbox.store, ids.slice(0, 2));
		org.update(ids[2] ?? '', { Phone: '1' });
		const created = org.insert('new');
		const both = async () => {
			org.pass(1);
			await any.polling.poll();
			await ofUsers.polling.poll();
		};
		await both();
		// After they were heard of.
		touch(org.sandbox.store, [created, ids[2] ?? '']);
		await both();
		org.update(ids[0] ?? '', { Phone: '2' });
		await both();
		await both();
		expect(inShort(ofUsers.kept.events())).toEqual(['updated A2', 'created new', 'updated A0']);
		expect(inShort(any.kept.events())).toHaveLength(7);
	});

	test('an event that is chosen later begins then, also where the org breaks off meanwhile', async () => {
		const { polling, kept } = await org.start({ kinds: ['deleted'] });
		await pollAfter(polling, 1);
		org.delete(org.insert('gone'));
		await pollAfter(polling, 2);
		polling.stop();
		org.pass(60);
		org.insert('before');
		// The second query: the first one is the glimpse.
		let queries = 0;
		org.sandbox.faults.add({
			kind: 'status',
			status: 400,
			code: 'MALFORMED_QUERY',
			match: ({ path }) => path.includes('/query?') && ++queries === 2,
		});
		const again = await org.start({ kinds: ['deleted', 'created'] }, kept);
		await pollAfter(again.polling, 1);
		org.insert('after');
		await pollAfter(again.polling, 1, 1);
		expect(inShort(kept.events())).toEqual(['deleted gone', 'created after']);
		expect(queries).toBeGreaterThan(2);
	});

	test('all fields, where none is chosen', async () => {
		const { polling, kept } = await org.start({ fields: [] });
		org.insert('A');
		await pollAfter(polling, 1);
		const names = Object.keys(kept.events()[0]?.record ?? {});
		expect(names).toEqual(expect.arrayContaining(['Id', 'Name', 'Industry', 'OwnerId']));
	});

	test('from a time in the past, in the order in which it happened', async () => {
		const startFrom = org.sandbox.clock.now();
		const names = numbers(5).map((n) => `A${n}`);
		for (const name of names) {
			org.pass(60);
			org.insert(name);
		}
		org.pass(60);
		const { polling, kept } = await org.start({}, new Kept(), { startFrom });
		await pollAfter(polling, 1);
		expect(inShort(kept.events())).toEqual(names.map((name) => `created ${name}`));
	});

	test('what an object does not have is refused when the trigger is switched on', async () => {
		await expect(org.start({ object: 'Acount' })).rejects.toThrow('There is no object "Acount"');
		await expect(org.start({ fields: ['Nmae'] })).rejects.toThrow('no field "Nmae"');
		await expect(org.start({ condition: 'Name = ' })).rejects.toThrow();
	});
});

describe('an object of which the org does not tell what is still to come', () => {
	beforeEach(() => {
		const type = org.sandbox.org.schema.get('Account');
		if (type) type.replicateable = false;
	});

	test('created, updated, deleted and back: each once, however often the same is looked at', async () => {
		const [old, gone] = [org.insert('old'), org.insert('gone')];
		org.pass(120);
		const { polling, kept } = await org.start();
		const id = org.insert('A');
		org.update(old, { Name: 'changed' });
		org.delete(gone);
		await pollAfter(polling, 1, 1, 1);
		once(kept, ['created A', 'deleted gone', 'updated changed']);
		org.update(id, { Name: 'B' });
		org.undelete(gone);
		await pollAfter(polling, 1, 20, 20, 20);
		once(kept, [
			...['created A', 'deleted gone', 'undeleted gone', 'updated B', 'updated changed'],
		]);
		expect(org.takeRequests().filter((path) => /updated\/|deleted\//.test(path))).toEqual([]);
	});

	test('rows that become visible 21 minutes late are found, since 30 minutes are looked at', async () => {
		const { polling, kept } = await org.start();
		const transaction = org.beginTransaction();
		transaction.insert('Account', { Name: 'late' });
		for (const n of numbers(21)) {
			org.insert(`A${n}`);
			await pollAfter(polling, 1);
		}
		transaction.commit();
		await pollAfter(polling, ...numbers(15).map(() => 1));
		once(kept, ['created late', ...numbers(21).map((n) => `created A${n}`)]);
	});
});

test('where the org does not tell of an object what is still to come, 30 minutes are looked at', async () => {
	const refusal = { kind: 'status', status: 400, code: 'INVALID_TYPE' } as const;
	org.sandbox.faults.add({ ...refusal, match: ({ path }) => path.includes('/updated/') });
	org.insert('there');
	org.pass(40);
	const { polling, kept } = await org.start({ kinds: ['created', 'updated'] });
	const transaction = org.beginTransaction();
	transaction.insert('Account', { Name: 'late' });
	org.pass(1);
	org.insert('new');
	await pollAfter(polling, 1, 1);
	transaction.commit();
	await pollAfter(polling, ...numbers(20).map(() => 2));
	once(kept, ['created late', 'created new']);
});

describe('limits of the org', () => {
	test('more ids than one answer may have', async () => {
		const { polling, kept } = await org.start({ kinds: ['created', 'deleted'] });
		org.sandbox.replication.mostIds = 50;
		const ids: string[] = [];
		for (const n of numbers(300)) {
			if (n % 5 === 0) org.pass(1);
			ids.push(org.insert(`A${n}`));
		}
		await pollAfter(polling, 1, 1);
		for (const [n, id] of ids.entries()) {
			if (n % 5 === 0) org.pass(1);
			org.delete(id);
		}
		await pollAfter(polling, 1, 1);
		once(
			kept,
			numbers(300).flatMap((n) => [`created A${n}`, `deleted A${n}`]),
		);
	}, 30_000);

	test('switched off for 40 days: no change is lost, and what is forgotten of deletions is told', async () => {
		const gone = org.insert('gone');
		org.pass(10);
		const { polling, kept } = await org.start();
		org.insert('A');
		await pollAfter(polling, 1);
		polling.stop();
		org.delete(gone);
		for (const n of numbers(40)) {
			org.pass(60 * 24);
			org.insert(`B${n}`);
		}
		org.pass(60 * 24);
		const again = await org.start({}, kept);
		await pollAfter(again.polling, 1, 1);
		expect(inShort(kept.events()).sort()).toEqual(
			['created A', ...numbers(40).map((n) => `created B${n}`)].sort(),
		);
		expect(kept.failures.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^The org does not know any more what was deleted before 2/),
		]);
	});

	test('while nothing happens a poll is one request, and a little more when something has', async () => {
		const { polling, kept } = await org.start({ kinds: ['created', 'updated'] });
		await pollAfter(polling, 2, 2, 2);
		org.takeRequests();
		await pollAfter(polling, 1, 1, 1);
		expect(org.takeRequests()).toHaveLength(3);
		org.insert('A');
		await pollAfter(polling, 1);
		const asked = org.takeRequests();
		expect(kept.events()).toHaveLength(1);
		expect(asked.length).toBeLessThanOrEqual(4);
		await pollAfter(polling, 2, 2);
		org.takeRequests();
		await pollAfter(polling, 1, 1, 1);
		expect(org.takeRequests()).toHaveLength(3);
	});

	test('an outage is told of once, and nothing of it is lost', async () => {
		const { polling, kept } = await org.start();
		const fault = org.sandbox.faults.add({ kind: 'unavailable' });
		for (const n of numbers(5)) {
			org.insert(`A${n}`);
			await pollAfter(polling, 1);
		}
		expect(fault.hits).toBeGreaterThan(5);
		expect(kept.failures).toHaveLength(1);
		expect(kept.failures[0]?.message).toContain('temporarily unavailable');
		expect(kept.events()).toEqual([]);
		org.sandbox.faults.clear();
		await pollAfter(polling, 1, 1);
		expect(inShort(kept.events()).sort()).toEqual(numbers(5).map((n) => `created A${n}`));
	});

	test('while n8n starts no runs, changes stay at the org and n8n is not pressed', async () => {
		let tries = 0;
		let isDown = true;
		const refuses = () => ++tries > 0 && isDown;
		const { polling, kept } = await org.start({}, new Kept(), { refuses, batchSize: 10 });
		const names = numbers(300).map((n) => `created A${n}`);
		for (const n of numbers(300)) org.insert(`A${n}`);
		await pollAfter(polling, ...Array<number>(30).fill(1));
		expect(tries).toBeLessThanOrEqual(30);
		expect(kept.failures).toMatchObject([{ message: 'the database of n8n is away' }]);
		isDown = false;
		await pollAfter(polling, 1, 1);
		expect(inShort(kept.events()).sort()).toEqual(names.sort());
	});

	test('the daily limit is told of once, and hardly anything is sent until it passes', async () => {
		const { polling, kept } = await org.start();
		const fault = org.sandbox.faults.add({ kind: 'dailyLimit' });
		await pollAfter(polling, 1, 1, 1, 1, 1);
		expect(fault.hits).toBeLessThanOrEqual(2);
		expect(kept.failures.map(({ message }) => message)).toEqual([
			expect.stringContaining('Limit exceeded'),
		]);
	});

	test('another org behind the credential: nothing of the first one counts there', async () => {
		const { polling, kept } = await org.start();
		await pollAfter(polling, 1);
		polling.stop();
		const first = org;
		org = await PolledOrg.open();
		await first.sandbox.close();
		Object.assign(org.sandbox, { organizationId: '00D0000000000ZZAAA' });
		org.insert('was there');
		org.pass(10);
		const again = await org.start({}, kept);
		await pollAfter(again.polling, 1);
		org.insert('new');
		await pollAfter(again.polling, 1);
		once(kept, ['created new']);
	});
});

describe('n8n is killed', () => {
	test.each<Step>(['memory', 'run', 'end'])(
		'at every third run, just before the %s: each event once',
		async (step) => {
			const kept = new Kept();
			const options = { batchSize: 7, dies: deathAtEvery(3, step) };
			await live(kept, options);
		},
		60_000,
	);

	test('anywhere, again and again: each event once', async () => {
		// The same accidents each time: a linear congruential generator.
		let state = 1;
		const dies = () => {
			state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
			return state / 2 ** 31 < 0.15;
		};
		await live(new Kept(), { batchSize: 10, dies });
	}, 60_000);

	const deathAtEvery = (nth: number, at: Step) => {
		let runs = 0;
		return (step: Step) => step === at && ++runs % nth === 0;
	};

	/** Records come, change and go for an hour, some of them late, while n8n is killed. */
	async function live(kept: Kept, options: { batchSize: number; dies: (step: Step) => boolean }) {
		const old = numbers(60).map((n) => org.insert(`old ${n}`));
		org.pass(30);
		let { polling } = await org.start({}, kept, options);
		let deaths = 0;
		const poll = async () => {
			await polling.poll();
			for (let n = 0; polling.dead && n < 20; n++) {
				deaths++;
				({ polling } = await org.start({}, kept, options));
			}
		};
		const expected: string[] = [];
		for (const minute of numbers(60)) {
			org.pass(1);
			const late = minute % 10 === 0 ? org.beginTransaction() : undefined;
			for (const n of numbers(10)) {
				const name = `A${minute}-${n}`;
				expected.push(`created ${name}`);
				if (late && n % 2 === 0) late.insert('Account', { Name: name });
				else org.insert(name);
			}
			const [changed, gone] = [old[minute] ?? '', old[59 - minute] ?? ''];
			if (minute < 20) {
				org.update(changed, { Name: `new ${minute}` });
				expected.push(`updated new ${minute}`);
				org.delete(gone);
				expected.push(`deleted old ${59 - minute}`);
			}
			await poll();
			if (late) {
				org.pass(3);
				await poll();
				late.commit();
			}
		}
		for (let n = 0; n < 5; n++) {
			org.pass(1);
			await poll();
		}
		expect(deaths).toBeGreaterThan(5);
		once(kept, expected);
	}
});
