import type { IDataObject } from 'n8n-workflow';
import { startLdapSandbox, type LdapSandbox } from '../../sandbox/ldap/server.ts';
import { Engine, type EngineRun } from '../engine/engine';
import { rowsOf } from '../S3/nodeBench';

export { rowsOf, wordsOf } from '../S3/nodeBench';

export const BASE = 'dc=example,dc=org';
export const ADMIN = { dn: `cn=admin,${BASE}`, password: 'bench/secret+of-admin-31' };
export const ANNA = `uid=anna,ou=people,${BASE}`;
export const BEN = `uid=ben,ou=people,${BASE}`;
export const TEAM = `cn=team,ou=groups,${BASE}`;

/** The built node in n8n's engine, and an OpenLDAP of two people and a group of both. */
export class NodeBench {
	readonly sandbox: LdapSandbox;
	private readonly engine: Engine;

	private constructor(engine: Engine, sandbox: LdapSandbox) {
		this.engine = engine;
		this.sandbox = sandbox;
	}

	static async open(): Promise<NodeBench> {
		const sandbox = await startLdapSandbox({ base: BASE, admin: ADMIN });
		for (const ou of ['people', 'groups'])
			sandbox.add(`ou=${ou},${BASE}`, { objectClass: 'organizationalUnit', ou });
		for (const uid of ['anna', 'ben'])
			sandbox.add(`uid=${uid},ou=people,${BASE}`, {
				objectClass: ['inetOrgPerson', 'shadowAccount'],
				...{ uid, cn: uid, sn: 'Person', telephoneNumber: ['1', '2'] },
			});
		const members = { cn: 'team', member: [ANNA, BEN] };
		sandbox.add(TEAM, { objectClass: 'groupOfNames', ...members });
		const bench = new NodeBench(await Engine.open({ binary: 'filesystem' }), sandbox);
		bench.engine.credentials.resilientLdapApi = {
			servers: '127.0.0.1',
			port: sandbox.port,
			encryption: 'none',
			signInWith: 'simple',
			bindDn: ADMIN.dn,
			password: ADMIN.password,
			baseDn: BASE,
		};
		return bench;
	}

	/** @param name such as "entry.update" */
	async run(
		name: string,
		parameters: IDataObject,
		jsons: IDataObject[] = [{}],
		settings: object = {},
	): Promise<EngineRun> {
		const [resource, operation] = name.split('.');
		const node = {
			type: 'n8n-nodes-resilient.ldap',
			credentials: { resilientLdapApi: { id: 'bench', name: 'LDAP' } },
			parameters: { resource, operation, ...parameters } as never,
			...settings,
		};
		return await this.engine.run(node, { items: jsons.map((json) => ({ json })) });
	}

	/** The items that the node gives. */
	async rows(name: string, parameters: IDataObject, jsons?: IDataObject[]) {
		const ended = await this.run(name, parameters, jsons);
		expect(ended.errorOf('E')).toBeUndefined();
		return rowsOf(ended).map(({ json }) => json);
	}

	async stop(): Promise<void> {
		await this.sandbox.stop();
	}
}
