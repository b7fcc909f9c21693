import { sleep } from '../../shared/ground/clock';
import { fingerprint } from '../../shared/ground/fingerprint';
import { redactor } from '../../shared/ground/redact';
import { Outage } from '../../shared/node/outage';
import { RunLoop } from '../../shared/node/runLoop';
import type { ListenerHost } from '../../shared/node/startListener';
import { toFailure } from '../../shared/resilience/failure';
import type { LdapClient } from '../transport/client';
import type { Chosen, Mechanism } from './chooseSource';
import { chooseSource, isNotDone } from './chooseSource';
import { EntryBook } from './entryBook';
import type { EventKind } from './events';
import type { Memory, NumberedEvent } from './memory';
import { freshMemory, read, write, writeAll } from './memory';
import type { Watched } from './news';

export interface WatchSettings {
	/** base: ''  that of the credential */
	watched: Watched;
	kinds: EventKind[];
	mechanism: Mechanism;
	/** whether values are kept, so that events can tell what a value was before */
	keepValues: boolean;
	/** what is there when the trigger is switched on for the first time */
	existing: 'emit' | 'ignore';
	intervalMs: number;
	/** most events of one run of the workflow */
	batchSize: number;
	/** most runs of the workflow at the same time */
	runs: number;
}

/** What n8n does for the watcher. */
export type WatchHost = ListenerHost<LdapClient, NumberedEvent>;

// A connection that lasts so long was no failure; one that breaks at once is.
const LASTING_MS = 10_000;
// Events that wait while a run goes on are written down with each batch.
const WAITING_BATCHES = 2;

/**
 * Hears what happens in a directory and starts runs of the workflow. Each event goes into exactly one
 * run: what is known of the entries, the events that follow from it and where the server goes on from
 * are written down together.
 */
export class Watcher {
	private readonly stopped = new AbortController();
	private memory: Memory;
	private runs: RunLoop<NumberedEvent>;
	private redact = redactor([]);
	private readonly outage: Outage;
	private readonly outageOfRuns: Outage;
	/** entries are learned without being events: what is there at the beginning */
	private silent = false;
	/** ways of hearing that the server announces and does not have */
	private readonly notDone = new Set<string>();

	constructor(
		private readonly host: WatchHost,
		private readonly settings: WatchSettings,
	) {
		const outage = () => new Outage(host.clock, (failure) => host.report(failure, this.redact));
		[this.outage, this.outageOfRuns] = [outage(), outage()];
		this.memory = freshMemory(this.subject(), host.clock.now());
		this.runs = this.runsOf(this.memory);
	}

	/** Remembers, or looks for the first time; then listens until it is stopped. */
	async start(): Promise<void> {
		const memory = await read(this.host.load(), this.memory.watched);
		if (memory) {
			this.memory = memory;
			this.runs = this.runsOf(memory);
			void this.listen(() => {});
		} else {
			this.silent = this.settings.existing === 'ignore';
			await this.lookForTheFirstTime();
			this.host.keep(await writeAll(this.memory));
		}
		void this.runs.start();
	}

	stop(): void {
		this.stopped.abort();
		this.outage.passed();
		this.outageOfRuns.passed();
	}

	private subject(): string {
		const { watched, mechanism, keepValues } = this.settings;
		const { base, scope, filter, attributes, memberAttributes } = watched;
		return fingerprint([
			...[base, scope, filter, attributes, memberAttributes, mechanism, keepValues],
		]);
	}

	private runsOf(memory: Memory): RunLoop<NumberedEvent> {
		const { host, settings, outageOfRuns: outage } = this;
		const { clock, name, knowsIds } = host;
		return new RunLoop(memory, {
			...{ clock, name, knowsIds, most: settings.runs, stopped: this.stopped.signal, outage },
			keep: async () => await Promise.resolve(host.keep(write(memory))),
			take: () => memory.waiting.splice(0, settings.batchSize),
			run: async (events, id) => await host.run(events, id),
		});
	}

	/** Resolves when what is there is known; rejects where the server cannot be asked. */
	private async lookForTheFirstTime(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			void this.listen(resolve, reject);
		});
	}

	/**
	 * @param ready called when what is there is known
	 * @param giveUp called with the failure that comes before that; without it, it is tried again
	 */
	private async listen(ready: () => void, giveUp?: (error: unknown) => void): Promise<void> {
		const { signal } = this.stopped;
		let isReady = false;
		while (!signal.aborted) {
			const attempt = new AbortController();
			const since = this.host.clock.now();
			try {
				await this.hear(AbortSignal.any([signal, attempt.signal]), () => {
					isReady = true;
					ready();
				});
			} catch (error) {
				if (!isReady && giveUp) {
					this.stop();
					return giveUp(error);
				}
				if (this.host.clock.now() - since > LASTING_MS) this.outage.ended();
				this.failed(error);
			} finally {
				// Whatever the source has left open.
				attempt.abort();
			}
			await sleep(this.host.clock, this.outage.pauseMs, signal).catch(() => {});
		}
	}

	/** One connection: from where the last one ended until this one ends. */
	private async hear(signal: AbortSignal, ready: () => void): Promise<void> {
		const { client, secrets } = await this.host.connect(signal);
		this.redact = redactor(secrets);
		const since = this.host.clock.now();
		for (;;) {
			const [used] = this.memory.cursor.split('\n');
			const { mechanism } = this.settings;
			const chosen = await chooseSource(client, mechanism, this.notDone, used);
			try {
				return await this.follow(client, chosen, signal, ready);
			} catch (error) {
				const lasted = this.host.clock.now() - since > LASTING_MS;
				if (lasted || !chosen.replaceable || !isNotDone(toFailure(error))) throw error;
				this.notDone.add(chosen.name);
			}
		}
	}

	private async follow(
		client: LdapClient,
		{ name, source }: Chosen,
		signal: AbortSignal,
		ready: () => void,
	): Promise<void> {
		const { memory, settings } = this;
		const { watched, intervalMs } = settings;
		const base = watched.base || (await client.baseDn());
		const book = await EntryBook.open(client, memory, { ...settings, watched });
		// Where one mechanism stopped another cannot go on: it looks at everything.
		const [by, ...rest] = memory.cursor.split('\n');
		const cursor = by === name ? rest.join('\n') : '';
		const { known } = memory;
		const listening = { client, watched: { ...watched, base }, known, intervalMs, signal };
		for await (const news of source({ ...listening, cursor })) {
			const complete = book.take(news, this.silent);
			if (news.cursor !== undefined) {
				memory.cursor = `${name}\n${news.cursor}`;
				this.outage.passed();
			}
			if (complete) this.silent = false;
			const answered = complete || news.cursor !== undefined || news.entries !== undefined;
			if (answered && !this.silent) ready();
			if (memory.waiting.length > 0) this.runs.come();
			// The server is made to wait meanwhile.
			await this.runs.room(() => memory.waiting.length >= settings.batchSize * WAITING_BATCHES);
		}
	}

	private failed(error: unknown): void {
		if (!this.stopped.signal.aborted) this.outage.failed(error);
	}
}
