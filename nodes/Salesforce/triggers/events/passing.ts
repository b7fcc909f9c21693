import type { Outage } from '../../../shared/node/outage';
import { RunLoop } from '../../../shared/node/runLoop';
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
	private readonly loop: RunLoop<StreamedEvent>;

	constructor(
		private readonly memory: Memory,
		private readonly around: Surroundings,
	) {
		const { host, settings, stopped, outage } = around;
		const { clock, name, knowsIds } = host;
		this.loop = new RunLoop(memory, {
			...{ clock, name, knowsIds, most: settings.runs, stopped, outage },
			keep: async () => await this.keep(),
			take: () => this.take(),
			run: async (events, id) => await host.run(events, id),
		});
	}

	/** Starts runs as long as there are events and places for runs. */
	async start(): Promise<void> {
		await this.loop.start();
	}

	async keep(): Promise<void> {
		this.around.host.keep({ state: await write(this.memory) });
	}

	/** Resolves when there is room for more: whoever brings the events has to wait. */
	async add(item: StreamedEvent, position: Position, done?: string): Promise<void> {
		this.ready.push({ item, position, done });
		this.loop.come();
		const { batchSize } = this.around.settings;
		await this.loop.room(() => this.ready.length >= batchSize * READY_BATCHES);
	}

	/** Events up to this position are in a run when all that is ready is. */
	move(position: Position): void {
		const last = this.ready.at(-1);
		if (last) last.position = position;
		else this.memory.position = position;
	}

	private take(): StreamedEvent[] {
		const { ready, memory } = this;
		const taken = ready.splice(0, this.around.settings.batchSize);
		memory.position = taken.at(-1)?.position ?? memory.position;
		const done = taken.flatMap((one) => one.done ?? []);
		memory.seen = [...memory.seen, ...done].slice(-MOST_SEEN);
		return taken.map(({ item }) => item);
	}
}
