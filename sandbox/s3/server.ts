import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Account } from './authentication.ts';
import { Events, type EventTarget } from './events.ts';
import { Exchange } from './exchange.ts';
import { FaultPlan, type FaultControls } from './faults.ts';
import type { Service } from './pipeline.ts';
import { Store, type Bucket, type Effect, type MultipartUpload } from './store.ts';

export type { Account } from './authentication.ts';
export type { EventTarget, S3Event } from './events.ts';
export type { ActiveFault, Fault, FaultControls } from './faults.ts';
export type { Bucket, Effect, MultipartUpload, StoredObject, StoredPart } from './store.ts';

export interface S3SandboxOptions {
	/** Who may sign requests; one account with the keys in `defaultAccount` when absent. */
	accounts?: Account[];
	/** Region of the service, us-east-1 by default. */
	region?: string;
	/** The server's clock in milliseconds. */
	now?: () => number;
	/** 0 (the default) takes a free port. */
	port?: number;
	/** Smallest part but the last, in bytes; 5 MiB as in S3 by default. */
	minPartSize?: number;
	/** An upload is unknown once it is completed, as with MinIO. Amazon answers the same again. */
	forgetsUploads?: boolean;
	/** How long it takes to bring an archived object back; a second by default. */
	restoreMs?: number;
	/** Where notifications go, by the ARN that buckets name. Without any all ARNs are taken. */
	eventTargets?: Record<string, EventTarget>;
}

/** A request as it arrived, and what came of it. */
export interface RecordedRequest {
	/** Milliseconds, by the server's clock. */
	at: number;
	method: string;
	/** The request target byte for byte. */
	target: string;
	/** Lower-case names. */
	headers: Record<string, string>;
	query: Record<string, string>;
	bucket?: string;
	key?: string;
	/** Amazon's name of the operation, when the server knows it. */
	operation?: string;
	/** Kind of the fault that hit it. */
	fault?: string;
	/** Status of the answer; absent while there is none. */
	status?: number;
	/** Error code of the answer. */
	code?: string;
}

export interface S3Sandbox {
	port: number;
	/** "http://127.0.0.1:PORT" */
	endpoint: string;
	region: string;
	accounts: readonly Account[];
	/** All requests in the order of arrival; may be emptied (`requests.length = 0`). */
	requests: RecordedRequest[];
	/** What is stored. */
	buckets: ReadonlyMap<string, Bucket>;
	/** By "bucket/key": committed writes (put, copy, complete) and objects removed. */
	effects: ReadonlyMap<string, Effect>;
	/** Keys ("bucket/key") whose deletion is answered with AccessDenied. */
	denyDelete: Set<string>;
	/** Buckets whose parts are checked and counted, but not kept: for files that memory does not hold. */
	forgetful: Set<string>;
	faults: FaultControls;
	/** What happens to objects, for this process and for webhooks. */
	events: Events;
	/** Multipart uploads that are neither completed nor aborted. */
	openUploads(): MultipartUpload[];
	/** The bytes of an object. */
	read(bucket: string, key: string): Buffer | undefined;
	/** Client connections that are open now. */
	openConnections(): number;
	/** Closes all connections and frees the port. */
	close(): Promise<void>;
}

export const defaultAccount: Account = {
	accessKeyId: 'AKIASANDBOXSANDBOX00',
	secretAccessKey: 'sandbox/secret+with=odd/characters000000',
};

/** Starts an S3 server on 127.0.0.1 that keeps everything in memory. */
export async function startS3Sandbox(options: S3SandboxOptions = {}): Promise<S3Sandbox> {
	const store = new Store();
	const faults = new FaultPlan();
	const events = new Events(options.eventTargets ?? {});
	const denyDelete = new Set<string>();
	const forgetful = new Set<string>();
	const requests: RecordedRequest[] = [];
	const sockets = new Set<Socket>();
	const running = new WeakMap<Socket, Exchange>();
	const service: Service = {
		accounts: options.accounts ?? [defaultAccount],
		region: options.region ?? 'us-east-1',
		now: options.now ?? Date.now,
		minPartSize: options.minPartSize ?? 5 * 1024 * 1024,
		forgetsUploads: options.forgetsUploads ?? false,
		restoreMs: options.restoreMs ?? 1000,
		events,
		store,
		denyDelete,
		forgetful,
	};
	const serve = (continues: boolean) => (message: IncomingMessage, response: ServerResponse) => {
		const exchange = new Exchange(service, faults, message, response, continues);
		requests.push(exchange.record);
		running.set(message.socket, exchange);
		void exchange.run();
	};
	// No time limits: how long things take is what tests decide.
	const server = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60_000 });
	server.on('request', serve(false)).on('checkContinue', serve(true));
	// S3 does not care for other expectations; Node would refuse them.
	server.on('checkExpectation', serve(false));
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
		const exchange = running.get(socket);
		// The client closed its side in the middle of a body but may still read the answer.
		if (error.code === 'HPE_INVALID_EOF_STATE' && exchange?.endBodyEarly()) return;
		socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
	});
	const address = server.address();
	const port = typeof address === 'object' && address ? address.port : 0;
	return {
		port,
		endpoint: `http://127.0.0.1:${port}`,
		region: service.region,
		accounts: service.accounts,
		requests,
		buckets: store.buckets,
		effects: store.effects,
		denyDelete,
		forgetful,
		faults,
		events,
		openUploads: () => store.openUploads(),
		read(bucket, key) {
			const object = store.buckets.get(bucket)?.objects.get(key);
			return object && Buffer.concat(object.chunks);
		},
		openConnections: () => sockets.size,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
}
