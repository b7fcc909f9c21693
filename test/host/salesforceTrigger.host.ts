import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Execution, Item, WorkflowNode } from '../../sandbox/host/rest.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { restartHost, setting } from './setting.ts';
import { end, itemsGivenOut } from './workflow.ts';

const COUNT = Number(process.env.TRIGGER_RECORDS ?? 200);
const POLLS = 'the polling trigger';
const LISTENS = 'the event trigger';

describe('the triggers of Salesforce in a real n8n', () => {
	let sandbox: SalesforceSandbox;
	/** Ids of the workflows. */
	const workflows = new Map<string, string>();
	const ended = new Map<string, Execution>();

	/** Ids of the records, by what happened to them. */
	const expected: Record<'created' | 'updated' | 'deleted', string[]> = {
		...{ created: [], updated: [], deleted: [] },
	};

	before(async () => {
		sandbox = await startSalesforceSandbox();
		const { url: myDomain, clientId, clientSecret, username, privateKey } = sandbox;
		const { rest } = setting();
		// One trigger has tokens that n8n renews, the other one renews them by itself.
		const oAuth2 = await rest.createCredential('Polled', 'resilientSalesforceOAuth2Api', {
			...{ grantType: 'clientCredentials', myDomain, clientId, clientSecret },
		});
		const jwt = await rest.createCredential('Heard', 'resilientSalesforceJwtApi', {
			...{ myDomain, clientId, username, privateKey },
		});
		await watch(POLLS, 'salesforceTrigger', {
			parameters: {
				...{ authentication: 'oAuth2', object: { __rl: true, mode: 'name', value: 'Account' } },
				...{ events: ['created', 'updated', 'deleted'], pollSeconds: 1 },
				options: { batchSize: 20 },
			},
			credentials: { resilientSalesforceOAuth2Api: { id: oAuth2, name: 'Polled' } },
		});
		await watch(LISTENS, 'salesforceEventTrigger', {
			parameters: {
				authentication: 'jwt',
				topic: { __rl: true, mode: 'name', value: '/data/AccountChangeEvent' },
				options: {
					...{ mechanism: 'pubSub', endpoint: `http://${sandbox.pubSubEndpoint}` },
					...{ begin: 'earliest', batchSize: 20 },
				},
			},
			credentials: { resilientSalesforceJwtApi: { id: jwt, name: 'Heard' } },
		});
	});
	after(async () => await sandbox.close());

	test(`${COUNT} records made, changed and deleted, n8n stopped once and killed twice: one event each`, async (t) => {
		const began = Date.now();
		// n8n answers before the triggers have started, and what is there by then is no event.
		await until(() =>
			sandbox.requests.some(({ path }) => path.includes('/sobjects/Account/updated')),
		);
		await wait(1_500);

		const creating = gradually(COUNT, (n) => {
			expected.created.push(sandbox.store.insert('Account', { Name: `Account ${n}` }));
		});
		await wait(1_500);
		await restartHost('kill');
		await creating;
		await untilAllSeen();

		sandbox.expireTokens();
		const updating = gradually(COUNT / 2, (n) => {
			const id = expected.created[n] ?? '';
			sandbox.store.update(id, { Name: `Changed ${n}` });
			expected.updated.push(id);
		});
		await wait(700);
		await restartHost('stop');
		await updating;
		await untilAllSeen();

		sandbox.expireTokens();
		const deleting = gradually(COUNT / 4, (n) => {
			const row = sandbox.store.find(expected.created[n] ?? '');
			assert.ok(row);
			sandbox.store.transaction(() => sandbox.store.remove(row, ''));
			expected.deleted.push(row.id);
		});
		await wait(500);
		await restartHost('kill');
		await deleting;
		await untilAllSeen();
		await wait(3_000);

		for (const name of [POLLS, LISTENS]) {
			const seen = await seenBy(name);
			t.diagnostic(`${name}: ${seen.length} events`);
			assert.deepEqual(seen.sort(), all().sort(), name);
		}
		t.diagnostic(`${ended.size} runs, ${Math.round((Date.now() - began) / 1_000)} s`);
	});

	async function watch(
		name: string,
		type: string,
		node: Pick<WorkflowNode, 'parameters' | 'credentials'>,
	) {
		const { rest } = setting();
		const workflow = await rest.createWorkflow({
			name,
			nodes: [
				{
					...{ id: 'Watch', name: 'Watch', type: `n8n-nodes-resilient.${type}` },
					...{ typeVersion: 1, position: [0, 0], ...node },
				},
				end('End'),
			],
			connections: { Watch: { main: [[{ node: 'End', type: 'main', index: 0 }]] } },
		});
		workflows.set(name, workflow.id);
		await rest.activate(workflow);
	}

	/** Does something that many times. The clock of the org goes on meanwhile, since it tells by the minute. */
	async function gradually(count: number, act: (n: number) => void): Promise<void> {
		for (let n = 0; n < count; n++) {
			act(n);
			if (n % 10 === 9) sandbox.clock.offsetMs += 15_000;
			await wait(15);
		}
		sandbox.clock.offsetMs += 120_000;
	}

	const all = () =>
		Object.entries(expected).flatMap(([event, ids]) => ids.map((id) => `${event} ${id}`));

	async function seenBy(name: string): Promise<string[]> {
		const executions = await setting().rest.executionsOf(workflows.get(name) ?? '', ended);
		return itemsGivenOut(executions, 'Watch').map(inShort);
	}

	async function until(done: () => boolean | Promise<boolean>): Promise<void> {
		const giveUp = Date.now() + 60_000;
		while (!(await done()) && Date.now() < giveUp) await wait(500);
	}

	async function untilAllSeen(): Promise<void> {
		const count = all().length;
		for (const name of [POLLS, LISTENS])
			await until(async () => new Set(await seenBy(name)).size >= count);
	}
});

/** "created 001..." of an item of either trigger. */
function inShort({ json }: Item): string {
	if (json.event !== 'change') return `${String(json.event)} ${String(json.id)}`;
	const ids = Array.isArray(json.recordIds) ? json.recordIds.join() : '';
	return `${String(json.changeType).toLowerCase()}d ${ids}`;
}
