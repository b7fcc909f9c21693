import type { Org } from '../org.ts';
import { Bayeux } from './bayeux.ts';
import { EventBus } from './bus.ts';
import { ChangeEvents } from './changeEvents.ts';
import { PubSubServer } from './pubSub.ts';
import { PubSubFaults } from './pubSubFaults.ts';
import { Publisher } from './publisher.ts';
import { Topics, usuallySelected } from './topics.ts';

/** Everything an org tells by events, and the two ways to hear it. */
export class Events {
	readonly bus: EventBus;
	readonly topics: Topics;
	readonly changes: ChangeEvents;
	readonly publisher: Publisher;
	/** CometD: /cometd/68.0 on the instance */
	readonly bayeux: Bayeux;
	/** Pub/Sub API: a port of its own */
	readonly pubSub: PubSubServer;
	readonly pubSubFaults = new PubSubFaults();
	/** How often subscriptions hear something, if only that there is nothing; 270 s at Salesforce. */
	keepaliveMs = 270_000;

	constructor(org: Org) {
		const now = () => org.clock.now();
		this.bus = new EventBus(now);
		this.topics = new Topics(org.schema, usuallySelected);
		this.publisher = new Publisher(this.bus, this.topics, now);
		const origin = `com/salesforce/api/rest/${org.settings.newestVersion}.0`;
		this.changes = new ChangeEvents(this.bus, this.topics, org.schema, origin);
		org.store.listen((changes) => {
			const made = changes.filter(({ row }) => row.object.endsWith('__e'));
			for (const { row, userId } of made) {
				this.publisher.publish(row.object, row.values, userId);
				// Events are not kept as records.
				org.store.table(row.object).take(row);
			}
			this.changes.tell(changes);
		});
		this.bayeux = new Bayeux(this.bus, this.topics);
		this.pubSub = new PubSubServer({
			bus: this.bus,
			topics: this.topics,
			publisher: this.publisher,
			organizationId: org.id,
			userOf: (token) => org.sessions.of(token)?.userId,
			faults: this.pubSubFaults,
			keepaliveMs: () => this.keepaliveMs,
		});
	}

	/** Ends all streams and connects that wait. */
	close(): void {
		this.bayeux.forget();
		this.pubSub.close();
	}
}
