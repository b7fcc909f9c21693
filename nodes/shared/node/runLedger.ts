import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { fingerprint } from '../ground/fingerprint';
import type { Redact } from '../ground/redact';
import { Failure } from '../resilience/failure';
import type { Entry, LedgerStore } from '../resilience/ledger';
import { ledgerIn, noLedger } from '../resilience/ledger';

/** What became of one item. */
export type Outcome = { rows: INodeExecutionData[] } | { failure: Failure };

type Entries = Record<string, Entry<INodeExecutionData[]>>;

/**
 * The ledger of one run of the node. It lives in n8n's execution context, which survives the tries
 * of "Retry On Fail" and goes into the data that "Retry execution" starts from. Entries are written
 * only when the run ends with failures: a run that succeeds is never repeated by n8n.
 */
export class RunLedger {
	private readonly context: { resilientLedger?: Entries };
	private readonly store: LedgerStore<INodeExecutionData[]>;
	/** nothing to look up: keys need not be computed */
	readonly empty: boolean;

	constructor(
		private readonly execution: IExecuteFunctions,
		private readonly mode: 'run' | 'off',
	) {
		this.context = execution.getContext('node');
		const known = mode === 'run' ? this.context.resilientLedger : undefined;
		this.empty = !known || Object.keys(known).length === 0;
		this.store = known ? ledgerIn(known) : noLedger;
	}

	/**
	 * Identifies the work of one item: the same in every try, another in the next round of a loop.
	 * @param input the parameters, or the raw item where they could not be read
	 */
	keyOf(item: number, input: unknown, files: INodeExecutionData['binary']): string {
		const { resource, operation } = this.execution.getNode().parameters;
		const held = Object.entries(files ?? {}).map(([name, { id, data }]) => [name, id ?? data]);
		const run = this.execution.getWorkflowDataProxy(0).$runIndex as number;
		return fingerprint([run, item, resource, operation, input, held]);
	}

	find(key: string): Outcome | undefined {
		const entry = this.store.get(key);
		if (!entry) return undefined;
		return entry.state === 'done'
			? { rows: entry.rows }
			: { failure: new Failure({ ...entry.failure }) };
	}

	/**
	 * Keeps what must not be repeated: done items with their rows, and items whose effect is
	 * unknown. The others may be sent again.
	 */
	keep(
		outcomes: Outcome[],
		keyOf: (item: number) => string,
		repeatable: boolean,
		redact: Redact,
	): void {
		if (this.mode === 'off') return;
		if (outcomes.every((outcome) => 'rows' in outcome)) {
			delete this.context.resilientLedger;
			return;
		}
		const entries: Entries = {};
		outcomes.forEach((outcome, item) => {
			if ('rows' in outcome) entries[keyOf(item)] = { state: 'done', rows: outcome.rows };
			else if (outcome.failure.phase === 'maybeDone' && !repeatable)
				entries[keyOf(item)] = { state: 'failed', failure: plain(outcome.failure, redact) };
		});
		this.context.resilientLedger = entries;
	}
}

const plain = (failure: Failure, redact: Redact) => {
	const { kind, phase, code, message, hint, scope, status, retryAfterMs } = failure;
	return redact.value({ kind, phase, code, message, hint, scope, status, retryAfterMs });
};
