import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { fingerprint } from '../ground/fingerprint';
import type { Redact } from '../ground/redact';
import type { FailureDetails } from '../resilience/failure';
import { Failure } from '../resilience/failure';
import type { Entry, LedgerStore } from '../resilience/ledger';
import { ledgerIn, noLedger } from '../resilience/ledger';

/** What became of one item. */
export type Outcome = { rows: INodeExecutionData[] } | { failure: Failure };

/** What a run remembers of its items, so that nothing is done twice. */
export interface ItemLedger {
	/**
	 * Identifies the work of one item: the same in every try, another in the next round of a loop.
	 * @param input the parameters, or the raw item where they could not be read
	 */
	keyOf(item: number, input: unknown, files: INodeExecutionData['binary']): string;
	/** What became of it before, if that is known; else it is begun now. */
	begin(
		item: number,
		input: unknown,
		files: INodeExecutionData['binary'],
	): Recalled | Promise<Recalled>;
	/** The item has ended. */
	end(item: number, outcome: Outcome): void | Promise<void>;
	/** The run has ended. */
	keep(outcomes: Outcome[], keyOf: (item: number) => string, redact: Redact): void;
}

export type Recalled = Outcome | undefined;

type Entries = Record<string, Entry<INodeExecutionData[]>>;

/**
 * The ledger of one run of the node. It lives in n8n's execution context, which survives the tries
 * of "Retry On Fail" and goes into the data that "Retry execution" starts from. Entries are written
 * only when the run ends with failures: a run that succeeds is never repeated by n8n.
 */
export class RunLedger implements ItemLedger {
	private readonly context: { resilientLedger?: Entries };
	private readonly store: LedgerStore<INodeExecutionData[]>;
	/** nothing to look up: keys need not be computed */
	private readonly empty: boolean;

	constructor(
		private readonly execution: IExecuteFunctions,
		private readonly mode: 'run' | 'off',
		private readonly repeatable: boolean,
	) {
		this.context = execution.getContext('node');
		const known = mode === 'run' ? this.context.resilientLedger : undefined;
		this.empty = !known || Object.keys(known).length === 0;
		this.store = known ? ledgerIn(known) : noLedger;
	}

	keyOf(item: number, input: unknown, files: INodeExecutionData['binary']): string {
		const { resource, operation } = this.execution.getNode().parameters;
		const held = Object.entries(files ?? {}).map(([name, { id, data }]) => [name, id ?? data]);
		const run = this.execution.getWorkflowDataProxy(0).$runIndex as number;
		return fingerprint([run, item, resource, operation, input, held]);
	}

	begin(item: number, input: unknown, files: INodeExecutionData['binary']): Recalled {
		const entry = this.empty ? undefined : this.store.get(this.keyOf(item, input, files));
		return entry && outcomeOf(entry);
	}

	end(): void {}

	/**
	 * Keeps what must not be repeated: done items with their rows, and items whose effect is
	 * unknown. The others may be sent again.
	 */
	keep(outcomes: Outcome[], keyOf: (item: number) => string, redact: Redact): void {
		if (this.mode === 'off') return;
		if (outcomes.every((outcome) => 'rows' in outcome)) {
			delete this.context.resilientLedger;
			return;
		}
		const entries: Entries = {};
		outcomes.forEach((outcome, item) => {
			if ('rows' in outcome) entries[keyOf(item)] = { state: 'done', rows: outcome.rows };
			else if (outcome.failure.phase === 'maybeDone' && !this.repeatable)
				entries[keyOf(item)] = { state: 'failed', failure: plainFailure(outcome.failure, redact) };
		});
		this.context.resilientLedger = entries;
	}
}

export const outcomeOf = (entry: Entry<INodeExecutionData[]>): Outcome =>
	entry.state === 'done' ? { rows: entry.rows } : { failure: new Failure({ ...entry.failure }) };

/** A failure as it can be stored. */
export const plainFailure = (failure: Failure, redact: Redact): FailureDetails => {
	const { kind, phase, code, message, hint, scope, status, retryAfterMs } = failure;
	return redact.value({ kind, phase, code, message, hint, scope, status, retryAfterMs });
};
