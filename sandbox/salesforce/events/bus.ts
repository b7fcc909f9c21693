import { randomUUID } from 'node:crypto';
import type { EventSchema } from './eventSchema.ts';

/** An event as the bus keeps it. */
export interface BusEvent {
	/** Grows from event to event, with gaps. */
	position: number;
	/** Unique, whatever becomes of positions. */
	uuid: string;
	/** "/event/Order__e", "/data/AccountChangeEvent" */
	topic: string;
	/** When it was published, by the clock of the org. */
	at: number;
	schema: EventSchema;
	/** As the Pub/Sub API sends it: by the schema. */
	encode(): Buffer;
	/** As CometD sends it. */
	show(): Record<string, unknown>;
}

type Listener = (event: BusEvent) => void;

/** All change events of the org, whatever their object. */
export const allChanges = '/data/ChangeEvents';

export const day = 24 * 60 * 60 * 1000;

/**
 * Keeps events for 72 hours and remembers which positions it has given out: only those are valid to
 * start from, and only as long as what followed them is still there.
 * https://developer.salesforce.com/docs/platform/pub-sub-api/guide/event-message-durability.html
 */
export class EventBus {
	retentionMs = 3 * day;
	private events: BusEvent[] = [];
	/** Position -> when it was given out. */
	private positions = new Map<number, number>();
	private readonly listeners = new Set<Listener>();
	private last = 4_711_000;
	private readonly now: () => number;

	/** @param now the clock of the org in milliseconds */
	constructor(now: () => number) {
		this.now = now;
	}

	publish(
		event: Pick<BusEvent, 'topic' | 'schema' | 'encode' | 'show'> & { uuid?: string },
	): BusEvent {
		const published = {
			...event,
			at: this.now(),
			position: this.nextPosition(),
			uuid: event.uuid ?? randomUUID(),
		};
		this.events.push(published);
		for (const listener of [...this.listeners]) listener(published);
		return published;
	}

	/** Hears of every event from now on. Returns how to stop. */
	listen(listener: Listener): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** What a channel still has behind a position, oldest first. */
	after(channel: string, position: number, most = Infinity): BusEvent[] {
		this.purge();
		const found: BusEvent[] = [];
		for (let at = this.indexBehind(position); at < this.events.length; at++) {
			const event = this.events[at];
			if (event && isOn(channel, event.topic)) found.push(event);
			if (found.length === most) break;
		}
		return found;
	}

	/** A position behind everything so far, as keepalives carry it. */
	tip(): number {
		this.purge();
		return this.nextPosition();
	}

	/** Whether a subscription may start there. */
	knows(position: number): boolean {
		this.purge();
		return this.positions.has(position);
	}

	/** The org moves to another instance: nothing is kept, and no position is valid any more. */
	migrate(): void {
		this.events = [];
		this.positions.clear();
		this.last = 88_000;
	}

	/** Everything that is kept, oldest first. */
	all(): readonly BusEvent[] {
		this.purge();
		return this.events;
	}

	private indexBehind(position: number): number {
		let low = 0;
		let high = this.events.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.events[middle]?.position ?? Infinity) > position) high = middle;
			else low = middle + 1;
		}
		return low;
	}

	private nextPosition(): number {
		// Replay ids "aren't guaranteed to be contiguous": never are here.
		this.last += 2 + (this.last % 5);
		this.positions.set(this.last, this.now());
		return this.last;
	}

	private purge(): void {
		const oldest = this.now() - this.retentionMs;
		if ((this.events[0]?.at ?? Infinity) < oldest) {
			this.events = this.events.filter(({ at }) => at >= oldest);
		}
		for (const [position, at] of this.positions) {
			if (at >= oldest) break;
			this.positions.delete(position);
		}
	}
}

/** Whether events of a topic arrive on a channel. */
export const isOn = (channel: string, topic: string): boolean =>
	channel === topic || (channel === allChanges && topic.startsWith('/data/'));
