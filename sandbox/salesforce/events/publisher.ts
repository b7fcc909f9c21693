import { status } from '@grpc/grpc-js';
import type { Value } from '../store/row.ts';
import type { BusEvent, EventBus } from './bus.ts';
import { eventValue, shownValues, type EventBody } from './eventField.ts';
import { PubSubError } from './pubSubErrors.ts';
import { replayIdOf, type ProducerEvent, type PublishResult } from './pubSubMessages.ts';
import type { Topic, Topics } from './topics.ts';

/** Puts platform events on the bus. */
export class Publisher {
	private readonly bus: EventBus;
	private readonly topics: Topics;
	private readonly now: () => number;

	constructor(bus: EventBus, topics: Topics, now: () => number) {
		this.bus = bus;
		this.topics = topics;
		this.now = now;
	}

	/** An event that somebody made as a record. @param name "Order__e" */
	publish(name: string, values: Record<string, Value>, userId: string): BusEvent {
		const topic = this.topics.find(`/event/${name}`);
		if (!topic) throw new Error(`There is no platform event ${name}`);
		const { fields } = this.topics.schemaOf(topic);
		const body: EventBody = {};
		for (const { name, field } of fields) body[name] = eventValue(field, values[name]);
		const { EventUuid } = values;
		const uuid = typeof EventUuid === 'string' ? EventUuid : undefined;
		return this.put(topic, body, this.now(), userId, uuid);
	}

	/** An event as the Pub/Sub API brings it. */
	take(topic: Topic, { id, schema_id, payload }: ProducerEvent, userId: string): PublishResult {
		const schema = this.topics.schemaById(schema_id);
		if (!schema) throw new PubSubError(status.INVALID_ARGUMENT, `There is no schema ${schema_id}.`);
		try {
			const { CreatedDate, CreatedById: _by, ...body } = schema.decode(payload);
			const event = this.put(topic, body, Number(CreatedDate), userId);
			return { replay_id: replayIdOf(event.position), correlation_key: id };
		} catch (error) {
			return { error: { code: 'PUBLISH', msg: String(error) }, correlation_key: id };
		}
	}

	private put(
		topic: Topic,
		body: EventBody,
		createdAt: number,
		userId: string,
		uuid?: string,
	): BusEvent {
		const schema = this.topics.schemaOf(topic);
		const made = { CreatedDate: createdAt, CreatedById: userId };
		const bytes = schema.encode({ ...body, ...made });
		const shown = { ...made, CreatedDate: new Date(createdAt).toISOString() };
		return this.bus.publish({
			topic: topic.name,
			uuid,
			schema,
			encode: () => bytes,
			show: () => ({ ...shown, ...shownValues(schema.fields, body, { nulls: true }) }),
		});
	}
}
