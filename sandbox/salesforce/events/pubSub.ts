import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
	Server,
	ServerCredentials,
	status,
	type handleUnaryCall,
	type Metadata,
} from '@grpc/grpc-js';
import { normalId } from '../ids.ts';
import { allChanges, type EventBus } from './bus.ts';
import { pubSubService } from './descriptor.ts';
import { ManagedSubscriptions } from './managedSubscriptions.ts';
import type { Publisher } from './publisher.ts';
import type { PubSubFaults } from './pubSubFaults.ts';
import { notAuthenticated, PubSubError } from './pubSubErrors.ts';
import type {
	FetchRequest,
	ManagedFetchRequest,
	PublishRequest,
	PublishResponse,
} from './pubSubMessages.ts';
import { serveStream, toStatus, type OpenStream, type Stream } from './stream.ts';
import { Subscription, type SubscriptionContext } from './subscription.ts';
import type { Topic, Topics } from './topics.ts';

export interface PubSubContext {
	bus: EventBus;
	topics: Topics;
	publisher: Publisher;
	organizationId: string;
	/** Whose token it is; undefined for one that is not valid (any more). */
	userOf(accessToken: string): string | undefined;
	faults: PubSubFaults;
	keepaliveMs(): number;
}

/** Salesforce's Pub/Sub API, without TLS, on 127.0.0.1. */
export class PubSubServer {
	/** "127.0.0.1:PORT" */
	address = '';
	readonly managed = new ManagedSubscriptions();
	private server = new Server();
	private readonly streams = new Set<OpenStream>();
	private readonly context: PubSubContext;

	constructor(context: PubSubContext) {
		this.context = context;
	}

	async listen(port: number): Promise<void> {
		this.server.addService(pubSubService(), {
			GetTopic: this.unary('GetTopic', ({ topic_name }: { topic_name: string }) =>
				this.topicInfo(topic_name),
			),
			GetSchema: this.unary('GetSchema', ({ schema_id }: { schema_id: string }) =>
				this.schemaInfo(schema_id),
			),
			Publish: this.unary('Publish', (request: PublishRequest, user) =>
				this.publish(request.topic_name, request, user),
			),
			PublishStream: (stream: Stream<PublishRequest>) => this.publishStream(stream),
			Subscribe: (stream: Stream<FetchRequest>) => this.subscribe(stream),
			ManagedSubscribe: (stream: Stream<ManagedFetchRequest>) => this.managedSubscribe(stream),
		});
		const bound = await new Promise<number>((resolve, reject) => {
			this.server.bindAsync(
				`127.0.0.1:${port}`,
				ServerCredentials.createInsecure(),
				(error, found) => (error ? reject(error) : resolve(found)),
			);
		});
		this.address = `127.0.0.1:${bound}`;
	}

	/** Ends all streams with UNAVAILABLE, as Salesforce does now and then; connections stay open. */
	dropStreams(): void {
		for (const { fail } of [...this.streams]) {
			fail(new PubSubError(status.UNAVAILABLE, 'RST_STREAM closed stream.'));
		}
	}

	/** Cuts all connections, and takes new ones at the same port after so many milliseconds. */
	async restart(downMs = 0): Promise<void> {
		const port = Number(this.address.split(':')[1]);
		this.close();
		await delay(downMs);
		this.server = new Server();
		await this.listen(port);
	}

	/** How many streams are open. */
	get openStreams(): number {
		return this.streams.size;
	}

	close(): void {
		this.server.forceShutdown();
	}

	private unary<In, Out>(method: string, act: (request: In, user: string) => Out) {
		const handle: handleUnaryCall<In, Out> = ({ metadata, request }, answer) => {
			try {
				this.context.faults.check(method, 0);
				answer(null, act(request, this.userOf(metadata)));
			} catch (error) {
				answer(toStatus(error));
			}
		};
		return handle;
	}

	/** @throws PubSubError UNAUTHENTICATED */
	private userOf(metadata: Metadata): string {
		const [token, instance, tenant] = ['accesstoken', 'instanceurl', 'tenantid'].map((name) =>
			String(metadata.get(name)[0] ?? ''),
		);
		const { organizationId } = this.context;
		const own =
			normalId(tenant ?? '') === organizationId && /^https?:\/\/\S+$/.test(instance ?? '');
		const user = own ? this.context.userOf(token ?? '') : undefined;
		if (user === undefined) throw notAuthenticated();
		return user;
	}

	/** @throws PubSubError, with the status that Salesforce gives an unknown topic */
	private topic(name: string): Topic {
		const topic = this.context.topics.find(name);
		if (!topic) {
			throw new PubSubError(
				status.PERMISSION_DENIED,
				`The topic ${name} does not exist, or you do not have access to it.`,
			);
		}
		return topic;
	}

	private topicInfo(name: string) {
		const base = { topic_name: name, tenant_guid: '', can_subscribe: true, rpc_id: randomUUID() };
		if (name === allChanges) return { ...base, can_publish: false, schema_id: '' };
		const topic = this.topic(name);
		const schema_id = this.context.topics.schemaOf(topic).id;
		return { ...base, can_publish: topic.kind === 'platform', schema_id };
	}

	private schemaInfo(id: string) {
		const schema = this.context.topics.schemaById(id);
		if (!schema) throw new PubSubError(status.NOT_FOUND, `There is no schema ${id}.`);
		return { schema_json: schema.json, schema_id: id, rpc_id: randomUUID() };
	}

	private publish(name: string, { events }: PublishRequest, user: string): PublishResponse {
		const topic = this.topic(name);
		if (topic.kind === 'change') {
			throw new PubSubError(status.PERMISSION_DENIED, `You cannot publish to ${name}.`);
		}
		const results = events.map((event) => this.context.publisher.take(topic, event, user));
		const { id } = this.context.topics.schemaOf(topic);
		return { results, schema_id: id, rpc_id: randomUUID() };
	}

	private publishStream(stream: Stream<PublishRequest>): void {
		let topic = '';
		this.serve(stream, 'PublishStream', ({ check }) => (request) => {
			check();
			topic ||= request.topic_name;
			if (request.topic_name && request.topic_name !== topic) {
				throw new PubSubError(status.INVALID_ARGUMENT, 'The topic of a stream cannot change.');
			}
			stream.write(this.publish(topic, request, this.userOf(stream.metadata)));
		});
	}

	private subscribe(stream: Stream<FetchRequest>): void {
		this.serve(stream, 'Subscribe', (context, open) => {
			const subscription = new Subscription(context);
			stream.on('drain', () => subscription.resume());
			open.onEnd(() => subscription.end());
			let begun = false;
			return (request) => {
				if (!begun && request.topic_name !== allChanges) this.topic(request.topic_name);
				begun = true;
				subscription.request(request);
			};
		});
	}

	private managedSubscribe(stream: Stream<ManagedFetchRequest>): void {
		this.serve(stream, 'ManagedSubscribe', (context, open) => {
			const subscription = new Subscription(context);
			stream.on('drain', () => subscription.resume());
			open.onEnd(() => subscription.end());
			let name = '';
			return (request) => {
				name ||= request.developer_name || request.subscription_id;
				const managed = this.managed.find(name);
				const commit_response = managed.commit(request.commit_replay_id_request);
				if (commit_response) stream.write({ commit_response });
				if (request.num_requested > 0) subscription.request(managed.request(request, context.bus));
			};
		});
	}

	/** What all streams have in common: who is asked, and what ends them. */
	private serve<In>(
		stream: Stream<In>,
		method: string,
		begin: (context: SubscriptionContext, open: OpenStream) => (request: In) => void,
	): void {
		const { bus, faults, keepaliveMs } = this.context;
		serveStream<In>(stream, (open) => {
			this.streams.add(open);
			open.onEnd(() => this.streams.delete(open));
			const check = () => {
				this.userOf(stream.metadata);
				faults.check(method, open.answers);
			};
			check();
			const { fail, send } = open;
			return begin({ bus, keepaliveMs, check, fail, send }, open);
		});
	}
}
