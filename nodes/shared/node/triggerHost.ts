import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';
import type { Clock } from '../ground/clock';
import { systemClock } from '../ground/clock';
import type { Redact } from '../ground/redact';
import type { Failure } from '../resilience/failure';
import { knowsDeduplicationKeys, saveFailedExecutionOf } from './compat';
import { nodeError } from './nodeError';
import type { RunOutcome } from './triggerRuns';

/** What n8n does for a trigger with a clock of its own. */
export interface TriggerHost {
	clock: Clock;
	/** identifies this trigger among all of this n8n */
	name: string;
	/** what was kept, by name */
	load(): Readonly<Record<string, unknown>>;
	/** n8n writes it when the next run starts, before the run; `undefined` forgets a name */
	keep(parts: Record<string, string | undefined>): void;
	/** n8n starts no second run for an id that it has had */
	knowsIds: boolean;
	/** Starts a run of the workflow; resolves with its end, rejects where none was started. */
	run(items: INodeExecutionData[], id: string): Promise<RunOutcome>;
	/** Tells the user of a failure; the trigger goes on. */
	report(failure: Failure, redact: Redact): void;
}

/** n8n as a trigger sees it. */
export function triggerHost(context: ITriggerFunctions): TriggerHost {
	const memory = context.getWorkflowStaticData('node');
	const { id, type } = context.getNode();
	return {
		clock: systemClock,
		name: `${type.slice(type.lastIndexOf('.') + 1)} ${context.getWorkflow().id} ${id}`,
		load: () => memory,
		keep: (parts) => {
			for (const [name, text] of Object.entries(parts)) {
				if (text === undefined) Reflect.deleteProperty(memory, name);
				else memory[name] = text;
			}
		},
		knowsIds: knowsDeduplicationKeys(context),
		run: async (items, batch) => {
			const done = context.helpers.createDeferredPromise<IRun | undefined>();
			// n8n writes down the memory first, then the run.
			context.emit([items], undefined, done as typeof done & { promise: Promise<IRun> }, batch);
			return await endOf(done.promise);
		},
		report: (failure, redact) => {
			const error = nodeError(context.getNode(), failure, undefined, '', redact);
			const save = saveFailedExecutionOf(context);
			if (save) save(error);
			else context.logger.error(`${context.getNode().name}: ${error.message}`);
		},
	};
}

const endOf = async (done: Promise<IRun | undefined>): Promise<RunOutcome> =>
	await done.then(
		(run) => {
			// n8n has had a run of this id.
			if (run === undefined) return 'unknown';
			return run.status === 'success' ? 'succeeded' : 'failed';
		},
		async (error: unknown) => {
			// There was a run, and somebody stopped it.
			const stopped = error instanceof Error && /cancel/i.test(`${error.name} ${error.message}`);
			return stopped ? 'failed' : await Promise.reject(error);
		},
	);
