import { sleep } from '../../../shared/ground/clock';
import { fingerprint } from '../../../shared/ground/fingerprint';
import { redactor } from '../../../shared/ground/redact';
import { Outage } from '../../../shared/node/outage';
import type { ListenerHost } from '../../../shared/node/startListener';
import type { RunOutcome } from '../../../shared/node/triggerRuns';
import { TriggerRuns } from '../../../shared/node/triggerRuns';
import { Failure } from '../../../shared/resilience/failure';
import type { Glimpse } from '../../transport/changes/rows';
import { glimpse } from '../../transport/changes/rows';
import { soqlTime } from '../../transport/changes/time';
import type { SalesforceClient } from '../../transport/client';
import { begin } from './begin';
import type { ChangeEvent } from './events';
import { EventMaker } from './events';
import type { Memory } from './memory';
import { beginAnew, freshMemory, learnChange, learnDeletion, read, write } from './memory';
import { changedRows, deletedRows } from './news';
import type { Progress } from './progress';
import { edgeOf, endRound } from './progress';
import type { Watch, Watched } from './watch';
import { openWatch } from './watch';

export interface PollSettings {
	watched: Watched;
	/** ms since 1970, where it begins when it is switched on for the first time; undefined: now */
	startFrom?: number;
	intervalMs: number;
	/** most events of one run of the workflow */
	batchSize: number;
	/** most runs of the workflow at the same time */
	runs: number;
}

/** What n8n does for the poller. */
export type PollHost = ListenerHost<SalesforceClient, ChangeEvent>;

/**
 * Asks an org every now and then what has happened to an object, and starts runs of the workflow. Each
 * event goes into exactly one run. Our own clock says only when to ask again: what has happened when is
 * said by the org alone.
 */
export class Poller {
	private readonly stopped = new AbortController();
	private readonly outage: Outage;
	private memory: Memory;
	private runs: TriggerRuns<ChangeEvent>;
	private redact = redactor([]);
	private toldOfGap = false;

	constructor(
		private readonly host: PollHost,
		private readonly settings: PollSettings,
	) {
		this.outage = new Outage(host.clock, (failure) => host.report(failure, this.redact));
		this.memory = freshMemory(this.subject(), host.clock.now());
		this.runs = this.runsOf(this.memory);
	}

	/** Remembers, or looks for the first time; then polls until it is stopped. */
	async start(): Promise<void> {
		const memory = await read(this.host.load().state, this.memory.watched);
		if (memory) {
			this.memory = memory;
			this.runs = this.runsOf(memory);
		} else {
			await this.open();
			await this.keep();
		}
		void this.poll();
	}

	stop(): void {
		this.stopped.abort();
		this.outage.passed();
	}

	private runsOf(memory: Memory): TriggerRuns<ChangeEvent> {
		const { clock, name, knowsIds } = this.host;
		return new TriggerRuns(memory, {
			...{ clock, name, knowsIds, most: this.settings.runs, stopped: this.stopped.signal },
			keep: async () => await this.keep(),
			ended: async () => await Promise.resolve(),
			failed: (error) => this.failed(error),
		});
	}

	private async keep(): Promise<void> {
		this.host.keep({ state: await write(this.memory) });
	}

	private subject(): string {
		const { watched, startFrom } = this.settings;
		return fingerprint([watched.object.toLowerCase(), startFrom]);
	}

	private async poll(): Promise<void> {
		const { signal } = this.stopped;
		const { intervalMs } = this.settings;
		while (!signal.aborted) {
			let pauseMs = intervalMs;
			try {
				await this.look();
				if (this.runs.mayGoOn) this.outage.ended();
				else pauseMs = Math.max(intervalMs, this.outage.pauseMs);
			} catch (error) {
				this.failed(error);
				pauseMs = Math.max(intervalMs, this.outage.pauseMs);
			}
			await sleep(this.host.clock, pauseMs, signal).catch(() => {});
		}
	}

	private async look(): Promise<void> {
		if (!(await this.runs.catchUp(this.run))) return;
		const { client, watch, now, any } = await this.open();
		const { memory } = this;
		const { changes, deletions } = memory;
		const events = new EventMaker(
			watch.wanted.object,
			this.settings.watched.kinds,
			memory,
			watch.systemChanges,
		);
		// Before the changes: what has come back was deleted before.
		if (deletions) {
			const keeps = this.settings.watched.kinds.includes('undeleted');
			await this.passOn(
				deletions,
				deletedRows(client, watch, deletions, now, (since) => this.tellOfGap(since)),
				(row) => events.ofDeletion(row),
				(row) => learnDeletion(memory, row, keeps),
			);
		}
		if (changes && (any || changes.round || changes.recent.size > 0))
			await this.passOn(
				changes,
				changedRows(client, watch, changes, { now, any }),
				(row) => events.ofChange(row),
				(row) => learnChange(memory, row),
			);
		await this.runs.freePlace();
	}

	/** Asks what time it is and whether there is anything, and learns what has to be known first. */
	private async open(): Promise<{ client: SalesforceClient; watch: Watch } & Glimpse> {
		const { client, secrets } = await this.host.connect(this.stopped.signal);
		this.redact = redactor(secrets);
		const { memory } = this;
		const { watched, startFrom } = this.settings;
		beginAnew(memory, (await client.session()).organizationId);
		const watch = await openWatch(client, watched);
		const { changes, deletions } = memory;
		const progress = changes ?? deletions;
		const seen = await glimpse(client, watch.wanted, progress ? edgeOf(progress) : 0);
		await begin(client, memory, watch, watched, startFrom, seen.now);
		return { client, watch, ...seen };
	}

	/** Starts runs with what has happened. All of it, or the rest comes the next time. */
	private async passOn<Row>(
		progress: Progress,
		pages: AsyncGenerator<Row[]>,
		eventOf: (row: Row) => ChangeEvent | undefined,
		learn: (row: Row) => void,
	): Promise<void> {
		for await (const page of pages) {
			let rows: Row[] = [];
			let events: ChangeEvent[] = [];
			const start = async () => {
				if (events.length > 0) await this.runs.freePlace();
				if (!this.runs.mayGoOn) return;
				// What is learned and the batch are written down together.
				for (const row of rows) learn(row);
				if (events.length > 0) await this.runs.deliver(this.runs.add(events), this.run);
				[rows, events] = [[], []];
			};
			for (const row of page) {
				rows.push(row);
				const event = eventOf(row);
				if (event) events.push(event);
				if (events.length >= this.settings.batchSize) await start();
				if (!this.runs.mayGoOn) return;
			}
			await start();
			if (!this.runs.mayGoOn) return;
		}
		endRound(progress);
	}

	private readonly run = async (events: ChangeEvent[], id: string): Promise<RunOutcome> =>
		await this.host.run(events, id);

	private tellOfGap(knownSince: number): void {
		if (this.toldOfGap) return;
		this.toldOfGap = true;
		this.host.report(
			new Failure({
				kind: 'invalid',
				phase: 'rejected',
				code: 'DELETIONS_FORGOTTEN',
				message: `The org does not know any more what was deleted before ${soqlTime(knownSince)}, and the trigger has not asked since then`,
				hint: 'What was deleted in between starts no run. Compare the records yourself, if it matters.',
			}),
			this.redact,
		);
	}

	private failed(error: unknown): void {
		if (!this.stopped.signal.aborted) this.outage.failed(error);
	}
}
