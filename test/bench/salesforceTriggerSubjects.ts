import type { INode } from 'n8n-workflow';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import type { Engine } from '../engine/engine';
import type { Database } from '../engine/triggerHost';
import { TriggerHost } from '../engine/triggerHost';

const MINUTE = 60_000;

export interface Watched {
	event: 'created' | 'updated';
	everyMinutes: number;
}

export interface Subject {
	name: string;
	/**
	 * Watches the accounts of an org, with what is in the database from before.
	 * @returns ends it as n8n does when it is shut down
	 */
	watch(org: SalesforceSandbox, watched: Watched, database: Database): Promise<() => Promise<void>>;
}

/** Our trigger and that of n8n, on the same engine. */
export const subjects = (engine: Engine): Subject[] => [
	{
		name: 'n8n-nodes-resilient',
		async watch(org, { event, everyMinutes }, database) {
			const host = new TriggerHost(engine, database);
			await host.activate(
				nodeAt(
					engine,
					org,
					'n8n-nodes-resilient.salesforceTrigger',
					'resilientSalesforceOAuth2Api',
					{
						...{ object: 'Account', events: [event], fields: ['Name'] },
						pollSeconds: everyMinutes * 60,
					},
				),
			);
			return async () => await host.stop();
		},
	},
	{
		name: 'n8n-nodes-base SalesforceTrigger',
		async watch(org, { event, everyMinutes }, database) {
			const triggerOn = event === 'created' ? 'accountCreated' : 'accountUpdated';
			const type = 'n8n-nodes-base.salesforceTrigger';
			const node = nodeAt(engine, org, type, 'salesforceOAuth2Api', { triggerOn });
			return await pollAsHost(engine, node, everyMinutes, database);
		},
	},
];

function nodeAt(
	engine: Engine,
	org: SalesforceSandbox,
	type: string,
	credential: string,
	parameters: INode['parameters'],
): Partial<INode> {
	engine.credentials[credential] = {
		...{ myDomain: org.url, grantType: 'pkce' },
		oauthTokenData: { access_token: org.accessToken(), instance_url: org.instanceUrl },
	};
	return {
		...{ type, typeVersion: 1 },
		credentials: { [credential]: { id: org.url, name: credential } },
		parameters: { authentication: 'oAuth2', ...parameters },
	};
}

/**
 * n8n around a node that is polled: at once when the workflow is switched on, then every so often. What
 * the node remembers is kept after each poll, as n8n does at least when a run starts.
 */
async function pollAsHost(
	engine: Engine,
	node: Partial<INode>,
	everyMinutes: number,
	database: Database,
): Promise<() => Promise<void>> {
	const workflow = engine.activeWorkflow(node, JSON.parse(database.staticData));
	const context = engine.pollContext(workflow);
	let timer: NodeJS.Timeout | undefined;
	const poll = async () => {
		try {
			const [items] = (await engine.typeOf(workflow).poll?.call(context)) ?? [];
			if (items) database.executions.push({ items });
		} catch (error) {
			database.failures.push(error as Error);
		}
		database.staticData = JSON.stringify(workflow.staticData);
		timer = setTimeout(() => void poll(), everyMinutes * MINUTE);
	};
	await poll();
	return async () => clearTimeout(timer);
}
