import type { IDataObject } from 'n8n-workflow';
import type { Engine } from '../engine/engine';

/** Where a node signs in. */
export interface Place {
	port: number;
	encryption: 'none' | 'startTls';
	ca: string;
	dn: string;
	password: string;
}

type Change = 'add' | 'delete' | 'replace';

/** What each node can be asked, in words of its own. */
interface Words {
	search: { base: string; filter: string; limit?: number };
	create: { dn: string; attributes: Array<[name: string, value: string]> };
	update: { dn: string; change: Change; attribute: string; value: string };
	rename: { dn: string; newName: string; newDn: string };
	compare: { dn: string; attribute: string; value: string };
}

export interface Ended {
	rows: IDataObject[];
	error?: Error & { description?: string | null };
}

export interface Subject {
	name: string;
	run<K extends keyof Words>(
		operation: K,
		input: Words[K],
		place: Place,
		items?: IDataObject[],
	): Promise<Ended>;
}

interface Manner {
	name: string;
	type: string;
	credential: string;
	signIn(place: Place): IDataObject;
	parameters: { [K in keyof Words]: (input: Words[K]) => IDataObject };
}

const ours: Manner = {
	name: 'n8n-nodes-resilient',
	type: 'n8n-nodes-resilient.ldap',
	credential: 'resilientLdapApi',
	signIn: ({ port, encryption, ca, dn, password }) => ({
		servers: `127.0.0.1:${port}`,
		...{ encryption, ca, password },
		signInWith: 'simple',
		bindDn: dn,
	}),
	parameters: {
		search: ({ base, filter, limit }) => ({
			...{ resource: 'entry', operation: 'search', base, filterBy: 'text', filter },
			...(limit === undefined ? { returnAll: true } : { returnAll: false, limit }),
		}),
		create: ({ dn, attributes }) => ({
			...{ resource: 'entry', operation: 'create', nameBy: 'dn', dn },
			attributes: { rows: attributes.map(([attribute, value]) => ({ attribute, value })) },
		}),
		update: ({ dn, change, attribute, value }) => ({
			...{ resource: 'entry', operation: 'update', entry: dn },
			changes: { rows: [{ change, attribute, value }] },
		}),
		rename: ({ dn, newName }) => ({
			...{ resource: 'entry', operation: 'rename', entry: dn, newName },
		}),
		compare: ({ dn, attribute, value }) => ({
			...{ resource: 'entry', operation: 'compare', entry: dn, attribute, value },
		}),
	},
};

const theirs: Manner = {
	name: 'n8n-nodes-base Ldap',
	type: 'n8n-nodes-base.ldap',
	credential: 'ldap',
	signIn: ({ port, encryption, ca, dn, password }) => ({
		...{ hostname: '127.0.0.1', port: String(port), bindDN: dn, bindPassword: password },
		connectionSecurity: encryption,
		caCertificate: ca,
		timeout: 10,
	}),
	parameters: {
		search: ({ base, filter, limit }) => ({
			...{ operation: 'search', baseDN: base, searchFor: 'custom', customFilter: filter },
			...(limit === undefined ? { returnAll: true } : { returnAll: false, limit }),
			options: { scope: 'sub', pageSize: 0 },
		}),
		create: ({ dn, attributes }) => ({
			...{ operation: 'create', dn },
			attributes: { attribute: attributes.map(([id, value]) => ({ id, value })) },
		}),
		update: ({ dn, change, attribute, value }) => ({
			...{ operation: 'update', dn },
			attributes: { [change]: [{ id: attribute, value }] },
		}),
		rename: ({ dn, newDn }) => ({ operation: 'rename', dn, targetDn: newDn }),
		compare: ({ dn, attribute, value }) => ({ operation: 'compare', dn, id: attribute, value }),
	},
};

/** Our node and that of n8n, on the same engine. */
export const subjects = (engine: Engine): Subject[] =>
	[ours, theirs].map(({ name, type, credential, signIn, parameters }) => ({
		name,
		async run(operation, input, place, items = [{}]) {
			engine.credentials[credential] = signIn(place) as never;
			const node = {
				type,
				parameters: parameters[operation](input) as never,
				credentials: { [credential]: { id: credential, name: credential } },
				onError: 'continueRegularOutput' as const,
			};
			const { outputs, errorOf } = await engine.run(node, {
				items: items.map((json) => ({ json })),
			});
			const rows = (outputs('E')[0] ?? []).map(({ json }) => json);
			const said = rows.find((row) => typeof row.error === 'string')?.error;
			const error = errorOf('E') ?? (said === undefined ? undefined : new Error(String(said)));
			return { rows, ...(error && { error }) };
		},
	}));
