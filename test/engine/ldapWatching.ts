import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';
import type { LdapCredential } from '../../nodes/Ldap/transport/connect';
import type { Attribute, Change } from '../../nodes/Ldap/transport/entry';
import { Engine } from './engine';
import type { HostOptions } from './triggerHost';
import { Database, TriggerHost } from './triggerHost';

export const attribute = (type: string, ...values: string[]): Attribute => ({
	type,
	values: values.map((value) => Buffer.from(value)),
});

export const replace = (type: string, ...values: string[]): Change => ({
	operation: 'replace',
	...attribute(type, ...values),
});

export const addTo = (type: string, ...values: string[]): Change => ({
	operation: 'add',
	...attribute(type, ...values),
});

export const removeFrom = (type: string, ...values: string[]): Change => ({
	operation: 'delete',
	...attribute(type, ...values),
});

/** A directory that is changed, and n8n that watches it. */
export class Watching {
	private readonly hosts: TriggerHost[] = [];
	private readonly engine: Engine;

	private constructor(engine: Engine) {
		this.engine = engine;
	}

	static async open(credential: LdapCredential, from?: string): Promise<Watching> {
		const engine = await Engine.open({ from });
		engine.credentials.resilientLdapApi = { ...credential };
		return new Watching(engine);
	}

	async start(
		parameters: INodeParameters,
		database = new Database(),
		options: HostOptions = {},
	): Promise<{ host: TriggerHost; database: Database; again: () => Promise<void> }> {
		const host = new TriggerHost(this.engine, database, options);
		this.hosts.push(host);
		const again = async () => await host.activate(nodeWith(parameters));
		await again();
		return { host, database, again };
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

	/** Ends what runs as after SIGTERM. */
	async stop(): Promise<void> {
		await Promise.all(this.hosts.splice(0).map(async (host) => await host.stop()));
	}

	/** Kills what still runs. */
	end(): void {
		for (const host of this.hosts.splice(0)) host.kill();
	}
}

const nodeWith = (parameters: INodeParameters): Partial<INode> => ({
	type: 'n8n-nodes-resilient.ldapTrigger',
	credentials: { resilientLdapApi: { id: 'engine', name: 'LDAP' } },
	parameters,
});

export const until = async (what: () => boolean, withinMs = 20_000): Promise<void> => {
	const end = Date.now() + withinMs;
	while (!what() && Date.now() < end) await wait(10);
};

/** Waits for so many events, and then whether there are more than that. */
export async function eventsOf(
	database: Database,
	count: number,
	{ withinMs = 20_000, afterMs = 400 } = {},
): Promise<IDataObject[]> {
	await until(() => database.events().length >= count, withinMs);
	await wait(afterMs);
	return database.events();
}

/** "updated cn=a" for each event, in lower case, as servers differ in it. */
export const inShort = (events: IDataObject[]): string[] =>
	events.map(({ event, dn, member }) => {
		const name = String(dn).split(',')[0]?.toLowerCase();
		return member === undefined
			? `${String(event)} ${name}`
			: `${String(event)} ${name} ${String(member).split(',')[0]?.toLowerCase()}`;
	});
