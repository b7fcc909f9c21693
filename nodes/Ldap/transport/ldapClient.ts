import type { Clock } from '../../shared/ground/clock';
import { systemClock } from '../../shared/ground/clock';
import type { Redact } from '../../shared/ground/redact';
import type { Send } from '../../shared/resilience';
import { Failure } from '../../shared/resilience/failure';
import { Calls } from './calls';
import type { LdapClient } from './client';
import { PAGED_RESULTS } from './controls';
import type { Entry } from './entry';
import { present } from './filter';
import type { PoolOptions } from './pool';
import { poolOf } from './pool';
import {
	addRequest,
	compareRequest,
	deleteRequest,
	extendedRequest,
	modifyDnRequest,
	modifyRequest,
} from './requests';
import { readSchema } from './readSchema';
import { parseRootDse } from './rootDse';
import type { Servers } from './route';
import { Route } from './route';
import type { Entries, Search, SearchEnd } from './search';
import { SearchRun } from './searchRun';

export interface LdapClientOptions extends PoolOptions {
	servers: Servers;
	/** whether passwords may be sent in requests */
	encrypted: boolean;
	/** Who may share connections: tells two credentials apart, and one before and after a change. */
	key: string;
	send: Send;
	/** who shares limits and circuit breaker */
	scope: string;
	signal: AbortSignal;
	/** takes the secrets of the credential out of what the server says */
	redact: Redact;
	/** left out: the first naming context of the server */
	baseDn?: string;
	clock?: Clock;
}

const PAGE_SIZE = 1_000;
const COMPARE_FALSE = 5;
const COMPARE_TRUE = 6;

/** The verbs of LDAP, for one run. Nothing is sent yet. */
export function ldapClient(options: LdapClientOptions): LdapClient {
	const route = new Route(options.servers, (server) => poolOf(options.key, server, options));
	const calls = new Calls({ ...options, route });
	const { clock = systemClock, signal, redact } = options;
	const rootDse = new Kept(async () => await readRootDse((wanted) => search(wanted, 0)));
	const schema = new Kept(async () => await readSchema(client));

	const search = async function* (wanted: Search, pageSize: number): Entries {
		const run = new SearchRun(calls, wanted, pageSize);
		try {
			for (;;) {
				const found = await calls.through('Search', true, async (of) => await run.next(of));
				if (!Array.isArray(found)) return found;
				yield found;
			}
		} finally {
			run.stop();
		}
	};

	const client: LdapClient = {
		clock,
		signal,
		redact,
		encrypted: options.encrypted,
		baseDn: async () => {
			if (options.baseDn) return options.baseDn;
			const { defaultNamingContext, namingContexts } = await client.rootDse();
			return defaultNamingContext ?? namingContexts.at(0) ?? '';
		},
		search: async function* (wanted) {
			return yield* search(wanted, await pageSizeOf(wanted, client));
		},
		add: async (dn, attributes, { controls } = {}) => {
			const operation = addRequest(dn, attributes);
			await calls.ask({ doing: 'Add', dn, operation, controls, repeatable: true });
		},
		modify: async (dn, changes, { controls } = {}) => {
			const operation = modifyRequest(dn, changes);
			const repeatable = changes.every((change) => change.operation !== 'increment');
			await calls.ask({ doing: 'Modify', dn, operation, controls, repeatable });
		},
		delete: async (dn, { controls } = {}) => {
			const operation = deleteRequest(dn);
			await calls.ask({ doing: 'Delete', dn, operation, controls, repeatable: true });
		},
		modifyDn: async (dn, rename, { controls } = {}) => {
			const operation = modifyDnRequest(dn, rename);
			await calls.ask({ doing: 'ModifyDN', dn, operation, controls, repeatable: true });
		},
		compare: async (dn, attribute, value) => {
			const operation = compareRequest(dn, attribute, value);
			const accept = new Set([COMPARE_FALSE, COMPARE_TRUE]);
			const ask = { doing: 'Compare', dn, operation, repeatable: true, accept };
			return (await calls.ask(ask)).code === COMPARE_TRUE;
		},
		extended: async (oid, value, repeatable = false) => {
			const operation = extendedRequest(oid, value);
			const result = await calls.ask({ doing: `Extended ${oid}`, operation, repeatable });
			return { oid: result.oid, value: result.value };
		},
		authenticate: async (name, password) => {
			if (!name || !password) throw incomplete(name ? 'password' : 'name');
			await calls.through(
				'Bind',
				false,
				async (of) => await route.authenticate(name, password, of),
			);
		},
		rootDse: async () => await rootDse.get(),
		schema: async () => await schema.get(),
	};
	return client;
}

async function pageSizeOf({ scope, pageSize }: Search, client: LdapClient): Promise<number> {
	if (scope === 'base') return 0;
	if (pageSize !== undefined) return pageSize;
	return (await client.rootDse()).supportedControl.has(PAGED_RESULTS) ? PAGE_SIZE : 0;
}

const readRootDse = async (search: (wanted: Search) => Entries) =>
	parseRootDse(
		(
			await firstOf(
				search({
					base: '',
					scope: 'base',
					filter: present('objectClass'),
					attributes: ['*', '+'],
				}),
			)
		)?.attributes ?? [],
	);

async function firstOf(entries: AsyncGenerator<Entry[], SearchEnd>): Promise<Entry | undefined> {
	for await (const group of entries) if (group[0]) return group[0];
	return undefined;
}

/** What is asked for once; a failure is not kept. */
class Kept<Value> {
	private value: Promise<Value> | undefined;

	constructor(private readonly read: () => Promise<Value>) {}

	async get(): Promise<Value> {
		this.value ??= this.read().catch((error: unknown) => {
			this.value = undefined;
			throw error;
		});
		return await this.value;
	}
}

const incomplete = (what: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INCOMPLETE_SIGN_IN',
		message: `The ${what} is empty`,
		// RFC 4513 section 5.1.2
		hint: 'Servers take a name without a password for nobody, and say success: it proves nothing.',
	});
