import type { Clock } from '../../shared/ground/clock';
import { systemClock } from '../../shared/ground/clock';
import type { Redact } from '../../shared/ground/redact';
import type { Send } from '../../shared/resilience';
import { Failure, toFailure } from '../../shared/resilience/failure';
import { askFollowing } from './asking';
import type { Ask } from './calls';
import { Calls } from './calls';
import type { LdapClient, RootDse } from './client';
import { PAGED_RESULTS } from './controls';
import { listen } from './listen';
import { Code } from './message';
import type { PoolOptions } from './pool';
import { poolOf } from './pool';
import { portable } from './portable';
import {
	addRequest,
	compareRequest,
	deleteRequest,
	extendedRequest,
	modifyDnRequest,
	modifyRequest,
} from './requests';
import { readSchema } from './readSchema';
import { Referrals } from './referrals';
import { isHidden } from './results';
import { baseOf, parseRootDse, ROOT_ATTRIBUTES } from './rootDse';
import type { Servers } from './route';
import { Route } from './route';
import type { Search } from './search';
import { readEntry, searchFollowing } from './searching';
import type { Encryption, Server } from './servers';

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
	/** whether a referral to this host may be followed, with this credential; left out: none is */
	followTo?(host: string): boolean;
	/** so long may one answer take, in ms */
	attemptTimeoutMs?: number;
	clock?: Clock;
}

const PAGE_SIZE = 1_000;

/** The verbs of LDAP, for one run. Nothing is sent yet. */
export function ldapClient(options: LdapClientOptions): LdapClient {
	const route = new Route(options.servers, (server) => poolOf(options.key, server, options));
	const calls = new Calls({ ...options, route });
	const callsTo = (server: Server, encryption: Encryption) => {
		const servers = { inOrder: async () => await Promise.resolve([server]), report: () => {} };
		const there = new Route(servers, () => poolOf(options.key, server, { ...options, encryption }));
		return new Calls({ ...options, route: there });
	};
	const { clock = systemClock, signal, redact } = options;
	const referrals = () => new Referrals(options.encryption, options.followTo ?? nowhere, callsTo);
	const ask = async (what: Ask) => await askFollowing(calls, referrals(), what);
	const rootDse = new Kept(async () => await readRootDse(calls));
	const schema = new Kept(async () => await readSchema(client, options.key));

	const client: LdapClient = {
		clock,
		signal,
		redact,
		encrypted: options.encrypted,
		contact: async () =>
			await calls.through('Bind', true, async (of) => {
				const { connection, release } = await route.lease(false, of);
				release();
				return connection.contact;
			}),
		baseDn: async () => {
			if (options.baseDn) return options.baseDn;
			return baseOf(await client.rootDse());
		},
		search: async function* (wanted) {
			const pageSize = await pageSizeOf(wanted, client);
			const search = { ...(await portable(client, wanted)), pageSize };
			return yield* searchFollowing(calls, referrals(), search);
		},
		add: async (dn, attributes, { controls } = {}) => {
			await ask({
				...{ doing: 'Add', dn, controls, repeatable: true, stays: true },
				operation: (of) => addRequest(of, attributes),
				isDone: async (code, witness, of) =>
					code === Code.entryAlreadyExists && (await witness.hasAdded(of, attributes)),
			});
		},
		modify: async (dn, changes, { controls } = {}) => {
			await ask({
				...{ doing: 'Modify', dn, controls },
				operation: (of) => modifyRequest(of, changes),
				repeatable: changes.every((change) => change.operation !== 'increment'),
				// Servers have many codes for "it is so already" (Active Directory: 68 and 53 as well).
				isDone: async (_code, witness, of) => await witness.hasChanged(of, changes),
			});
		},
		delete: async (dn, { controls } = {}) => {
			await ask({
				...{ doing: 'Delete', dn, controls, repeatable: true },
				operation: deleteRequest,
				isDone: async (code) => await Promise.resolve(code === Code.noSuchObject),
			});
		},
		modifyDn: async (dn, rename, { controls } = {}) => {
			await ask({
				...{ doing: 'ModifyDN', dn, controls, repeatable: true, stays: true },
				operation: (of) => modifyDnRequest(of, rename),
				isDone: async (code, witness, of) =>
					code === Code.noSuchObject && (await witness.hasMoved(of, rename)),
			});
		},
		compare: async (dn, attribute, value) => {
			const operation = (of: string) => compareRequest(of, attribute, value);
			const accept = new Set<number>([Code.compareFalse, Code.compareTrue]);
			const result = await ask({ doing: 'Compare', dn, operation, repeatable: true, accept });
			return result.code === Code.compareTrue;
		},
		extended: async (oid, value, repeatable = false) => {
			const operation = () => extendedRequest(oid, value);
			const result = await ask({ doing: `Extended ${oid}`, operation, repeatable });
			return { oid: result.oid, value: result.value };
		},
		listen: async function* (wanted, of) {
			return yield* listen(calls, await portable(client, wanted), of);
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
	try {
		return (await client.rootDse()).supportedControl.has(PAGED_RESULTS) ? PAGE_SIZE : 0;
	} catch (error) {
		// Some servers show their root DSE to nobody.
		if (toFailure(error).phase === 'rejected') return 0;
		throw error;
	}
}

async function readRootDse(calls: Calls): Promise<RootDse> {
	try {
		return parseRootDse((await readEntry(calls, '', ROOT_ATTRIBUTES))?.attributes ?? []);
	} catch (error) {
		const refusal = toFailure(error);
		if (isHidden(refusal)) return { ...parseRootDse([]), refusal };
		throw error;
	}
}

const nowhere = () => false;

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
