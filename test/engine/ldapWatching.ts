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
	): Promise<{ host: TriggerHost; database: Database }> {
		const host = new TriggerHost(this.engine, database, options);
		this.hosts.push(host);
		const node: Partial<INode> = {
			type: 'n8n-nodes-resilient.ldapTrigger',
			credentials: { resilientLdapApi: { id: 'engine', name: 'LDAP' } },
			parameters,
		};
		await host.activate(node);
		return { host, database };
	}

	/** Kills what still runs. */
	end(): void {
		for (const host of this.hosts.splice(0)) host.kill();
	}
}

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

/** "updated cn=a" for each event. */
export const inShort = (events: IDataObject[]): string[] =>
	events.map(({ event, dn, member }) => {
		const name = String(dn).split(',')[0];
		return member === undefined
			? `${String(event)} ${name}`
			: `${String(event)} ${name} ${String(member).split(',')[0]}`;
	});
