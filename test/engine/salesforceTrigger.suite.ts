import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { Engine } from './engine';
import type { HostOptions } from './triggerHost';
import { Database, TriggerHost } from './triggerHost';

const MINUTE = 60_000;

/** @param from folder with the n8n-core to run on; the newest one where it is left out */
export function salesforceTriggerSuite(from?: string): void {
	let sandbox: SalesforceSandbox;
	let engine: Engine;
	const hosts: TriggerHost[] = [];

	beforeAll(async () => {
		engine = await Engine.open({ from });
	});
	beforeEach(async () => {
		sandbox = await startSalesforceSandbox();
		const { url, clientId, clientSecret, privateKey, username } = sandbox;
		const org = { myDomain: url, apiVersion: '68.0' };
		engine.credentials.resilientSalesforceJwtApi = { ...org, clientId, username, privateKey };
		engine.credentials.resilientSalesforceOAuth2Api = {
			...{ ...org, grantType: 'pkce', clientId, clientSecret },
			oauthTokenData: { access_token: sandbox.accessToken(), instance_url: url },
		};
	});
	afterEach(async () => {
		for (const host of hosts.splice(0)) host.kill();
		await sandbox.close();
	});

	const trigger = (parameters: INodeParameters = {}): Partial<INode> => ({
		type: 'n8n-nodes-resilient.salesforceTrigger',
		credentials: {
			resilientSalesforceJwtApi: { id: sandbox.url, name: 'Salesforce' },
			resilientSalesforceOAuth2Api: { id: sandbox.url, name: 'Salesforce' },
		},
		parameters: { object: 'Account', pollSeconds: 1, ...parameters },
	});
	const start = async (node: Partial<INode>, database: Database, options: HostOptions = {}) => {
		const host = new TriggerHost(engine, database, options);
		hosts.push(host);
		await host.activate(node);
		return host;
	};
	const until = async (what: () => boolean, withinMs = 20_000) => {
		const end = Date.now() + withinMs;
		while (!what() && Date.now() < end) await wait(20);
	};
	const inShort = (events: IDataObject[]) =>
		events.map(
			({ event, record, id }) =>
				`${String(event)} ${String((record as IDataObject | undefined)?.Name ?? id)}`,
		);
	/** Waits for so many events, and then whether there are more than that. */
	const eventsOf = async (database: Database, count: number) => {
		await until(() => database.events().length >= count);
		await wait(1_300);
		return inShort(database.events()).sort();
	};
	const insert = (name: string) => sandbox.store.insert('Account', { Name: name });
	const pass = (minutes: number) => (sandbox.clock.offsetMs += minutes * MINUTE);
	const remove = (id: string) => {
		const row = sandbox.store.find(id);
		if (row) sandbox.store.transaction(() => sandbox.store.remove(row, ''));
	};

	test.each(['oAuth2', 'jwt'])(
		'what is there is no event; what comes, changes and goes is one each (%s)',
		async (authentication) => {
			const [changes, goes] = [insert('changes'), insert('goes')];
			pass(30);
			const database = new Database();
			const events = ['created', 'updated', 'deleted', 'undeleted'];
			await start(trigger({ authentication, events, fields: ['Name', 'Owner.Name'] }), database);
			const id = insert('new');
			sandbox.store.update(changes, { Name: 'changed' });
			remove(goes);
			pass(1);
			expect(await eventsOf(database, 3)).toEqual([
				...['created new', 'deleted goes', 'updated changed'],
			]);
			expect(database.events().find(({ event }) => event === 'created')).toEqual({
				...{ event: 'created', object: 'Account', id },
				time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
				record: {
					...{ Id: id, Name: 'new', Owner: { Name: expect.any(String) as string } },
					SystemModstamp: expect.any(String) as string,
					CreatedDate: expect.any(String) as string,
				},
				eventId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
			});
			expect(database.failures).toEqual([]);
		},
	);

	test('300 records while n8n is killed and stopped and the org is away: one event each', async () => {
		const database = new Database();
		const node = trigger({ events: ['created', 'deleted'], options: { batchSize: 9, runs: 2 } });
		let host = await start(node, database);
		const names = Array.from({ length: 300 }, (_, n) => `A${n}`);
		const ids: string[] = [];
		for (const [n, name] of names.entries()) {
			ids.push(insert(name));
			if (n % 10 === 0) pass(0.5);
			if (n % 60 === 30) {
				await wait(1_000 + (n % 7) * 10);
				host.kill();
				host = await start(node, database);
			}
			if (n === 200) sandbox.faults.add({ kind: 'resetAfter', times: 4 });
			await wait(5);
		}
		pass(2);
		await until(() => new Set(inShort(database.events())).size >= 300);
		await host.stop();
		for (const id of ids.slice(0, 100)) remove(id);
		host = await start(node, database);
		pass(2);
		expect(await eventsOf(database, 400)).toEqual(
			[
				...names.map((name) => `created ${name}`),
				...names.slice(0, 100).map((name) => `deleted ${name}`),
			].sort(),
		);
		expect(database.failures).toEqual([]);
	}, 60_000);

	test('restarts without force: nothing lost, nothing doubled, also where n8n knows no keys', async () => {
		const database = new Database();
		const node = trigger({ events: ['created'], options: { batchSize: 4 } });
		const expected: string[] = [];
		for (let round = 0; round < 3; round++) {
			const host = await start(node, database, { knowsKeys: false });
			for (let n = 0; n < 10; n++) {
				expected.push(`created A${round}${n}`);
				insert(`A${round}${n}`);
			}
			pass(1);
			await until(() => database.events().length >= expected.length);
			await host.stop();
		}
		await start(node, database, { knowsKeys: false });
		expect(await eventsOf(database, expected.length)).toEqual(expected);
	});

	test('the editor shows the newest records, and the trigger does not know that it was asked', async () => {
		const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
		for (const name of names) {
			insert(name);
			pass(1);
		}
		remove(insert('gone'));
		const shown = async (parameters: INodeParameters) => {
			const found: IDataObject[] = [];
			const workflow = engine.activeWorkflow(trigger(parameters));
			const context = engine.triggerContext(workflow, 'manual', ([items = []]) =>
				found.push(...items.map(({ json }) => json)),
			);
			const response = await engine.typeOf(workflow).trigger?.call(context);
			await response?.manualTriggerFunction?.();
			expect(JSON.stringify(workflow.staticData)).toBe('{}');
			return inShort(found);
		};
		const newest = ['g', 'f', 'e', 'd', 'c'];
		expect(await shown({ events: ['created'] })).toEqual(newest.map((name) => `created ${name}`));
		expect(await shown({ events: ['updated'] })).toEqual(newest.map((name) => `updated ${name}`));
		expect(await shown({ events: ['deleted'] })).toEqual(['deleted gone']);
		expect(await shown({ condition: "Where Name = 'b'" })).toEqual(['created b']);
		await expect(shown({ condition: "Name = 'nobody'" })).rejects.toThrow(
			'There is no record of Account that matches the condition',
		);
	});

	test('what cannot work is an error when the workflow is switched on', async () => {
		const wrong = async (parameters: INodeParameters) =>
			await start(trigger(parameters), new Database());
		await expect(wrong({ events: [] })).rejects.toThrow('"Events" is empty');
		await expect(wrong({ object: 'Acount' })).rejects.toThrow('There is no object "Acount"');
		await expect(wrong({ onlyChanged: ['Owner.Name'] })).rejects.toThrow('"Owner.Name"');
		await expect(wrong({ condition: 'Name LIKE' })).rejects.toThrow('MALFORMED_QUERY');
		await expect(wrong({ options: { startFrom: 'yesterday' } })).rejects.toThrow('"Start From"');
		await expect(wrong({ object: 'Order__e' })).rejects.toThrow('cannot be asked for');
	});

	test('no secret is in what is kept', async () => {
		const database = new Database();
		await start(trigger(), database);
		insert('A');
		await until(() => database.executions.length === 1);
		const kept = database.staticData + JSON.stringify(database.executions);
		expect(kept).not.toContain('00D');
	});
}
