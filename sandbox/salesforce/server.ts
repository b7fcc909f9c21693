import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Jobs } from './bulk/jobs.ts';
import { bulkRoutes } from './bulk/routes.ts';
import type { BulkSettings } from './bulk/settings.ts';
import { OpenTransactions } from './changes/openTransactions.ts';
import { replicationRoutes, type ReplicationSettings } from './changes/replication.ts';
import { OrgClock } from './clock.ts';
import { Events } from './events/events.ts';
import { Exchange, type Service } from './exchange.ts';
import { FaultPlan, type FaultControls } from './faults.ts';
import { appKeys, Apps } from './oauth/apps.ts';
import { integrationName, Org } from './org.ts';
import { allRoutes } from './routes.ts';
import { Router } from './router.ts';
import { usualSettings, type OrgSettings } from './settings.ts';
import type { Store } from './store/store.ts';

export type { ActiveFault, Fault, FaultControls } from './faults.ts';
export type { OrgSettings } from './settings.ts';

export interface SalesforceSandboxOptions extends Partial<OrgSettings> {
	/** 0 (the default) takes a free port. */
	port?: number;
	/** Port of the Pub/Sub API; 0 (the default) takes a free one. */
	pubSubPort?: number;
	/** Added to the clock of this machine, in milliseconds. */
	clockOffsetMs?: number;
	/** The clock of this machine in milliseconds. */
	now?: () => number;
}

/** A request as it arrived, and what came of it. */
export interface RecordedRequest {
	/** Milliseconds, by the clock of the org. */
	at: number;
	method: string;
	/** With the query, byte for byte. */
	path: string;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** At most its first megabyte. */
	body: string;
	/** "http://127.0.0.1:PORT" it was sent to. */
	origin: string;
	/** Kind of the fault that hit it. */
	fault?: string;
	/** Status of the answer; absent while there is none. */
	status?: number;
}

export interface SalesforceSandbox {
	/** My Domain of the org: "http://127.0.0.1:PORT" */
	url: string;
	/** Stands for login.salesforce.com; it has no data. */
	loginUrl: string;
	/** Where the org is now; another one after `migrate`. */
	readonly instanceUrl: string;
	organizationId: string;
	/** Of the only connected app, which knows all grants. */
	clientId: string;
	clientSecret: string;
	/** PEM (PKCS #8) of the key whose certificate the app has. */
	privateKey: string;
	/** The user that client credentials and JWTs sign in. */
	username: string;
	/** A new token of that user. */
	accessToken(): string;
	/** Ends all sessions: tokens are answered with 401 from now on. */
	expireTokens(): void;
	/** The clock of the org. */
	clock: OrgClock;
	store: Store;
	org: Org;
	/** Of the Pub/Sub API, without TLS: "127.0.0.1:PORT" */
	pubSubEndpoint: string;
	/** What the org tells by events; its settings and faults. */
	events: Events;
	/** Delays and faults of jobs. */
	bulk: BulkSettings;
	/** Transactions that are under way hold back what getUpdated covers. */
	transactions: OpenTransactions;
	replication: ReplicationSettings;
	/** For more routes. */
	router: Router;
	faults: FaultControls;
	/** Added to every answer, in milliseconds. */
	latencyMs: number;
	/** All requests in the order of arrival; may be emptied (`requests.length = 0`). */
	requests: RecordedRequest[];
	/**
	 * Moves the org to another instance. The old one answers 401 INVALID_SESSION_ID or redirects;
	 * signing in and refreshing, which go on as before, tell the new address.
	 */
	migrate(oldHost?: 'refuses' | 'redirects'): Promise<void>;
	/** Client connections that are open now. */
	openConnections(): number;
	close(): Promise<void>;
}

const clientId =
	'3MVG9sandboxSandboxSandbox.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTU';
const clientSecret = 'F00DSANDBOX0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456';

/** Starts an org on 127.0.0.1 that keeps everything in memory. */
export async function startSalesforceSandbox(
	options: SalesforceSandboxOptions = {},
): Promise<SalesforceSandbox> {
	const { port = 0, pubSubPort = 0, clockOffsetMs = 0, now, ...given } = options;
	const clock = new OrgClock(now);
	clock.offsetMs = clockOffsetMs;
	const apps = new Apps();
	const org = new Org({ ...usualSettings, ...given }, clock, apps);
	const { publicKey, privateKey } = await appKeys();
	const username = integrationName;
	const approved = new Set([username]);
	apps.add({ clientId, clientSecret, publicKey, runAs: username, approved });
	const router = new Router();
	const jobs = new Jobs(org);
	const events = new Events(org);
	const transactions = new OpenTransactions(org.store);
	const replication = { mostIds: 600_000 };
	router.add(bulkRoutes(jobs));
	router.add(replicationRoutes(transactions, replication));
	router.add(events.bayeux.routes);
	router.add(allRoutes);
	const faults = new FaultPlan();
	const requests: RecordedRequest[] = [];
	const service: Service = { org, router, faults, latencyMs: 0, oldHost: 'refuses' };
	const servers: Server[] = [];
	const sockets = new Set<Socket>();

	const open = async (at: number): Promise<string> => {
		// No time limits: how long things take is what tests decide.
		const server = createServer({
			requestTimeout: 0,
			headersTimeout: 0,
			keepAliveTimeout: 60_000,
			maxHeaderSize: 16_384,
		});
		server.on('request', (message: IncomingMessage, response: ServerResponse) => {
			const exchange = new Exchange(service, message, response);
			requests.push(exchange.record);
			void exchange.run();
		});
		server.on('connection', (socket: Socket) => {
			sockets.add(socket);
			socket.once('close', () => sockets.delete(socket));
		});
		server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
			const status =
				error.code === 'HPE_HEADER_OVERFLOW'
					? '431 Request Header Fields Too Large'
					: '400 Bad Request';
			if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
		});
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject).listen(at, '127.0.0.1', resolve);
		});
		servers.push(server);
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	};

	org.domainUrl = await open(port);
	org.instanceUrl = org.domainUrl;
	org.loginUrl = await open(0);
	await events.pubSub.listen(pubSubPort);
	return {
		url: org.domainUrl,
		loginUrl: org.loginUrl,
		get instanceUrl() {
			return org.instanceUrl;
		},
		organizationId: org.id,
		clientId,
		clientSecret,
		privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		username,
		accessToken() {
			const userId = org.userNamed(username)?.id ?? '';
			return org.sessions.begin(org.id, { userId, clientId, scope: 'api refresh_token' }).token;
		},
		expireTokens: () => org.sessions.endAll(),
		clock,
		store: org.store,
		org,
		pubSubEndpoint: events.pubSub.address,
		events,
		bulk: jobs.settings,
		transactions,
		replication,
		router,
		faults,
		get latencyMs() {
			return service.latencyMs;
		},
		set latencyMs(ms) {
			service.latencyMs = ms;
		},
		requests,
		async migrate(oldHost = 'refuses') {
			service.oldHost = oldHost;
			org.instanceUrl = await open(0);
		},
		openConnections: () => sockets.size,
		async close() {
			const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
			for (const socket of sockets) socket.destroy();
			events.close();
			await Promise.all(closed);
		},
	};
}
