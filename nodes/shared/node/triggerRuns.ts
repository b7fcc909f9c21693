import type { Clock } from '../ground/clock';
import { fingerprint } from '../ground/fingerprint';

/** How a run of the workflow ended; `unknown`: it was started by a process that is gone. */
export type RunOutcome = 'failed' | 'succeeded' | 'unknown';

/** Starts a run of the workflow; resolves with its end, rejects where none was started. */
export type StartRun<Event> = (events: Event[], id: string) => Promise<RunOutcome>;

/** Events of one run of the workflow that is not known to have ended. */
export interface Batch<Event> {
	/** same for the same batch in every process: n8n starts no second run for it */
	id: string;
	events: Event[];
	/** when it was made: ms since 1970 */
	at: number;
	/** the run has ended, and what is to follow has not been done */
	ended?: RunOutcome;
}

/** What a trigger remembers of its runs from process to process. */
export interface RunsMemory<Event> {
	/** when the trigger began: ms since 1970 */
	since: number;
	/** number of the last batch */
	serial: number;
	pending: Array<Batch<Event>>;
}

export interface RunsSettings<Event> {
	clock: Clock;
	/** identifies the trigger among all of this n8n */
	name: string;
	/** n8n starts no second run for an id that it has had */
	knowsIds: boolean;
	/** most runs of the workflow at the same time */
	most: number;
	/** aborted when the trigger is switched off: nothing is started any more */
	stopped: AbortSignal;
	/** Writes the memory down, with all batches that are pending. */
	keep(): Promise<void>;
	/** What follows the end of a run, before its batch is forgotten. */
	ended(batch: Batch<Event>, outcome: RunOutcome): Promise<void>;
	/** told when no run could be started, or when what follows its end failed */
	failed(error: unknown): void;
}

// n8n deletes old executions, after 14 days or when there are many, and their ids with them. What was
// started so long ago was either run or is worth less than running what was run already.
const IDS_LAST_MS = 24 * 3_600_000;

// Runs of this process by batch: a workflow that is saved anew gets a new trigger while the runs that
// the old one began still go on.
const KEY = Symbol.for('n8n-nodes-resilient.trigger.runs.v1');
const shared = globalThis as { [KEY]?: Map<string, Promise<RunOutcome>> };
const running = (shared[KEY] ??= new Map<string, Promise<RunOutcome>>());

/**
 * The runs that a trigger starts. Each event goes into exactly one: it is written down as pending
 * before its run starts, under an id for which n8n starts no second run, and stays so until the run has
 * ended. See docs/decisions/0007.
 */
export class TriggerRuns<Event> {
	private readonly delivering = new Map<Batch<Event>, Promise<void>>();
	private readonly restored: ReadonlySet<Batch<Event>>;
	private readonly tried = new WeakSet<Batch<Event>>();

	constructor(
		private readonly memory: RunsMemory<Event>,
		private readonly settings: RunsSettings<Event>,
	) {
		this.restored = new Set(memory.pending);
	}

	/** Whether another run may be started now. */
	get hasPlace(): boolean {
		return this.delivering.size < this.settings.most;
	}

	/**
	 * Whether events may be taken on. Not while n8n starts no runs: what has happened meanwhile is still
	 * known where it comes from, and would only pile up here.
	 */
	get mayGoOn(): boolean {
		const waits = (batch: Batch<Event>) =>
			this.tried.has(batch) && !batch.ended && !this.delivering.has(batch);
		return !this.settings.stopped.aborted && !this.memory.pending.some(waits);
	}

	/** Makes a batch that is pending from now on. */
	add(events: Event[]): Batch<Event> {
		const { memory } = this;
		memory.serial++;
		// The serial number: the same may well happen twice. The events: where n8n has lost a number, it
		// is given again.
		const id = fingerprint([this.settings.name, memory.since, memory.serial, events]);
		const batch: Batch<Event> = { id, events, at: this.settings.clock.now() };
		memory.pending.push(batch);
		return batch;
	}

	/**
	 * Starts the runs of all batches that have none, and waits until another may be started.
	 * @returns `mayGoOn`
	 */
	async catchUp(run: StartRun<Event>): Promise<boolean> {
		for (const batch of [...this.memory.pending]) await this.deliver(batch, run);
		await this.freePlace();
		return this.mayGoOn;
	}

	/** Waits until a run may be started. */
	async freePlace(): Promise<void> {
		while (!this.settings.stopped.aborted && !this.hasPlace)
			await Promise.race(this.delivering.values());
	}

	/** Starts the run of a batch, if it has none; what follows its end goes on beside. */
	async deliver(batch: Batch<Event>, run: StartRun<Event>): Promise<void> {
		if (this.delivering.has(batch)) return;
		this.tried.add(batch);
		await this.freePlace();
		if (this.settings.stopped.aborted) return;
		const delivery = (await this.endOf(batch, run))()
			.then(async (outcome) => await this.settle(batch, outcome))
			.catch((error: unknown) => this.settings.failed(error))
			.finally(() => this.delivering.delete(batch));
		this.delivering.set(batch, delivery);
	}

	/** How the run of a batch ends: the one that goes on, or a new one. */
	private async endOf(
		batch: Batch<Event>,
		run: StartRun<Event>,
	): Promise<() => Promise<RunOutcome>> {
		const { ended } = batch;
		if (ended) return async () => ended;
		const going = running.get(batch.id);
		if (going) return async () => await going;
		if (this.restored.has(batch) && !this.isKnownBy(batch)) return async () => 'unknown';
		await this.settings.keep();
		const begun = run(batch.events, batch.id);
		running.set(batch.id, begun);
		begun.finally(() => running.delete(batch.id)).catch(() => {});
		return async () => await begun;
	}

	/**
	 * Whether n8n can tell that it has had this batch. Where it cannot, a second start would be a second
	 * run, and a run whose end was not written down is far more likely than one that was written down and
	 * not started.
	 */
	private isKnownBy({ at }: Batch<Event>): boolean {
		const { clock, knowsIds } = this.settings;
		return knowsIds && clock.now() - at < IDS_LAST_MS;
	}

	private async settle(batch: Batch<Event>, outcome: RunOutcome): Promise<void> {
		// In memory until the next run starts; should what follows fail, the run is not repeated.
		batch.ended = outcome;
		await this.settings.ended(batch, outcome);
		this.memory.pending = this.memory.pending.filter((other) => other !== batch);
	}
}
