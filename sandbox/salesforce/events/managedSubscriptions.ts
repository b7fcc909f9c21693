import { status } from '@grpc/grpc-js';
import type { EventBus } from './bus.ts';
import { PubSubError } from './pubSubErrors.ts';
import {
	positionOf,
	type CommitReplayResponse,
	type FetchRequest,
	type ManagedFetchRequest,
} from './pubSubMessages.ts';

/** A subscription whose position the org keeps. */
class ManagedSubscription {
	private committed: Buffer = Buffer.alloc(0);
	private readonly topic: string;
	private readonly preset: 'LATEST' | 'EARLIEST';

	/** @param preset where it begins, and where it goes on when its position is lost */
	constructor(topic: string, preset: 'LATEST' | 'EARLIEST') {
		this.topic = topic;
		this.preset = preset;
	}

	/** The same as a request of a subscription that keeps its position itself. */
	request({ num_requested }: ManagedFetchRequest, bus: EventBus): FetchRequest {
		const known = bus.knows(positionOf(this.committed) ?? -1);
		return {
			topic_name: this.topic,
			replay_preset: known ? 'CUSTOM' : this.preset,
			replay_id: this.committed,
			num_requested,
		};
	}

	commit(
		request: ManagedFetchRequest['commit_replay_id_request'],
	): CommitReplayResponse | undefined {
		if (!request) return undefined;
		this.committed = request.replay_id;
		return { ...request, process_time: String(Date.now()) };
	}
}

/** What the Tooling API calls ManagedEventSubscription, by developer name. */
export class ManagedSubscriptions {
	private readonly known = new Map<string, ManagedSubscription>();

	add(name: string, topic: string, preset: 'LATEST' | 'EARLIEST' = 'LATEST'): void {
		this.known.set(name, new ManagedSubscription(topic, preset));
	}

	/** @throws PubSubError */
	find(name: string): ManagedSubscription {
		const found = this.known.get(name);
		if (!found) {
			throw new PubSubError(status.NOT_FOUND, `There is no managed subscription ${name}.`);
		}
		return found;
	}
}
