import path from 'node:path';
import {
	credentials,
	loadPackageDefinition,
	Metadata,
	type ClientDuplexStream,
	type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import avsc from 'avsc';
import type { SalesforceSandbox } from '../../../sandbox/salesforce/server.ts';
import { sharedData } from '../../needs';
import type { Json } from './rest.ts';

export const officialProto = '../shared/data/salesforce/pubsub_api.proto';

export interface ReceivedEvent {
	event: { id: string; schema_id: string; payload: Buffer };
	replay_id: Buffer;
}

interface Received {
	events: ReceivedEvent[];
	latest_replay_id: Buffer;
	pending_num_requested: number;
}

type Unary = (
	request: object,
	metadata: Metadata,
	answer: (error: ServiceError | null, response: Record<string, unknown>) => void,
) => void;

interface PubSubStub {
	GetTopic: Unary;
	GetSchema: Unary;
	Publish: Unary;
	Subscribe(metadata: Metadata): ClientDuplexStream<object, Received>;
	ManagedSubscribe(metadata: Metadata): ClientDuplexStream<object, Received>;
	PublishStream(metadata: Metadata): ClientDuplexStream<object, Record<string, unknown>>;
	close(): void;
}

/** A client made from Salesforce's own definition of the service. */
export class PubSubClient {
	readonly metadata = new Metadata();
	private readonly stub: PubSubStub;
	private readonly types = new Map<string, avsc.Type>();

	constructor(sandbox: SalesforceSandbox, accessToken = sandbox.accessToken()) {
		const proto = path.join(sharedData, 'salesforce', 'pubsub_api.proto');
		const options = { keepCase: true, longs: String, enums: String, defaults: true };
		const { eventbus }: Json = loadPackageDefinition(loadSync(proto, options));
		this.stub = new eventbus.v1.PubSub(sandbox.pubSubEndpoint, credentials.createInsecure());
		this.metadata.set('accesstoken', accessToken);
		this.metadata.set('instanceurl', sandbox.url);
		this.metadata.set('tenantid', sandbox.organizationId);
	}

	call(method: 'GetTopic' | 'GetSchema' | 'Publish', request: object) {
		return new Promise<Record<string, unknown>>((resolve, reject) => {
			this.stub[method](request, this.metadata, (error, response) =>
				error ? reject(error) : resolve(response),
			);
		});
	}

	/** A stream of events and what it received so far. */
	subscribe(topic: string, first: object = {}, requested = 100): Subscribed {
		const stream = this.stub.Subscribe(this.metadata);
		stream.write({ topic_name: topic, num_requested: requested, ...first });
		return new Subscribed(stream);
	}

	managed(name: string): Subscribed {
		const stream = this.stub.ManagedSubscribe(this.metadata);
		stream.write({ developer_name: name, num_requested: 100 });
		return new Subscribed(stream);
	}

	publishStream() {
		return this.stub.PublishStream(this.metadata);
	}

	/** The schema of an event, as GetSchema gives it. */
	async type(schemaId: string): Promise<avsc.Type> {
		const known = this.types.get(schemaId);
		if (known) return known;
		const { schema_json } = await this.call('GetSchema', { schema_id: schemaId });
		const type = avsc.Type.forSchema(JSON.parse(String(schema_json)));
		this.types.set(schemaId, type);
		return type;
	}

	async decode({ event }: ReceivedEvent): Promise<Record<string, unknown>> {
		const type = await this.type(event.schema_id);
		return { ...type.fromBuffer(event.payload) };
	}

	close(): void {
		this.stub.close();
	}
}

export class Subscribed {
	readonly answers: Received[] = [];
	error?: ServiceError;
	readonly stream: ClientDuplexStream<object, Received>;

	constructor(stream: ClientDuplexStream<object, Received>) {
		this.stream = stream;
		stream.on('data', (answer: Received) => this.answers.push(answer));
		stream.on('error', (error: ServiceError) => (this.error = error));
	}

	get events(): ReceivedEvent[] {
		return this.answers.flatMap(({ events }) => events);
	}

	/** Waits for so many events, or for the error that comes instead. */
	async until(done: (subscribed: this) => boolean): Promise<this> {
		const end = Date.now() + 10_000;
		while (!done(this) && !this.error) {
			if (Date.now() > end) throw new Error(`Only ${this.events.length} events arrived`);
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		return this;
	}

	end(): void {
		this.stream.cancel();
	}
}
