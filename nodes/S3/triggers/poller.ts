import { fingerprint } from '../../shared/ground/fingerprint';
import type { Clock } from '../../shared/ground/clock';
import { sleep } from '../../shared/ground/clock';
import type { Redact } from '../../shared/ground/redact';
import { redactor } from '../../shared/ground/redact';
import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from '../transport/client';
import type { AfterReading } from './afterReading';
import { Cleaner, leavesTraces } from './afterReading';
import type { Batch, Memory, RunOutcome } from './memory';
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
export interface PollHost {
	clock: Clock;
	/** identifies this trigger among all of this n8n */
	name: string;
	connect(signal: AbortSignal): Promise<{ client: S3Client; secrets: Array<string | undefined> }>;
	load(): unknown;
	/** n8n writes it when the next run starts, before the run */
	keep(text: string): void;
	/** n8n starts no second run for an id that it has had */
	knowsIds: boolean;
	/** Starts a run of the workflow; resolves with its end, rejects where none was started. */
	run(s3: S3Client, events: ObjectEvent[], id: string): Promise<RunOutcome>;
	/** Tells the user of a failure; the trigger goes on. */
	report(failure: Failure, redact: Redact): void;
}

const LONGEST_PAUSE_MS = 30 * 60_000;

// Runs of this process by batch: a workflow that is saved anew gets a new poller while the runs that
// the old one began still go on.
const KEY = Symbol.for('n8n-nodes-resilient.s3Trigger.runs.v1');
const shared = globalThis as { [KEY]?: Map<string, Promise<RunOutcome>> };
const running = (shared[KEY] ??= new Map<string, Promise<RunOutcome>>());

/**
 * Finds out what happens in a bucket and starts runs of the workflow. Each event goes into exactly one
 * run: it is written down as pending before its run starts, under an id for which n8n starts no
 * second run, and stays so until the run has ended.
 */
export class Poller {
	private readonly watch: Watch;
	private readonly cleaner: Cleaner;
	private readonly stopped = new AbortController();
	private readonly delivering = new Map<Batch, Promise<void>>();
	private memory: Memory;
	private restored: ReadonlySet<Batch> = new Set();
	private redact = redactor([]);
	private failures = 0;

	constructor(
		private readonly host: PollHost,
		private readonly settings: PollSettings,
	) {
		const { watched, after } = settings;
		this.watch = new Watch(watched);
		this.cleaner = new Cleaner(after, this.watch);
		const since = host.clock.now();
		this.memory = { watched: this.subject(), since, serial: 0, known: new Map(), pending: [] };
	}

	/** Remembers, or looks for the first time; then polls until it is stopped. */
	async start(): Promise<void> {
		if (this.cleaner.movesIntoTheWatch()) throw movesInCircles();
		const memory = await read(this.host.load(), this.memory.watched);
		if (memory) {
			this.memory = memory;
			this.restored = new Set(memory.pending);
		}
		if (!memory) await this.lookForTheFirstTime();
		void this.poll();
	}

	stop(): void {
		this.stopped.abort();
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
		this.host.keep(await write(this.memory));
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
		for (const batch of [...this.memory.pending]) await this.deliver(s3, batch);
		while (await this.look(s3));
		await this.freePlace();
	}

	/** @returns whether there was more than could be passed on before the next poll was due */
	private async look(s3: S3Client): Promise<boolean> {
		const { batchSize, intervalMs } = this.settings;
		const { memory } = this;
		const until = this.host.clock.now() + intervalMs;
		// An object of a run may be deleted or moved between its page of the listing and the last one.
		const busy = this.busy();
		const objects = await this.watch.list(s3);
		for (const key of this.busy()) busy.add(key);
		const found = this.watch.findings(objects, memory.known, this.host.clock.now(), busy);
		for (let n = 0; n < found.length; n += batchSize) {
			await this.freePlace();
			if (this.stopped.signal.aborted) return false;
			if (n > 0 && this.host.clock.now() > until) return true;
			const events = found.slice(n, n + batchSize);
			this.watch.learn(events, objects, memory.known);
			await this.deliver(s3, this.added(events));
		}
		return false;
	}

	private busy(): Set<string> {
		return new Set(this.memory.pending.flatMap(({ events }) => events.map(({ key }) => key)));
	}

	private added(events: ObjectEvent[]): Batch {
		const { memory } = this;
		memory.serial++;
		// The serial number: the same may well happen twice. The events: where n8n has lost a number, it
		// is given again.
		const id = fingerprint([this.host.name, memory.since, memory.serial, events]);
		const batch: Batch = { id, events };
		memory.pending.push(batch);
		return batch;
	}

	/** Waits until a run may be started. */
	private async freePlace(): Promise<void> {
		while (!this.stopped.signal.aborted && this.delivering.size >= this.settings.runs)
			await Promise.race(this.delivering.values());
	}

	/** Starts the run of a batch, if it has none; what follows its end goes on beside. */
	private async deliver(s3: S3Client, batch: Batch): Promise<void> {
		if (this.delivering.has(batch)) return;
		await this.freePlace();
		if (this.stopped.signal.aborted) return;
		const delivery = (await this.endOf(s3, batch))()
			.then(async (outcome) => await this.settle(batch, outcome))
			.catch((error: unknown) => this.fail(error))
			.finally(() => this.delivering.delete(batch));
		this.delivering.set(batch, delivery);
	}

	/** How the run of a batch ends: the one that goes on, or a new one. */
	private async endOf(s3: S3Client, batch: Batch): Promise<() => Promise<RunOutcome>> {
		const { ended } = batch;
		if (ended) return async () => ended;
		const going = running.get(batch.id);
		if (going) return async () => await going;
		// Without ids a second start would be a second run, and a run whose end was not written down
		// is far more likely than one that was written down and not started.
		if (this.restored.has(batch) && !this.host.knowsIds) return async () => 'unknown';
		this.host.keep(await write(this.memory));
		const run = this.host.run(s3, batch.events, batch.id);
		running.set(batch.id, run);
		run.finally(() => running.delete(batch.id)).catch(() => {});
		return async () => await run;
	}

	/** After the run: what is to become of its objects. */
	private async settle(batch: Batch, outcome: RunOutcome): Promise<void> {
		// In memory until the next run starts; should cleaning up fail, the run is not repeated.
		batch.ended = outcome;
		if (outcome !== 'failed' && leavesTraces(this.settings.after)) {
			// It has to be done even if the trigger is being switched off.
			const { client } = await this.host.connect(new AbortController().signal);
			const left = await this.cleaner.settle(client, batch.events, outcome, this.memory.known);
			if (left.length > 0) this.added(left);
		}
		this.memory.pending = this.memory.pending.filter((other) => other !== batch);
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

const movesInCircles = () =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'MOVES_IN_CIRCLES',
		message: 'Objects would be moved to where this trigger finds them again',
		hint: 'Choose a destination outside of "Prefix", or exclude it with a pattern.',
	});
