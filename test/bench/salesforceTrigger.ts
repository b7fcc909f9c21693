import type { IDataObject } from 'n8n-workflow';
import { setImmediate as turn } from 'node:timers/promises';
import { startSalesforceSandbox, type SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { Database } from '../engine/triggerHost';
import { MovedTime } from './movedTime';
import { engineOf } from './playScenarios';
import { subjects, type Subject, type Watched } from './salesforceTriggerSubjects';

interface Case extends Watched {
	title: string;
	/** names of the accounts that are to start the workflow, once each */
	expected: string[];
	/** minutes that the clock of n8n is ahead of that of the org */
	aheadMinutes?: number;
	play(scene: Scene): Promise<void>;
}

/** An org and a trigger that watches it. */
interface Scene {
	org: SalesforceSandbox;
	insert(name: string): string;
	/** Time passes for all, and what is polled meanwhile is polled; quarters of a minute. */
	pass(minutes: number): Promise<void>;
	/** n8n is shut down, and starts again later. */
	restart(afterMinutes: number): Promise<void>;
}

const names = (count: number) => Array.from({ length: count }, (_none, n) => `A${n}`);

const updatedLater = (everyMinutes: number): Case => ({
	title: `created, updated 5 minutes later; "updated" polled every ${everyMinutes} min`,
	...{ event: 'updated', everyMinutes, expected: ['updated'] },
	async play({ org, insert, pass }) {
		await pass(2.75);
		insert('only created');
		const id = insert('new');
		await pass(5);
		org.store.update(id, { Name: 'updated' });
		await pass(Math.max(30, 4 * everyMinutes));
	},
});

const inOneMinute = (count: number): Case => ({
	title: `${count.toLocaleString('en')} created in one minute; "created" polled every minute`,
	...{ event: 'created', everyMinutes: 1, expected: names(count) },
	async play({ insert, pass }) {
		await pass(2);
		const inQuarter = count / 4;
		for (let quarter = 0; quarter < 4; quarter++) {
			for (let n = 0; n < inQuarter; n++) insert(`A${quarter * inQuarter + n}`);
			await pass(0.25);
		}
		await pass(30);
	},
});

// Shortly before the poll: the org does not vouch yet that there is nothing else of that minute.
const oneEachMinute = async ({ insert, pass }: Scene, given: string[]) => {
	for (const name of given) {
		await pass(0.75);
		insert(name);
		await pass(0.25);
	}
};

const cases: Case[] = [
	...[1, 15, 30, 60].map(updatedLater),
	...[9_000, 25_000].map(inOneMinute),
	{
		title: 'the clock of n8n is 20 minutes ahead; 60 created, one each minute',
		...{ event: 'created', everyMinutes: 1, expected: names(60), aheadMinutes: 20 },
		async play(scene) {
			await oneEachMinute(scene, names(60));
			await scene.pass(40);
		},
	},
	{
		title: '60 created in a transaction that ends 21 minutes later, 21 others meanwhile',
		...{ event: 'created', everyMinutes: 1, expected: names(81) },
		async play(scene) {
			await scene.pass(2);
			const transaction = scene.org.transactions.begin();
			for (const Name of names(60)) transaction.insert('Account', { Name });
			await oneEachMinute(scene, names(81).slice(60));
			transaction.commit();
			await scene.pass(40);
		},
	},
	{
		title: '60 created, one each minute; n8n restarted twice, away for 5 and for 30 minutes',
		...{ event: 'created', everyMinutes: 1, expected: names(60) },
		async play(scene) {
			const [first, second, third] = [0, 20, 40].map((n) => names(60).slice(n, n + 20));
			await oneEachMinute(scene, first ?? []);
			await scene.restart(5);
			await oneEachMinute(scene, second ?? []);
			scene.insert('A40');
			await scene.restart(30);
			await oneEachMinute(scene, third?.slice(1) ?? []);
			await scene.pass(40);
		},
	},
];

/** What came of a case with one of the triggers. */
async function playWith(subject: Subject, time: MovedTime, one: Case) {
	// Sessions that last: hours pass.
	const org = await startSalesforceSandbox({ now: () => time.now(), sessionMs: 2 ** 31 });
	time.aheadMinutes = one.aheadMinutes ?? 0;
	const database = new Database();
	const idle = async () => {
		while (!time.waits(one.everyMinutes)) await turn();
	};
	const start = async () => {
		const stop = await subject.watch(org, one, database);
		await idle();
		return stop;
	};
	// Each poll a third into a minute of the org, which vouches for whole minutes only.
	time.pass(1 / 3 + 1 - ((time.now() / 60_000) % 1));
	let stop = await start();
	await one.play({
		org,
		insert: (name) => org.store.insert('Account', { Name: name }),
		async pass(minutes) {
			for (let quarters = minutes * 4; quarters > 0; quarters--) {
				time.pass(0.25);
				await idle();
			}
		},
		async restart(afterMinutes) {
			await stop();
			time.pass(afterMinutes);
			stop = await start();
		},
	});
	await stop();
	await org.close();
	const found = database.events().map((json) => nameOf(json));
	const once = new Set(found);
	const missing = one.expected.filter((name) => !once.has(name)).length;
	return {
		lost: missing,
		doubled: found.length - (one.expected.length - missing),
		...(database.failures[0] && { failure: database.failures[0].message }),
	};
}

/** Ours puts the record into the event. */
const nameOf = ({ record, Name }: IDataObject) =>
	typeof record === 'object' && record !== null && 'Name' in record ? record.Name : Name;

export async function play(host: string) {
	const engine = await engineOf(host);
	const time = new MovedTime();
	const triggers = subjects(engine);
	const rows = [];
	for (const one of cases) {
		const results = [];
		for (const subject of triggers) {
			console.error(`${one.title}: ${subject.name}`);
			results.push(await playWith(subject, time, one));
		}
		rows.push({ title: one.title, expected: one.expected.length, results });
	}
	return { subjects: triggers.map(({ name }) => name), rows };
}
