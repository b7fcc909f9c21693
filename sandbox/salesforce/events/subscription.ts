import { randomUUID } from 'node:crypto';
import { isOn, type BusEvent, type EventBus } from './bus.ts';
import { corruptedReplayId, PubSubError } from './pubSubErrors.ts';
import { positionOf, replayIdOf, type FetchRequest, type FetchResponse } from './pubSubMessages.ts';

const MOST_REQUESTED = 100;

/** What a subscription needs from its surroundings. */
export interface SubscriptionContext {
	bus: EventBus;
	/** An answer comes at least so often, empty if need be; 270 s at Salesforce. */
	keepaliveMs(): number;
	/** @throws PubSubError when the session is over or the org refuses to go on */
	check(): void;
	/** Returns whether the client takes more right now; if not, `resume` is called later. */
	send(response: FetchResponse): boolean;
	fail(error: unknown): void;
}

/** One stream of events, at the pace the client asks for. */
export class Subscription {
	private topic?: string;
	private position = 0;
	private pending = 0;
	private blocked = false;
	private timer?: NodeJS.Timeout;
	private soon?: NodeJS.Immediate;
	private stop = () => {};
	private readonly context: SubscriptionContext;

	constructor(context: SubscriptionContext) {
		this.context = context;
	}

	/** @throws PubSubError */
	request({ num_requested, topic_name, ...start }: FetchRequest): void {
		if (num_requested <= 0) {
			throw new PubSubError(
				'subscription.fetch.requested.events.invalid',
				'The requested number of events must be greater than 0.',
			);
		}
		if (this.topic === undefined) this.begin(topic_name, start);
		else if (topic_name && topic_name !== this.topic) {
			throw new PubSubError(3, `The topic of a stream cannot change to "${topic_name}".`);
		}
		this.pending += Math.min(num_requested, MOST_REQUESTED);
		this.deliver();
	}

	/** The client takes more again. */
	resume(): void {
		this.blocked = false;
		this.deliver();
	}

	end(): void {
		this.stop();
		clearImmediate(this.soon);
		clearTimeout(this.timer);
	}

	private begin(
		topic: string,
		{ replay_preset, replay_id }: Pick<FetchRequest, 'replay_preset' | 'replay_id'>,
	): void {
		const { bus } = this.context;
		this.position = startOf(bus, replay_preset, replay_id);
		this.topic = topic;
		this.stop = bus.listen((event: BusEvent) => {
			if (!isOn(topic, event.topic)) return;
			// What is published at once arrives in one answer.
			this.soon ??= setImmediate(() => {
				this.soon = undefined;
				this.deliver();
			});
		});
		this.keepAlive();
	}

	private deliver(): void {
		const { bus, check, fail } = this.context;
		try {
			while (this.pending > 0 && !this.blocked && this.topic !== undefined) {
				const events = bus.after(this.topic, this.position, Math.min(this.pending, MOST_REQUESTED));
				const last = events.at(-1);
				if (!last) return;
				check();
				this.position = last.position;
				this.pending -= events.length;
				this.send(events);
			}
		} catch (error) {
			fail(error);
		}
	}

	private send(events: BusEvent[]): void {
		this.keepAlive();
		this.blocked = !this.context.send({
			events: events.map((event) => ({
				event: { id: event.uuid, schema_id: event.schema.id, payload: event.encode() },
				replay_id: replayIdOf(event.position),
			})),
			latest_replay_id: replayIdOf(this.position),
			rpc_id: randomUUID(),
			pending_num_requested: this.pending,
		});
	}

	private keepAlive(): void {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => {
			try {
				this.context.check();
				// Behind everything of the org: who starts there again misses nothing of the topic.
				if (!this.behind) this.position = this.context.bus.tip();
				this.send([]);
			} catch (error) {
				this.context.fail(error);
			}
		}, this.context.keepaliveMs());
		this.timer.unref();
	}

	/** Whether there are events that the client did not ask for yet. */
	private get behind(): boolean {
		return this.context.bus.after(this.topic ?? '', this.position, 1).length > 0;
	}
}

/** @throws PubSubError for a replay id that is not one, or whose events are gone */
function startOf(bus: EventBus, preset: FetchRequest['replay_preset'], replayId: Buffer): number {
	if (preset === 'LATEST') return bus.tip();
	if (preset === 'EARLIEST') return 0;
	if (replayId.length === 0) {
		throw new PubSubError(
			'subscription.fetch.replayid.validation.failed',
			'The replay preset CUSTOM needs a replay ID.',
		);
	}
	const position = positionOf(replayId);
	if (position === undefined || !bus.knows(position)) throw corruptedReplayId();
	return position;
}
