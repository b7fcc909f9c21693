import { sleep } from '../../../shared/ground/clock';
import { fingerprint } from '../../../shared/ground/fingerprint';
import { Recent } from '../../../shared/ground/recent';
import { redactor } from '../../../shared/ground/redact';
import { Outage } from '../../../shared/node/outage';
import { toFailure } from '../../../shared/resilience/failure';
import { shortId } from '../../transport/changes/rows';
import { timeAt } from '../../transport/changes/time';
import { LONGEST_TRANSACTION_MS } from '../../transport/changes/updated';
import type { SalesforceClient } from '../../transport/client';
import { isUnreachable } from '../../transport/events/pubSub';
import type { Heard, ReceivedEvent, Start } from '../../transport/events/subscription';
import { isLostPosition } from '../../transport/events/subscription';
import { gapItem, isWanted, itemOf } from './items';
import type { Mechanism } from './mechanisms';
import { isOnlyCometd, subscriptionBy } from './mechanisms';
import type { Memory, Position } from './memory';
import { freshMemory, MOST_SEEN, read } from './memory';
import { Passing } from './passing';
import { itemsOf } from './reread';
import type { StreamHost, StreamSettings } from './settings';

// A connection that lasts so long was no failure, nor one that brought something; one that breaks at
// once is.
const LASTING_MS = 10_000;
const SEEN_LENGTH = 10;

/**
 * Listens to a topic and starts runs of the workflow. Each event goes into exactly one run: up to where
 * events are in a run is written down together with the runs that have not ended. What was received and is in
 * no run yet is received again after a kill.
 */
export class Streamer {
	private readonly stopped = new AbortController();
	private memory: Memory;
	private passing: Passing;
	private redact = redactor([]);
	private readonly outage: Outage;
	private readonly outageOfRuns: Outage;
	/** up to where events are on their way */
	private heard: Position = {};
	private by: Mechanism;
	private readonly seen = new Recent<true>(MOST_SEEN);
	/** nothing was heard yet: what comes is what is new */
	private isFirst = false;
	/** nothing that comes is from the past, whenever it was begun */
	private isLive = false;

	constructor(
		private readonly host: StreamHost,
		private readonly settings: StreamSettings,
	) {
		const { topic, mechanism } = settings;
		const outage = () => new Outage(host.clock, (failure) => host.report(failure, this.redact));
		[this.outage, this.outageOfRuns] = [outage(), outage()];
		this.memory = freshMemory(topic, host.clock.now());
		this.passing = this.passingOf(this.memory);
		this.by = isOnlyCometd(topic) || mechanism === 'cometd' ? 'cometd' : 'pubSub';
	}

	/** Remembers, or begins; then listens until it is stopped. */
	async start(): Promise<void> {
		const memory = await read(this.host.load().state, this.settings.topic);
		if (memory) {
			this.memory = memory;
			this.passing = this.passingOf(memory);
			this.heard = memory.position;
			for (const one of memory.seen) this.seen.set(one, true);
			if (this.settings.mechanism === 'automatic') this.by = memory.position.by ?? this.by;
			void this.listen(() => {});
		} else {
			this.isFirst = this.settings.begin === 'latest';
			await new Promise<void>((resolve, reject) => void this.listen(resolve, reject));
			await this.passing.keep();
		}
		void this.passing.start();
	}

	stop(): void {
		this.stopped.abort();
		this.outage.passed();
		this.outageOfRuns.passed();
	}

	private passingOf(memory: Memory): Passing {
		const { host, settings, outageOfRuns: outage } = this;
		const stopped = this.stopped.signal;
		return new Passing(memory, { host, settings, stopped, outage });
	}

	/**
	 * @param begun called when the subscription stands
	 * @param giveUp called with the failure that comes before that; without it, it is tried again
	 */
	private async listen(begun: () => void, giveUp?: (error: unknown) => void): Promise<void> {
		const { signal } = this.stopped;
		let stands = false;
		while (!signal.aborted) {
			const attempt = new AbortController();
			const since = this.host.clock.now();
			const { heard } = this;
			try {
				await this.hear(AbortSignal.any([signal, attempt.signal]), () => {
					stands = true;
					begun();
				});
			} catch (error) {
				if (this.takesAnotherWay(error)) continue;
				if (!stands && giveUp) {
					this.stop();
					return giveUp(error);
				}
				const lasted = this.host.clock.now() - since > LASTING_MS;
				if (lasted || this.heard !== heard) this.outage.ended();
				this.failed(error);
			} finally {
				attempt.abort();
			}
			await sleep(this.host.clock, this.outage.pauseMs, signal).catch(() => {});
		}
	}

	/** One subscription, until it ends. */
	private async hear(signal: AbortSignal, begun: () => void): Promise<void> {
		const { client, secrets } = await this.host.connect(signal);
		this.redact = redactor(secrets);
		const { topic, origin } = this.settings;
		this.isOf((await client.session()).organizationId);
		if (this.heard.after !== undefined && this.heard.by !== this.by)
			await this.lost(
				client,
				'The mechanism was changed, and positions of the other one mean nothing to it',
			);
		if (this.isFirst && this.heard.since === undefined)
			this.moved(this.position({ since: await timeAt(client) }));
		const start = this.startNow();
		this.isLive = start === 'latest';
		this.isFirst = false;
		const subscription = subscriptionBy(this.by, origin);
		try {
			for await (const heard of subscription({ client, topic, start, signal })) {
				begun();
				// Before it is taken, which may last as long as runs do.
				if (heard.position !== undefined) this.outage.passed();
				await this.take(client, heard);
			}
		} catch (error) {
			const failure = toFailure(error);
			if (!isLostPosition(failure) || this.heard.after === undefined) throw error;
			await this.lost(client, failure.message);
			// At once: that was no failure of the connection.
			return await this.hear(signal, begun);
		}
	}

	private startNow(): Start {
		const { after } = this.heard;
		if (after !== undefined) return { after };
		return this.isFirst ? 'latest' : 'earliest';
	}

	private async take(client: SalesforceClient, { events, position }: Heard): Promise<void> {
		for (const received of events) await this.takeOne(client, received);
		if (events.length === 0 && position !== undefined) this.moved(this.upTo(position));
	}

	private async takeOne(client: SalesforceClient, received: ReceivedEvent): Promise<void> {
		const { topic, wanted, reread } = this.settings;
		const before = this.heard;
		const after = this.upTo(received.position, received.at);
		const short = fingerprint(received.id).slice(0, SEEN_LENGTH);
		const { since } = before;
		const within = before.within?.event === short ? before.within : undefined;
		const isOlder =
			!this.isLive && since !== undefined && received.at !== undefined && received.at < since;
		// What has begun to be passed on is known as well, and is not done.
		const isKnown = !within && this.seen.peek(short);
		if (isOlder) return this.moved({ ...after, since });
		if (isKnown || !isWanted(wanted, received)) return this.moved(after);
		const steps = reread
			? itemsOf(client, topic, received, within)
			: [{ item: itemOf(topic, received), within: undefined }];
		for await (const step of steps) {
			const begun = step.within && { ...step.within, event: short };
			const position = begun ? { ...before, within: begun } : after;
			const done = step.within ? undefined : short;
			this.heard = position;
			await this.passing.add(step.item, position, done);
		}
		// Of what was to be read again nothing may be left.
		if (this.heard !== after) this.moved(after);
		this.seen.set(short, true);
	}

	private upTo(after: string, at = 0): Position {
		const last = Math.max(at, this.heard.at ?? 0);
		return this.position({ after, ...(last > 0 && { at: last }) });
	}

	private position(more: Position): Position {
		const { org } = this.heard;
		return { by: this.by, ...(org !== undefined && { org }), ...more };
	}

	/** Where the credential leads to another org than before, nothing of that one counts any more. */
	private isOf(organization: string): void {
		const [org, before] = [shortId(organization), this.heard.org];
		// Some ways of signing in do not say it.
		if (org === '' || org === before) return;
		if (before === undefined) this.heard = { ...this.heard, org };
		else {
			this.isFirst = this.settings.begin === 'latest';
			this.moved({ by: this.by, org });
		}
	}

	/** Nothing of it is to be in a run. */
	private moved(position: Position): void {
		this.heard = position;
		this.passing.move(position);
	}

	/** Goes on where the settings say, with an item that tells of it. */
	private async lost(client: SalesforceClient, reason: string): Promise<void> {
		const { topic, fallback: continuesFrom } = this.settings;
		const { after: position, at } = this.heard;
		const item = gapItem(topic, { position, reason, lastEventAt: at, continuesFrom });
		const now = await timeAt(client);
		this.isFirst = continuesFrom === 'latest';
		// What is kept may be three days of events that were passed on already.
		const passed = at === undefined ? undefined : Math.min(at, now) - LONGEST_TRANSACTION_MS;
		const since = this.isFirst ? now : passed;
		this.heard = this.position({
			...(since !== undefined && { since }),
			...(at !== undefined && { at }),
		});
		await this.passing.add(item, this.heard);
	}

	/** Where the Pub/Sub API is out of reach, and there is no position of it yet. */
	private takesAnotherWay(error: unknown): boolean {
		const free = this.settings.mechanism === 'automatic' && this.heard.after === undefined;
		const { aborted } = this.stopped.signal;
		if (!free || this.by === 'cometd' || aborted || !isUnreachable(toFailure(error))) return false;
		this.by = 'cometd';
		return true;
	}

	private failed(error: unknown): void {
		if (!this.stopped.signal.aborted) this.outage.failed(error);
	}
}
