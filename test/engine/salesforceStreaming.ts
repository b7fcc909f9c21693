import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { Engine } from './engine';
import type { HostOptions } from './triggerHost';
import { Database, TriggerHost } from './triggerHost';

/** n8n that listens to events of an org. */
export class Streaming {
	private readonly hosts: TriggerHost[] = [];
	private readonly engine: Engine;

	private constructor(engine: Engine) {
		this.engine = engine;
	}

	/** With a token that is there already. */
	static async open(orgUrl: string, token: string, from?: string): Promise<Streaming> {
		const engine = await Engine.open({ from });
		engine.credentials.resilientSalesforceOAuth2Api = {
			...{ myDomain: orgUrl, grantType: 'pkce', apiVersion: '68.0' },
			oauthTokenData: {
				...{ access_token: token, instance_url: orgUrl },
				id: 'https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA',
			},
		};
		return new Streaming(engine);
	}

	/** With a key, by which tokens are renewed. */
	static async openSandbox(sandbox: SalesforceSandbox, from?: string): Promise<Streaming> {
		const { url: myDomain, clientId, username, privateKey } = sandbox;
		const engine = await Engine.open({ from });
		engine.credentials.resilientSalesforceJwtApi = { myDomain, clientId, username, privateKey };
		return new Streaming(engine);
	}

	async start(
		parameters: INodeParameters,
		database = new Database(),
		options: HostOptions = {},
	): Promise<{ host: TriggerHost; database: Database }> {
		const host = new TriggerHost(this.engine, database, options);
		this.hosts.push(host);
		await host.activate(nodeWith(parameters));
		return { host, database };
	}

	/** What "Test step" shows. */
	async sample(parameters: INodeParameters): Promise<IDataObject[]> {
		const shown: IDataObject[] = [];
		const workflow = this.engine.activeWorkflow(nodeWith(parameters));
		const context = this.engine.triggerContext(workflow, 'manual', ([items = []]) =>
			shown.push(...items.map(({ json }) => json)),
		);
		const response = await this.engine.typeOf(workflow).trigger?.call(context);
		await response?.manualTriggerFunction?.();
		expect(JSON.stringify(workflow.staticData)).toBe('{}');
		return shown;
	}

	/** Kills what still runs. */
	end(): void {
		for (const host of this.hosts.splice(0)) host.kill();
	}
}

const nodeWith = (parameters: INodeParameters): Partial<INode> => ({
	type: 'n8n-nodes-resilient.salesforceEventTrigger',
	credentials: {
		resilientSalesforceOAuth2Api: { id: 'engine', name: 'Salesforce' },
		resilientSalesforceJwtApi: { id: 'engine', name: 'Salesforce' },
	},
	// As the editor fills them in.
	parameters: {
		...{ authentication: 'oAuth2', changeTypes: [], fields: '', options: {} },
		...parameters,
	},
});

/** Waits for so many events, and then whether there are more than that. */
export async function eventsOf(
	database: Database,
	count: number,
	{ withinMs = 20_000, afterMs = 300 } = {},
): Promise<IDataObject[]> {
	const end = Date.now() + withinMs;
	while (database.events().length < count && Date.now() < end) await wait(10);
	await wait(afterMs);
	return database.events();
}
