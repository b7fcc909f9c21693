import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { eventsOf, Streaming } from './salesforceStreaming';
import type { Database } from './triggerHost';

const EVERYTHING = '/data/ChangeEvents';
const ACCOUNTS = '/data/AccountChangeEvent';

/**
 * The event trigger at the sandbox.
 * @param from folder with the n8n-core to run on; the newest one where it is left out
 */
export function salesforceEventsSandboxSuite(from?: string): void {
	let sandbox: SalesforceSandbox;
	let streaming: Streaming;

	beforeEach(async () => {
		sandbox = await startSalesforceSandbox();
		streaming = await Streaming.openSandbox(sandbox, from);
	});
	afterEach(async () => {
		streaming.end();
		await sandbox.close();
	});

	const parameters = (
		topic: string,
		options: INodeParameters = {},
		more: INodeParameters = {},
	): INodeParameters => ({
		...{ authentication: 'jwt', topic },
		options: { endpoint: `http://${sandbox.pubSubEndpoint}`, begin: 'earliest', ...options },
		...more,
	});
	const account = (Name: string, more = {}) => sandbox.store.insert('Account', { Name, ...more });
	const fieldOf = (events: IDataObject[], name: string) =>
		events.map(({ fields }) => (fields as IDataObject)[name]);
	const recordsOf = (database: Database) =>
		database
			.events()
			.filter(({ event }) => event === 'reread')
			.map(({ recordIds }) => (recordIds as string[])[0]);

	test('both mechanisms tell the same of what is done to a record', async () => {
		const id = account('Acme', { Type: 'Customer', BillingCity: 'Wien' });
		sandbox.store.update(id, { Name: 'Acme AG', Type: null, BillingCity: 'Graz' });
		const row = sandbox.store.find(id);
		if (row) sandbox.store.transaction(() => sandbox.store.remove(row, '005'));
		if (row) sandbox.store.transaction(() => sandbox.store.restore(row, '005'));
		const told = [];
		for (const mechanism of ['pubSub', 'cometd']) {
			const { database } = await streaming.start(parameters(EVERYTHING, { mechanism }));
			told.push(await eventsOf(database, 4));
			expect(database.failures).toEqual([]);
		}
		for (const events of told) {
			expect(events.map(({ changeType }) => changeType)).toEqual([
				...['CREATE', 'UPDATE', 'DELETE', 'UNDELETE'],
			]);
			expect(events.map(({ recordIds }) => recordIds)).toEqual(Array(4).fill([id]));
			expect(fieldOf(events, 'Name')).toEqual(['Acme', 'Acme AG', undefined, 'Acme AG']);
			expect(events[1]).toMatchObject({
				...{ event: 'change', topic: EVERYTHING, entityName: 'Account' },
				changedFields: expect.arrayContaining(['Name', 'Type', 'BillingAddress.City']) as string[],
				nulledFields: ['Type'],
				fields: { Type: null, BillingAddress: { City: 'Graz' } },
			});
		}
		const [pubSub = [], cometd = []] = told;
		expect(cometd.map(({ eventId }) => eventId)).toEqual(pubSub.map(({ eventId }) => eventId));
		expect(cometd.map(({ replayId }) => replayId)).toEqual(pubSub.map(({ replayId }) => replayId));
		const at = fieldOf(pubSub, 'LastModifiedDate').map((date) => Date.parse(String(date)));
		expect(at[1]).toBe(Date.parse(String(fieldOf(cometd, 'LastModifiedDate')[1])));
	});

	test.each([
		['pubSub', 'cometd'],
		['cometd', 'pubSub'],
	])(
		'"Mechanism" was %s and is %s now: an item tells of it, nothing is lost or comes twice',
		async (before, after) => {
			const first = await streaming.start(parameters(ACCOUNTS, { mechanism: before }));
			const { database } = first;
			for (let n = 0; n < 5; n++) account(`A${n}`);
			await eventsOf(database, 5);
			await first.host.stop();
			for (let n = 5; n < 8; n++) account(`A${n}`);
			await streaming.start(parameters(ACCOUNTS, { mechanism: after }), database);
			account('A8');
			const events = (await eventsOf(database, 10)).slice(5);
			expect(events[0]).toMatchObject({ event: 'gap', continuesFrom: 'earliest' });
			expect(fieldOf(events.slice(1), 'Name')).toEqual(['A5', 'A6', 'A7', 'A8']);
			expect(database.failures).toEqual([]);
		},
		40_000,
	);

	test('what Salesforce tells only as a gap is read', async () => {
		sandbox.events.changes.gapOf = ({ kind }) => kind !== 'deleted';
		const first = account('first');
		const gone = account('gone');
		const row = sandbox.store.find(gone);
		if (row) sandbox.store.transaction(() => sandbox.store.remove(row, '005'));
		const { database } = await streaming.start(parameters(ACCOUNTS));
		const events = await eventsOf(database, 3);
		expect(events[0]).toMatchObject({
			...{ event: 'reread', changeType: 'GAP_CREATE', recordIds: [first] },
			fields: { Id: first, Name: 'first' },
		});
		expect(events[1]).toMatchObject({ event: 'reread', recordIds: [gone], found: false });
		expect(events[2]).toMatchObject({ event: 'change', changeType: 'DELETE' });
		const bare = await streaming.start(parameters(ACCOUNTS, { reread: false }));
		const [event] = await eventsOf(bare.database, 3);
		expect(event).toMatchObject({ event: 'change', changeType: 'GAP_CREATE', fields: {} });
	});

	test('after an overflow all that changed meanwhile is read once, though n8n is killed', async () => {
		sandbox.events.changes.mostOfTransaction = 3;
		const ids = sandbox.store.transaction(() => {
			return Array.from(
				{ length: 60 },
				(_, n) => sandbox.store.add('Account', { Name: `A${n}` }, '005').id,
			);
		});
		const node = parameters(ACCOUNTS, { batchSize: 7 });
		const first = await streaming.start(node, undefined, { runMs: 30 });
		const { database } = first;
		let { host } = first;
		for (let n = 0; n < 4; n++) {
			await wait(150);
			host.kill();
			({ host } = await streaming.start(node, database, { runMs: 30 }));
		}
		// What comes while it is read again is read as well.
		await eventsOf(database, 64, { afterMs: 0 });
		const later = account('later');
		const events = await eventsOf(database, 65);
		expect(events.map(({ event }) => event).filter((event) => event !== 'reread')).toEqual([
			...['change', 'change', 'change', 'overflow', 'change'],
		]);
		expect(events.find(({ event }) => event === 'overflow')).toMatchObject({
			...{ entityName: 'Account', changeType: 'GAP_OVERFLOW', topic: ACCOUNTS },
		});
		expect(recordsOf(database).sort()).toEqual([...ids].sort());
		expect(events.at(-1)).toMatchObject({ recordIds: [later], fields: { Name: 'later' } });
		expect(database.failures).toEqual([]);
	}, 60_000);

	test.each(['pubSub', 'cometd'])(
		'%s: the token expires, the org is moved to another instance',
		async (mechanism) => {
			const node = parameters(ACCOUNTS, { mechanism });
			const { database } = await streaming.start(node);
			account('one');
			await eventsOf(database, 1);
			sandbox.expireTokens();
			sandbox.events.pubSub.dropStreams();
			account('two');
			await eventsOf(database, 2);
			expect(fieldOf(database.events(), 'Name')).toEqual(['one', 'two']);
			await sandbox.migrate('refuses');
			sandbox.events.bus.migrate();
			sandbox.events.bayeux.forget();
			sandbox.events.pubSub.dropStreams();
			await wait(50);
			account('three');
			const events = await eventsOf(database, 4, { withinMs: 30_000 });
			expect(events.map(({ event }) => event)).toEqual(['change', 'change', 'gap', 'change']);
			expect(fieldOf(events.slice(3), 'Name')).toEqual(['three']);
			expect(database.failures).toEqual([]);
		},
		60_000,
	);
}
