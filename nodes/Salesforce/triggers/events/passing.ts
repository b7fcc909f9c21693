import { sleep } from '../../../shared/ground/clock';
import type { Outage } from '../../../shared/node/outage';
import { TriggerRuns } from '../../../shared/node/triggerRuns';
import type { StreamedEvent } from './items';
import type { Memory, Position } from './memory';
import { MOST_SEEN, write } from './memory';
import type { StreamHost, StreamSettings } from './settings';

/** An item that is in no run yet. */
interface Ready {
	item: StreamedEvent;
	/** up to where events are in a run when this is */
	position: Position;
	/** the event that is done with it, in short */
	done?: string;
}

interface Surroundings {
	host: Pick<StreamHost, 'clock' | 'keep' | 'knowsIds' | 'name' | 'run'>;
	settings: Pick<StreamSettings, 'batchSize' | 'runs'>;
	stopped: AbortSignal;
	/** of runs that cannot be started */
	outage: Outage;
}

// So many batches are made ready while a run goes on; what is more stays at Salesforce.
const READY_BATCHES = 2;

/** Events on their way into runs. What is ready and in no run is not written down: it is heard again. */
export class Passing {
	private readonly ready: Ready[] = [];
	private readonly runs: TriggerRuns<StreamedEvent>;
	private somethingComes: () => void = () => {};
	private somethingWent: () => void = () => {};
	/** over when it may be tried again to start a run */
	private pause: Promise<void> = Promise.resolve();

	constructor(
		private readonly memory: Memory,
		private readonly around: Surroundings,
	) {
		const { host, settings, stopped, outage } = around;
		const { clock, name, knowsIds } = host;
		this.runs = new TriggerRuns(memory, {
			...{ clock, name, knowsIds, most: settings.runs, stopped },
			keep: async () => await this.keep(),
			ended: async () => await Promise.resolve(outage.ended()),
			failed: (error) => this.retry(error),
		});
		stopped.addEventListener('abort', () => this.wake(), { once: true });
	}

	async keep(): Promise<void> {
		this.around.host.keep({ state: await write(this.memory) });
	}

	/** Resolves when there is room for more: whoever brings the events has to wait. */
	async add(item: StreamedEvent, position: Position, done?: string): Promise<void> {
		this.ready.push({ item, position, done });
		this.somethingComes();
		const { settings, stopped } = this.around;
		while (this.ready.length >= settings.batchSize * READY_BATCHES && !stopped.aborted)
			await new Promise<void>((resolve) => (this.somethingWent = resolve));
	}

	/** Events up to this position are in a run when all that is ready is. */
	move(position: Position): void {
		const last = this.ready.at(-1);
		if (last) last.position = position;
		else this.memory.position = position;
	}

	/** Starts runs as long as there are events and places for runs. */
	async start(): Promise<void> {
		while (!this.around.stopped.aborted) {
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
		const { ready, memory, runs } = this;
		const { host, settings, stopped } = this.around;
		const run = async (events: StreamedEvent[], id: string) => await host.run(events, id);
		for (const batch of [...memory.pending]) await runs.deliver(batch, run);
		await runs.freePlace();
		// What waits stays at Salesforce until then.
		if (stopped.aborted || runs.isBehind) return;
		const taken = ready.splice(0, settings.batchSize);
		const last = taken.at(-1);
		if (!last) return await new Promise<void>((resolve) => (this.somethingComes = resolve));
		memory.position = last.position;
		const done = taken.flatMap((one) => one.done ?? []);
		memory.seen = [...memory.seen, ...done].slice(-MOST_SEEN);
		this.somethingWent();
		await runs.deliver(runs.add(taken.map(({ item }) => item)), run);
	}

	/** A run that could not be started is pending and is started again. */
	private retry(error: unknown): void {
		const { host, stopped, outage } = this.around;
		if (stopped.aborted) return;
		outage.failed(error);
		this.pause = sleep(host.clock, outage.pauseMs, stopped).then(
			() => this.somethingComes(),
			() => {},
		);
	}

	private wake(): void {
		this.somethingComes();
		this.somethingWent();
	}
}
