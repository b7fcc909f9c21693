import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { makeCertificates } from './certificate.ts';
import { Connection } from './connection.ts';
import type { Service } from './context.ts';
import { Oid } from './controls.ts';
import { Directory, type Effect } from './directory.ts';
import { parseDn } from './dn.ts';
import { FaultPlan, type FaultControls } from './faults.ts';
import { add } from './operations/add.ts';
import { activeDirectory } from './personalities/activeDirectory/personality.ts';
import { openLdap } from './personalities/openLdap/personality.ts';
import type { RecordedRequest } from './record.ts';
import { ResultCode } from './refusal.ts';

export type { Effect } from './directory.ts';
export type { ActiveFault, Fault, FaultControls } from './faults.ts';
export type { RecordedRequest } from './record.ts';

/** Values of an entry as tests write them down. */
export type Values = Record<string, string | Buffer | ReadonlyArray<string | Buffer>>;

export interface LdapSandboxOptions {
	/** OpenLDAP by default. */
	personality?: 'openLdap' | 'activeDirectory';
	/** Name of the root entry: dc=example,dc=org, or DC=corp,DC=example of Active Directory. */
	base?: string;
	/** Who may do everything; in Active Directory the DN is always that of Administrator. */
	admin?: { dn: string; password: string };
	/** Whether who is not bound may read; true by default, as in OpenLDAP. */
	anonymousReads?: boolean;
	/** Whether all but the root DSE is refused over a connection that is not encrypted. */
	requiresEncryption?: boolean;
	/** Active Directory: most entries of a page, 1000 by default, and most values of an attribute, 1500. */
	maxPageSize?: number;
	maxValRange?: number;
	/** Active Directory: failed attempts until an account is locked, 5 by default. */
	lockoutThreshold?: number;
	/** Active Directory: days until a password must be changed, 42 by default; 0: never. */
	maxPasswordAge?: number;
	/** How clients are told of changes: OpenLDAP has "sync", Active Directory the last two. */
	push?: ReadonlyArray<'sync' | 'persistentSearch' | 'notification' | 'dirSync'>;
	/** Changes that content synchronization remembers, 1000 by default. */
	sessionLog?: number;
	/** Entries to begin with, parents first. */
	entries?: ReadonlyArray<{ dn: string; attributes: Values }>;
	/** What the certificate calls the server: DNS:localhost and IP:127.0.0.1 by default. */
	names?: readonly string[];
	/** The server's clock. */
	now?: () => Date;
	/** Port without and with TLS from the start; 0 (the default) takes a free one. */
	port?: number;
	tlsPort?: number;
}

export interface LdapSandbox {
	/** "ldap://127.0.0.1:PORT" */
	url: string;
	/** "ldaps://127.0.0.1:PORT" */
	tlsUrl: string;
	port: number;
	tlsPort: number;
	/** PEM of the authority that signed the server's certificate */
	ca: string;
	base: string;
	admin: { dn: string; password: string };
	/** All requests in the order of arrival; may be emptied (`requests.length = 0`). */
	requests: RecordedRequest[];
	faults: FaultControls;
	/** Adds an entry as the administrator, unseen by `requests`, `faults` and `effects`. */
	add(dn: string, attributes: Values): void;
	/** The attributes of an entry by their names, as text; undefined when it is not there. */
	read(dn: string): Record<string, string[]> | undefined;
	/** The names of all entries. */
	names(): string[];
	/** What was done to the entry of this name. */
	effectsOf(dn: string): Effect;
	/** How many changes were made in all. */
	changes(): number;
	/** From now on what is at or below the name is answered with a referral to these servers. */
	refer(dn: string, urls: string[]): void;
	/** Client connections that are open now. */
	openConnections(): number;
	/** Resets all connections. */
	killConnections(): void;
	/** Ends all connections with a notice of disconnection. */
	disconnect(): void;
	/** As if the machine were off: resets all connections and takes no new ones until `up`. */
	down(): Promise<void>;
	up(): Promise<void>;
	/** Closes all connections and frees the ports. */
	stop(): Promise<void>;
}

/** Starts an LDAP server on 127.0.0.1 that keeps everything in memory. */
export async function startLdapSandbox(options: LdapSandboxOptions = {}): Promise<LdapSandbox> {
	const { now = () => new Date(), sessionLog = 1000, requiresEncryption = false } = options;
	const { personality, admin } = settle(options, now);
	const { base } = personality;
	const { schema } = personality;
	const directory = new Directory(personality);
	const service: Service = {
		directory,
		personality,
		now,
		referrals: new Map(),
		sessionLog,
		requiresEncryption,
	};
	const faults = new FaultPlan();
	const requests: RecordedRequest[] = [];
	const connections = new Set<Connection>();
	const { ca, cert, key } = makeCertificates(options.names ?? ['DNS:localhost', 'IP:127.0.0.1']);
	const secureContext = createSecureContext({ cert, key });

	personality.plant(directory, now());
	const addEntry = (dn: string, attributes: Values) => {
		const known = new Map(directory.effects);
		addAsAdmin(dn, attributes, service, admin);
		directory.effects.clear();
		for (const [name, effect] of known) directory.effects.set(name, effect);
	};
	for (const { dn, attributes } of options.entries ?? []) addEntry(dn, attributes);
	directory.effects.clear();

	let count = 0;
	const accept = (encrypted: boolean) => (socket: Socket) => {
		const own = encrypted ? new TLSSocket(socket, { isServer: true, secureContext }) : socket;
		const connection = new Connection(own, {
			id: ++count,
			service,
			faults,
			secureContext,
			encrypted,
			wire: socket,
			log: (record) => requests.push(record),
		});
		connections.add(connection);
		socket.once('close', () => connections.delete(connection));
		socket.on('error', () => socket.destroy());
	};
	const plain = createServer(accept(false));
	const tls = createServer(accept(true));
	const port = await listen(plain, options.port ?? 0);
	const tlsPort = await listen(tls, options.tlsPort ?? 0);
	const killConnections = () => {
		for (const connection of connections) connection.reset();
	};
	const down = async () => {
		const closed = [plain, tls].map(close);
		killConnections();
		await Promise.all(closed);
	};
	return {
		url: `ldap://127.0.0.1:${port}`,
		tlsUrl: `ldaps://127.0.0.1:${tlsPort}`,
		port,
		tlsPort,
		ca,
		base,
		admin,
		requests,
		faults,
		add: addEntry,
		read(dn) {
			const entry = directory.get(parseDn(dn, schema).key);
			return (
				entry &&
				Object.fromEntries(
					[...entry].map(({ description, values }) => [description, values.map(String)]),
				)
			);
		},
		names: () => [...directory.all()].map((entry) => entry.dn.text),
		effectsOf: (dn) =>
			directory.effects.get(parseDn(dn, schema).key) ?? {
				adds: 0,
				modifies: 0,
				deletes: 0,
				renames: 0,
			},
		changes: () => directory.sequence,
		refer(dn, urls) {
			service.referrals.set(parseDn(dn, schema).key, { dn, urls });
		},
		openConnections: () => connections.size,
		killConnections,
		disconnect() {
			for (const connection of connections) {
				connection.notice(ResultCode.unavailable, 'The server is shutting down');
			}
		},
		down,
		async up() {
			await listen(plain, port);
			await listen(tls, tlsPort);
		},
		stop: down,
	};
}

const pushControls = {
	sync: Oid.syncRequest,
	persistentSearch: Oid.persistentSearch,
	notification: Oid.notification,
	dirSync: Oid.dirSync,
} as const;

function settle(options: LdapSandboxOptions, now: () => Date) {
	if (options.personality !== 'activeDirectory') {
		const { base = 'dc=example,dc=org', anonymousReads = true } = options;
		const admin = options.admin ?? { dn: `cn=admin,${base}`, password: 'secret' };
		const push = (options.push ?? ['sync']).map((way) => pushControls[way]);
		return { admin, personality: openLdap({ base, admin, anonymousReads, push }) };
	}
	const base = options.base ?? 'DC=corp,DC=example';
	const parts = [...base.matchAll(/dc=([^,]+)/gi)].map(([, part = '']) => part);
	const administratorPassword = options.admin?.password ?? 'Passw0rd!23';
	return {
		admin: { dn: `CN=Administrator,CN=Users,${base}`, password: administratorPassword },
		personality: activeDirectory({
			domain: {
				base,
				dnsName: parts.join('.'),
				netBiosName: (parts[0] ?? '').toUpperCase(),
				sid: 'S-1-5-21-3623811015-3361044348-30300820',
				lockoutThreshold: options.lockoutThreshold ?? 5,
				maxPasswordAge: options.maxPasswordAge ?? 42,
			},
			administratorPassword,
			push: (options.push ?? ['notification', 'dirSync']).map((way) => pushControls[way]),
			maxPageSize: options.maxPageSize ?? 1000,
			maxValues: options.maxValRange ?? 1500,
			now,
		}),
	};
}

function addAsAdmin(
	dn: string,
	attributes: Values,
	service: Service,
	admin: LdapSandbox['admin'],
): void {
	const list = Object.entries(attributes).map(([type, values]) => ({
		type,
		values: [values].flat().map((value) => Buffer.from(value)),
	}));
	const actor = { dn: admin.dn, key: '', role: 'admin', authzId: '' } as const;
	const never = new AbortController().signal;
	const session = { actor, encrypted: true };
	const send = async () => await Promise.resolve();
	add(
		{ type: 'add', dn, attributes: list },
		{ service, session, controls: [], signal: never, send },
	);
}

async function listen(server: Server, port: number): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(port, '127.0.0.1', resolve);
	});
	return (server.address() as AddressInfo).port;
}

const close = (server: Server) =>
	new Promise<void>((resolve) => {
		if (!server.listening) resolve();
		else server.close(() => resolve());
	});
