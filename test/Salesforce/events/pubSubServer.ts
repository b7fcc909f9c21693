import * as grpc from '@grpc/grpc-js';
import * as protoLoader from '@grpc/proto-loader';
import avsc from 'avsc';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { sharedData } from '../../needs';

export const OFFICIAL_PROTO = path.join(sharedData, 'salesforce', 'pubsub_api.proto');

interface FetchRequest {
	topicName: string;
	replayPreset: 'LATEST' | 'EARLIEST' | 'CUSTOM';
	replayId: Buffer;
	numRequested: number;
}

interface Stored {
	id: string;
	schemaId: string;
	payload: Buffer;
	replayId: Buffer;
}

type Stream = grpc.ServerDuplexStream<FetchRequest, object>;

interface Listener {
	stream: Stream;
	pending: number;
	next: number;
}

const MOST = 100;

/** The Pub/Sub API on gRPC's own server and the official definition: a third party to our client. */
export class PubSubServer {
	readonly events: Stored[] = [];
	readonly fetches: FetchRequest[] = [];
	readonly listeners = new Set<Listener>();
	/** metadata of the calls */
	readonly metadata: Array<Record<string, unknown>> = [];
	token = 'token-1';
	schemasAsked = 0;
	/** tells about topics, and refuses to send anything */
	refusesSubscribers = false;
	/** of replay ids: 10 at Salesforce */
	idLength = 8;
	/** so many events have been sent to somebody */
	sent = 0;
	port = 0;
	/** the position of the oldest event that is kept */
	private oldest = 0;
	private readonly schemas = new Map<string, { json: string; type: avsc.Type }>();
	private server = new grpc.Server();
	private readonly topic: string;

	constructor(topic: string) {
		this.topic = topic;
	}

	get origin(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	async start(): Promise<void> {
		const definition = protoLoader.loadSync(OFFICIAL_PROTO, {
			longs: String,
			enums: String,
			defaults: true,
		});
		const pkg = grpc.loadPackageDefinition(definition) as unknown as {
			eventbus: { v1: { PubSub: { service: grpc.ServiceDefinition } } };
		};
		this.server = new grpc.Server();
		this.server.addService(pkg.eventbus.v1.PubSub.service, {
			Subscribe: (stream: Stream) => this.subscribe(stream),
			GetTopic: (
				call: grpc.ServerUnaryCall<{ topicName: string }, object>,
				done: grpc.sendUnaryData<object>,
			) => {
				const refusal = this.refusal(call.metadata);
				if (refusal) return done(refusal);
				const { topicName } = call.request;
				if (topicName !== this.topic) return done(notFound(topicName));
				done(null, { topicName, canSubscribe: true, canPublish: true, schemaId: 'x', rpcId: 'r' });
			},
			GetSchema: (
				call: grpc.ServerUnaryCall<{ schemaId: string }, object>,
				done: grpc.sendUnaryData<object>,
			) => {
				this.schemasAsked++;
				const { schemaId } = call.request;
				if (!this.schemas.has(schemaId)) return done(notFound(schemaId));
				done(null, { schemaJson: this.schemas.get(schemaId)?.json, schemaId, rpcId: 'r' });
			},
		});
		this.port = await new Promise((resolve, reject) => {
			const credentials = grpc.ServerCredentials.createInsecure();
			this.server.bindAsync(`127.0.0.1:${this.port}`, credentials, (error, port) =>
				error ? reject(error) : resolve(port),
			);
		});
	}

	/** Everything that is open breaks. */
	async stop(): Promise<void> {
		this.server.forceShutdown();
		this.listeners.clear();
		await new Promise((resolve) => setImmediate(resolve));
	}

	schema(id: string, json: object): void {
		const type = avsc.Type.forSchema(json as avsc.Schema, { wrapUnions: 'auto' } as object);
		this.schemas.set(id, { json: JSON.stringify(json), type });
	}

	publish(schemaId: string, payload: object, id: string = randomUUID()): void {
		const type = this.schemas.get(schemaId)?.type;
		if (!type) throw new Error(`No schema ${schemaId}`);
		this.add(schemaId, type.toBuffer(payload), id);
	}

	add(schemaId: string, payload: Buffer, id: string): void {
		const replayId = Buffer.alloc(this.idLength);
		// Not contiguous, as Salesforce says.
		replayId.writeBigUInt64BE(BigInt(1_000 + this.events.length * 7));
		this.events.push({ id, schemaId, payload, replayId });
		for (const listener of this.listeners) this.serve(listener);
	}

	/** Events before this number are no longer kept. */
	forgetBefore(number: number): void {
		this.oldest = number;
	}

	keepAlive(): void {
		const latest = this.events.at(-1)?.replayId ?? Buffer.alloc(8);
		for (const { stream, pending } of this.listeners)
			stream.write({ events: [], latestReplayId: latest, pendingNumRequested: pending });
	}

	/** Ends all subscriptions with a status. */
	fail(error: Partial<grpc.StatusObject> & { errorCode?: string }): void {
		for (const { stream } of this.listeners) this.end(stream, error);
		this.listeners.clear();
	}

	/** Closes those who have got all that they asked for. */
	closeIdle(): void {
		for (const listener of this.listeners) {
			if (listener.pending > 0) continue;
			this.listeners.delete(listener);
			listener.stream.end();
		}
	}

	private end(
		stream: Stream,
		{ code, details, errorCode }: Partial<grpc.StatusObject> & { errorCode?: string },
	): void {
		const metadata = new grpc.Metadata();
		if (errorCode) metadata.set('error-code', errorCode);
		stream.emit('error', { code, details, metadata });
	}

	private refusal(metadata: grpc.Metadata) {
		this.metadata.push(metadata.getMap());
		if (metadata.get('accesstoken')[0] === this.token) return undefined;
		const trailers = new grpc.Metadata();
		trailers.set('error-code', 'sfdc.platform.eventbus.grpc.service.auth.error');
		return {
			code: grpc.status.UNAUTHENTICATED,
			details: 'An authentication exception occurred. rpcId: 1',
			metadata: trailers,
		};
	}

	private subscribe(stream: Stream): void {
		const refusal = this.refusal(stream.metadata);
		const metadata = new grpc.Metadata();
		const refused = { code: grpc.status.UNAUTHENTICATED, details: 'No', metadata };
		if (refusal ?? this.refusesSubscribers)
			return this.end(stream, { ...refused, ...refusal, errorCode: 'x.auth.error' });
		let listener: Listener | undefined;
		stream.on('data', (request: FetchRequest) => {
			this.fetches.push(request);
			if (!listener) {
				const next = this.startOf(request);
				if (next === undefined)
					return this.end(stream, {
						code: grpc.status.INVALID_ARGUMENT,
						details:
							'The Replay ID validation failed. Ensure that the Replay ID is valid. rpcId: 2',
						errorCode: 'sfdc.platform.eventbus.grpc.subscription.fetch.replayid.corrupted',
					});
				listener = { stream, pending: 0, next };
				this.listeners.add(listener);
			}
			listener.pending = Math.min(listener.pending + request.numRequested, MOST);
			this.serve(listener);
		});
		const gone = () => listener && this.listeners.delete(listener);
		stream.on('end', () => {
			gone();
			stream.end();
		});
		stream.on('cancelled', gone);
		stream.on('error', gone);
	}

	private startOf({ replayPreset, replayId }: FetchRequest): number | undefined {
		if (replayPreset === 'LATEST') return this.events.length;
		if (replayPreset === 'EARLIEST') return this.oldest;
		const at = this.events.findIndex((event) => event.replayId.equals(replayId));
		return at < this.oldest ? undefined : at + 1;
	}

	private serve(listener: Listener): void {
		const events = this.events.slice(listener.next, listener.next + listener.pending);
		if (events.length === 0) return;
		listener.next += events.length;
		listener.pending -= events.length;
		this.sent += events.length;
		listener.stream.write({
			events: events.map(({ replayId, ...event }) => ({ event, replayId })),
			latestReplayId: events.at(-1)?.replayId,
			pendingNumRequested: listener.pending,
		});
	}
}

const notFound = (topic: string) => {
	const metadata = new grpc.Metadata();
	metadata.set('error-code', 'sfdc.platform.eventbus.grpc.topic.notfound');
	return { code: grpc.status.NOT_FOUND, details: `Topic ${topic} not found`, metadata };
};
