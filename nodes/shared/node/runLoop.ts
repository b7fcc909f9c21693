import { sleep } from '../ground/clock';
import type { Outage } from './outage';
import type { RunsMemory, RunsSettings, StartRun } from './triggerRuns';
import { TriggerRuns } from './triggerRuns';

export interface RunLoopSettings<Event> extends Omit<RunsSettings<Event>, 'ended' | 'failed'> {
	/** of runs that cannot be started */
	outage: Outage;
	/** The events of the next run; none where none have come. */
	take(): Event[];
	run: StartRun<Event>;
}

/** Starts runs with the events of a trigger as they come, and as n8n takes them. */
export class RunLoop<Event> {
	private readonly runs: TriggerRuns<Event>;
	private somethingComes: () => void = () => {};
	private somethingWent: () => void = () => {};
	/** over when it may be tried again to start a run */
	private pause: Promise<void> = Promise.resolve();

	constructor(
		memory: RunsMemory<Event>,
		private readonly settings: RunLoopSettings<Event>,
	) {
		this.runs = new TriggerRuns(memory, {
			...settings,
			ended: async () => await Promise.resolve(settings.outage.ended()),
			failed: (error) => this.retry(error),
		});
		const wake = () => {
			this.somethingComes();
			this.somethingWent();
		};
		settings.stopped.addEventListener('abort', wake, { once: true });
	}

	/** There are events to take. */
	come(): void {
		this.somethingComes();
	}

	/** Waits while too many events wait: whoever brings them makes their source wait. */
	async room(isFull: () => boolean): Promise<void> {
		while (isFull() && !this.settings.stopped.aborted)
			await new Promise<void>((resolve) => (this.somethingWent = resolve));
	}

	/** Goes on until the trigger is switched off. */
	async start(): Promise<void> {
		while (!this.settings.stopped.aborted) {
			await this.pause;
			try {
				await this.startNext();
			} catch (error) {
				// Of what cannot be written down no run is started.
				this.retry(error);
			}
		}
	}

	private async startNext(): Promise<void> {
		const { runs } = this;
		const { take, run } = this.settings;
		// What waits stays where it comes from until then.
		if (!(await runs.catchUp(run))) return;
		const events = take();
		if (events.length === 0)
			return await new Promise<void>((resolve) => (this.somethingComes = resolve));
		this.somethingWent();
		await runs.deliver(runs.add(events), run);
	}

	/** A run that could not be started is pending and is started again. */
	private retry(error: unknown): void {
		const { clock, stopped, outage } = this.settings;
		if (stopped.aborted) return;
		outage.failed(error);
		this.pause = sleep(clock, outage.pauseMs, stopped).then(
			() => this.somethingComes(),
			() => {},
		);
	}
}
