import type { SalesforceClient } from '../../../../nodes/Salesforce/transport/client';
import type { ChangeEvent } from '../../../../nodes/Salesforce/triggers/changes/events';
import type { PollSettings } from '../../../../nodes/Salesforce/triggers/changes/poller';
import { Poller } from '../../../../nodes/Salesforce/triggers/changes/poller';
import type { Watched } from '../../../../nodes/Salesforce/triggers/changes/watch';
import type { Clock } from '../../../../nodes/shared/ground/clock';
import type { RunOutcome } from '../../../../nodes/shared/node/triggerRuns';
import type { OpenTransaction } from '../../../../sandbox/salesforce/changes/openTransactions.ts';
import type { SalesforceSandbox } from '../../../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../../../sandbox/salesforce/server.ts';
import { clientAt } from '../../orgStub';

const MINUTE = 60_000;
const INTERVAL_MS = 60_000;
// The runs that a process knows of; a new process knows of none.
const RUNS = Symbol.for('n8n-nodes-resilient.trigger.runs.v1');

/** The clock of n8n in a test: time passes when the test says so. */
class HandClock implements Clock {
	private time: number;
	private set = 0;
	private readonly timers = new Set<{ at: number; ms: number; then: () => void }>();

	constructor(time: number) {
		this.time = time;
	}

	now(): number {
		return this.time + this.set;
	}

	timer(ms: number, then: () => void): () => void {
		const timer = { at: this.time + ms, ms, then };
		this.timers.add(timer);
		return () => this.timers.delete(timer);
	}

	/** Whether somebody waits for that long or longer. */
	waits(ms: number): boolean {
		return [...this.timers].some((timer) => timer.ms >= ms);
	}

	/** Sets it; timers do not see that. */
	jump(ms: number): void {
		this.set += ms;
	}

	pass(ms: number): void {
		this.time += ms;
		for (const timer of [...this.timers])
			if (timer.at <= this.time && this.timers.delete(timer)) timer.then();
	}
}

/** What survives n8n: the memory of the workflow, and the runs it has had, by their id. */
export class Kept {
	memory: Record<string, unknown> = {};
	readonly runs = new Map<string, ChangeEvent[]>();
	readonly failures: Error[] = [];

	/** The events of all runs. */
	events(): ChangeEvent[] {
		return [...this.runs.values()].flat();
	}
}

/** Where n8n is killed: before it writes anything of a run, between memory and run, or after both. */
export type Step = 'memory' | 'run' | 'end';

export interface HostOptions {
	/** minutes that the clock of n8n is ahead of that of the org */
	aheadMinutes?: number;
	/** told of each step; killed there where it says so */
	dies?: (step: Step) => boolean;
	/** asked before each run: n8n does not start it */
	refuses?: () => boolean;
	/** how every run ends; with success where it is left out */
	outcome?: RunOutcome;
}

/** A poller and the n8n around it, polled by hand. */
export class Polling {
	/** n8n was killed */
	dead = false;
	readonly clock: HandClock;
	private readonly poller: Poller;
	private memory: Record<string, unknown>;
	private dying: () => void = () => {};
	private readonly death = new Promise<void>((resolve) => (this.dying = resolve));
	private readonly kept: Kept;
	private readonly options: HostOptions;

	constructor(org: PolledOrg, kept: Kept, settings: PollSettings, options: HostOptions) {
		this.kept = kept;
		this.options = options;
		this.memory = structuredClone(kept.memory);
		this.clock = new HandClock(org.sandbox.clock.now() + (options.aheadMinutes ?? 0) * MINUTE);
		this.poller = new Poller(
			{
				clock: this.clock,
				name: 'test',
				knowsIds: true,
				load: () => this.memory,
				keep: (parts) => Object.assign(this.memory, parts),
				connect: async (signal) =>
					await Promise.resolve({ client: org.client(signal), secrets: [] }),
				run: async (events, id) => await this.run(events, id),
				report: (failure) => kept.failures.push(failure),
			},
			settings,
		);
	}

	/** Switches the trigger on; n8n saves the memory when that has succeeded. */
	async start(): Promise<void> {
		await this.poller.start();
		if (!this.dead) this.kept.memory = structuredClone(this.memory);
		await this.idle();
	}

	/** The next poll, to its end or until n8n is killed. */
	async poll(): Promise<void> {
		if (this.dead) return;
		this.clock.pass(INTERVAL_MS);
		await this.idle();
	}

	stop(): void {
		this.poller.stop();
	}

	kill(): void {
		this.dead = true;
		this.poller.stop();
		(globalThis as { [RUNS]?: Map<string, unknown> })[RUNS]?.clear();
		this.dying();
	}

	private async idle(): Promise<void> {
		const asleep = async () => {
			while (!this.dead && !this.clock.waits(INTERVAL_MS))
				await new Promise((resolve) => setTimeout(resolve, 1));
		};
		await Promise.race([asleep(), this.death]);
	}

	/** As n8n does: the memory is written, then the run, unless there was one of this id. */
	private async run(events: ChangeEvent[], id: string): Promise<RunOutcome> {
		const at = async (step: Step) => {
			// Not before the run is known to the process: a new process knows nothing of it.
			await Promise.resolve();
			if (!this.dead && this.options.dies?.(step)) this.kill();
			if (this.dead) await new Promise(() => {});
		};
		if (this.options.refuses?.()) throw new Error('the database of n8n is away');
		await at('memory');
		this.kept.memory = structuredClone(this.memory);
		await at('run');
		const isNew = !this.kept.runs.has(id);
		if (isNew) this.kept.runs.set(id, structuredClone(events));
		await at('end');
		return isNew ? (this.options.outcome ?? 'succeeded') : 'unknown';
	}
}

/** An org, and triggers that poll it. */
export class PolledOrg {
	private readonly pollings: Polling[] = [];
	readonly sandbox: SalesforceSandbox;

	private constructor(sandbox: SalesforceSandbox) {
		this.sandbox = sandbox;
	}

	static async open(): Promise<PolledOrg> {
		return new PolledOrg(await startSalesforceSandbox());
	}

	client(signal = new AbortController().signal): SalesforceClient {
		const access_token = this.sandbox.accessToken();
		const { url, organizationId } = this.sandbox;
		const id = `${url}/id/${organizationId}/005000000000001AAA`;
		const oauthTokenData = { access_token, instance_url: url, id };
		return clientAt(url, { oauthTokenData }, { signal, owner: url });
	}

	/** Switches a trigger on. */
	async start(
		watched: Partial<Watched> = {},
		kept = new Kept(),
		{ startFrom, batchSize = 100, ...options }: HostOptions & Partial<PollSettings> = {},
	): Promise<{ polling: Polling; kept: Kept }> {
		const settings: PollSettings = {
			watched: {
				...{ object: 'Account', kinds: ['created', 'updated', 'deleted', 'undeleted'] },
				...{
					fields: ['Name'],
					onlyChanged: [],
					condition: '',
					systemChanges: true,
					overlapMs: 30 * MINUTE,
				},
				...watched,
			},
			...(startFrom !== undefined && { startFrom }),
			...{ intervalMs: INTERVAL_MS, batchSize, runs: 1 },
		};
		const polling = new Polling(this, kept, settings, options);
		this.pollings.push(polling);
		await polling.start();
		return { polling, kept };
	}

	/** Time passes, at the org only. */
	pass(minutes: number): void {
		this.sandbox.clock.offsetMs += minutes * MINUTE;
	}

	insert(name: string, object = 'Account'): string {
		return this.sandbox.store.insert(
			object,
			object === 'Contact' ? { LastName: name } : { Name: name },
		);
	}

	update(id: string, values: Record<string, string | number | null>): void {
		this.sandbox.store.update(id, values);
	}

	delete(id: string): void {
		const row = this.sandbox.store.find(id);
		if (row) this.sandbox.store.transaction(() => this.sandbox.store.remove(row, ''));
	}

	undelete(id: string): void {
		const row = this.sandbox.store.find(id);
		if (row) this.sandbox.store.transaction(() => this.sandbox.store.restore(row, ''));
	}

	beginTransaction(): OpenTransaction {
		return this.sandbox.transactions.begin();
	}

	/** Requests since the last time. */
	takeRequests(): string[] {
		return this.sandbox.requests.splice(0).map(({ path }) => decodeURIComponent(path));
	}

	end(): void {
		for (const polling of this.pollings.splice(0)) polling.kill();
		this.sandbox.faults.clear();
	}
}

/** "created A" for each event. */
export const inShort = (events: ChangeEvent[]): string[] =>
	events.map(
		({ event, record, id }) => `${event} ${String(record?.Name ?? record?.LastName ?? id)}`,
	);
