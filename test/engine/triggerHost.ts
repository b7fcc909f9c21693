import type { IDataObject, INode, INodeExecutionData, IRun, ITriggerResponse } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';
import type { Engine } from './engine';

/** What survives a host: the columns of n8n's database that matter to a trigger. */
export class Database {
	staticData = '{}';
	readonly executions: Array<{ key?: string; items: INodeExecutionData[] }> = [];
	readonly failures: Error[] = [];
	/** how often a run was asked for */
	runsBegun = 0;

	/** The json of all items of all runs. */
	events(): IDataObject[] {
		return this.executions.flatMap(({ items }) => items.map(({ json }) => json));
	}
}

export interface HostOptions {
	/** hosts since 2.20 start one run for each key */
	knowsKeys?: boolean;
	runMs?: number;
	status?: () => IRun['status'];
}

// The runs that a process knows of; a new process knows of none.
const RUNS = Symbol.for('n8n-nodes-resilient.trigger.runs.v1');

/**
 * A process of n8n with one active workflow: it writes as n8n 2.40 does
 * (workflows/triggers/trigger-execution-context.factory.js), and it can be killed between any two
 * writes.
 */
export class TriggerHost {
	private dead = false;
	private response: ITriggerResponse | undefined;
	private readonly engine: Engine;
	readonly database: Database;
	private readonly options: HostOptions;

	constructor(engine: Engine, database: Database, options: HostOptions = {}) {
		this.engine = engine;
		this.database = database;
		this.options = options;
	}

	async activate(node: Partial<INode>): Promise<void> {
		const { engine, database } = this;
		const { knowsKeys = true, runMs = 3, status = () => 'success' as const } = this.options;
		const workflow = engine.activeWorkflow(node, JSON.parse(database.staticData) as IDataObject);
		// One after the other, as a database does what comes over one connection.
		let saved: Promise<unknown> = Promise.resolve();
		const save = async () => {
			const text = JSON.stringify(workflow.staticData);
			saved = Promise.all([saved, wait(Math.random() * 3)]).then(() => {
				if (!this.dead) database.staticData = text;
			});
			await saved;
		};
		const start = async (items: INodeExecutionData[], key: string | undefined, before: unknown) => {
			// Not the clock alone: in a busy process a timer of 3 ms may end before one of 2 ms.
			await Promise.all([before, wait(3 + Math.random() * 4)]);
			if (this.dead) return await never();
			if (knowsKeys && database.executions.some((other) => other.key === key)) return undefined;
			database.executions.push({ key, items });
			await wait(runMs);
			if (this.dead) return await never();
			return { status: status() } as IRun;
		};
		type Done = { resolve(run: IRun | undefined): void; reject(error: Error): void };
		const begin = (data: INodeExecutionData[][], done?: unknown, key?: string) => {
			// Else the runs of the next process would wait for this one, which never ends.
			if (this.dead) throw new Error('This process is gone');
			database.runsBegun++;
			const { resolve, reject } = done as Done;
			start(data[0] ?? [], key, save()).then(resolve, reject);
		};
		const emit = knowsKeys
			? (data: INodeExecutionData[][], _answer: unknown, done: unknown, key: unknown) =>
					begin(data, done, key as string)
			: (data: INodeExecutionData[][], _answer: unknown, done: unknown) => begin(data, done);
		const context = engine.triggerContext(workflow, 'trigger', emit, (error) => {
			if (!this.dead) database.failures.push(error);
		});
		const { getCredentials } = context;
		context.getCredentials = async <T extends object>(name: string) =>
			this.dead ? await never() : ((await getCredentials.call(context, name)) as T);
		this.response = await engine.typeOf(workflow).trigger?.call(context);
		// n8n saves when the triggers of a workflow have started.
		await save();
	}

	/** Ends as after SIGTERM: triggers are closed, runs end, nothing is saved any more. */
	async stop(): Promise<void> {
		await this.response?.closeFunction?.();
		await wait((this.options.runMs ?? 3) + 20);
		this.kill();
	}

	/** Ends as after SIGKILL: what is not written yet is never written. */
	kill(): void {
		this.dead = true;
		void this.response?.closeFunction?.();
		(globalThis as { [RUNS]?: Map<string, unknown> })[RUNS]?.clear();
	}
}

const never = async (): Promise<never> => await new Promise(() => {});
