import { fingerprint } from '../../shared/ground/fingerprint';
import { sleep } from '../../shared/ground/clock';
import { redactor } from '../../shared/ground/redact';
import type { TriggerHost } from '../../shared/node/triggerHost';
import type { Batch, RunOutcome, StartRun } from '../../shared/node/triggerRuns';
import { TriggerRuns } from '../../shared/node/triggerRuns';
import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from '../transport/client';
import type { AfterReading } from './afterReading';
import { Cleaner, leavesTraces } from './afterReading';
import type { Memory } from './memory';
import { read, write } from './memory';
import type { ObjectEvent, Watched } from './watch';
import { Watch } from './watch';

export interface PollSettings {
	watched: Watched;
	after: AfterReading;
	intervalMs: number;
	/** most events of one run of the workflow */
	batchSize: number;
	/** most runs of the workflow at the same time */
	runs: number;
	/** what is there when the trigger is switched on for the first time */
	existing: 'emit' | 'ignore';
}

/** What n8n does for the poller. */
export interface PollHost extends Omit<TriggerHost, 'run'> {
	connect(signal: AbortSignal): Promise<{ client: S3Client; secrets: Array<string | undefined> }>;
	/** Starts a run of the workflow; resolves with its end, rejects where none was started. */
	run(s3: S3Client, events: ObjectEvent[], id: string): Promise<RunOutcome>;
	/** Tells the administrator, in the log. */
	note(text: string): void;
}

// About 100,000 keys. n8n writes all of it to its database again with every run.
const LARGE_STATE = 3_000_000;

const LONGEST_PAUSE_MS = 30 * 60_000;

/**
 * Finds out what happens in a bucket and starts runs of the workflow. Each event goes into exactly one
 * run.
 */
export class Poller {
	private readonly watch: Watch;
	private readonly cleaner: Cleaner;
	private readonly stopped = new AbortController();
	private memory: Memory;
	private runs: TriggerRuns<ObjectEvent>;
	private redact = redactor([]);
	private failures = 0;
	private isLarge = false;

	constructor(
		private readonly host: PollHost,
		private readonly settings: PollSettings,
	) {
		const { watched, after } = settings;
		this.watch = new Watch(watched);
		this.cleaner = new Cleaner(after, this.watch);
		const since = host.clock.now();
		this.memory = { watched: this.subject(), since, serial: 0, known: new Map(), pending: [] };
		this.runs = this.runsOf(this.memory);
	}

	/** Remembers, or looks for the first time; then polls until it is stopped. */
	async start(): Promise<void> {
		if (this.cleaner.movesIntoTheWatch()) throw movesInCircles();
		const memory = await read(this.host.load().state, this.memory.watched);
		if (memory) {
			this.memory = memory;
			this.runs = this.runsOf(memory);
		} else await this.lookForTheFirstTime();
		void this.poll();
	}

	stop(): void {
		this.stopped.abort();
	}

	private runsOf(memory: Memory): TriggerRuns<ObjectEvent> {
		const { clock, name, knowsIds } = this.host;
		return new TriggerRuns(memory, {
			...{ clock, name, knowsIds, most: this.settings.runs, stopped: this.stopped.signal },
			keep: async () => await this.keep(),
			ended: async (batch, outcome) => await this.clean(batch, outcome),
			failed: (error) => this.fail(error),
		});
	}

	private async keep(): Promise<void> {
		const state = await write(this.memory);
		this.host.keep({ state });
		if (state.length > LARGE_STATE && !this.isLarge)
			this.host.note(largeMemory(this.memory.known.size, state.length));
		this.isLarge ||= state.length > LARGE_STATE;
	}

	private subject(): string {
		const { bucket, prefix, changeIs } = this.settings.watched;
		return fingerprint([bucket, prefix, changeIs]);
	}

	private async lookForTheFirstTime(): Promise<void> {
		if (this.settings.existing === 'ignore') {
			const objects = await this.watch.list(await this.client());
			this.memory.known = this.watch.baseline(objects);
		}
		await this.keep();
	}

	private async poll(): Promise<void> {
		const { signal } = this.stopped;
		while (!signal.aborted) {
			try {
				const before = this.failures;
				await this.round();
				if (this.failures === before) this.failures = 0;
			} catch (error) {
				this.fail(error);
			}
			const { intervalMs } = this.settings;
			const longer = Math.min(intervalMs * 2 ** this.failures, LONGEST_PAUSE_MS);
			await sleep(this.host.clock, Math.max(longer, intervalMs), signal).catch(() => {});
		}
	}

	private async round(): Promise<void> {
		const s3 = await this.client();
		const run: StartRun<ObjectEvent> = async (events, id) => await this.host.run(s3, events, id);
		while ((await this.runs.catchUp(run)) && (await this.look(s3, run)));
		await this.runs.freePlace();
	}

	/** @returns whether there was more than could be passed on before the next poll was due */
	private async look(s3: S3Client, run: StartRun<ObjectEvent>): Promise<boolean> {
		const { batchSize, intervalMs } = this.settings;
		const { memory } = this;
		const until = this.host.clock.now() + intervalMs;
		// An object of a run may be deleted or moved between its page of the listing and the last one.
		const busy = this.busy();
		const objects = await this.watch.list(s3);
		for (const key of this.busy()) busy.add(key);
		const found = this.watch.findings(objects, memory.known, this.host.clock.now(), busy);
		for (let n = 0; n < found.length; n += batchSize) {
			await this.runs.freePlace();
			if (!this.runs.mayGoOn) return false;
			if (n > 0 && this.host.clock.now() > until) return true;
			const events = found.slice(n, n + batchSize);
			this.watch.learn(events, objects, memory.known);
			await this.runs.deliver(this.runs.add(events), run);
		}
		return false;
	}

	private busy(): Set<string> {
		return new Set(this.memory.pending.flatMap(({ events }) => events.map(({ key }) => key)));
	}

	/** After the run: what is to become of its objects. */
	private async clean({ events }: Batch<ObjectEvent>, outcome: RunOutcome): Promise<void> {
		if (outcome === 'failed' || !leavesTraces(this.settings.after)) return;
		// It has to be done even if the trigger is being switched off.
		const { client } = await this.host.connect(new AbortController().signal);
		const left = await this.cleaner.settle(client, events, outcome, this.memory.known);
		if (left.length > 0) this.runs.add(left);
	}

	private async client(): Promise<S3Client> {
		const { client, secrets } = await this.host.connect(this.stopped.signal);
		this.redact = redactor(secrets);
		return client;
	}

	private fail(error: unknown): void {
		if (this.stopped.signal.aborted) return;
		this.failures++;
		// One report for an outage, however many polls it takes.
		if (this.failures === 1) this.host.report(toFailure(error), this.redact);
	}
}

const largeMemory = (objects: number, bytes: number) =>
	`What is remembered of ${objects.toLocaleString('en')} objects takes ${(bytes / 1e6).toFixed(1)} MB, which n8n writes to its database with every run. A narrower "Prefix" makes it less, as does deleting or moving the objects by "After Reading".`;

const movesInCircles = () =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'MOVES_IN_CIRCLES',
		message: 'Objects would be moved to where this trigger finds them again',
		hint: 'Choose a destination outside of "Prefix", or exclude it with a pattern.',
	});
