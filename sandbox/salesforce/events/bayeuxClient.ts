import { isOn, type BusEvent, type EventBus } from './bus.ts';
import type { BayeuxReply } from './bayeuxMessage.ts';

/** Why a connect is answered. */
type Wake = 'events' | 'time' | 'overtaken' | 'end';

/** One client that has shaken hands: what it hears, and what waits for its next connect. */
export class BayeuxClient {
	readonly id: string;
	/** Value of its cookie. */
	readonly browser: string;
	/** Whether the answer to the first connect, which comes at once, is given. */
	connected = false;
	private readonly channels = new Set<string>();
	private queue: BayeuxReply[] = [];
	private wake: (why: Wake) => void = () => {};
	private soon?: NodeJS.Immediate;
	private expiry?: NodeJS.Timeout;
	private readonly bus: EventBus;
	private readonly stop: () => void;

	constructor(id: string, browser: string, bus: EventBus) {
		this.id = id;
		this.browser = browser;
		this.bus = bus;
		this.stop = bus.listen((event) => {
			for (const channel of this.channels) {
				if (isOn(channel, event.topic)) this.add(channel, event);
			}
		});
	}

	/** @param from position to start behind; that of the tip when absent */
	subscribe(channel: string, from?: number): void {
		this.channels.add(channel);
		if (from === undefined) return;
		for (const event of this.bus.after(channel, from)) this.add(channel, event);
	}

	unsubscribe(channel: string): void {
		this.channels.delete(channel);
	}

	/**
	 * What waits for the client, as soon as there is something; nothing when the time is over.
	 * `undefined` for a connect that another one has overtaken.
	 */
	async collect(timeoutMs: number): Promise<BayeuxReply[] | undefined> {
		clearTimeout(this.expiry);
		this.wake('overtaken');
		if (this.queue.length === 0 && timeoutMs > 0) {
			const why = await new Promise<Wake>((resolve) => {
				const timer = setTimeout(() => resolve('time'), timeoutMs);
				timer.unref();
				this.wake = (reason) => {
					clearTimeout(timer);
					this.wake = () => {};
					resolve(reason);
				};
			});
			if (why === 'overtaken') return undefined;
		}
		const taken = this.queue;
		this.queue = [];
		return taken;
	}

	/** Ends it when no connect comes in so many milliseconds. */
	expireIn(ms: number, end: () => void): void {
		clearTimeout(this.expiry);
		this.expiry = setTimeout(end, ms);
		this.expiry.unref();
	}

	end(): void {
		this.stop();
		clearTimeout(this.expiry);
		clearImmediate(this.soon);
		this.wake('end');
	}

	private add(channel: string, event: BusEvent): void {
		const { position: replayId, schema, uuid: EventUuid } = event;
		const data = { schema: schema.id, payload: event.show(), event: { replayId, EventUuid } };
		this.queue.push({ channel, data });
		// What is published at once arrives in one answer.
		this.soon ??= setImmediate(() => {
			this.soon = undefined;
			this.wake('events');
		});
	}
}
