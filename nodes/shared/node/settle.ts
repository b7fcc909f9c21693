import type { INode, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { Redact } from '../ground/redact';
import type { Failure } from '../resilience/failure';
import { errorItem, failedRecord } from './failedOutput';
import { nodeError } from './nodeError';
import type { Outcome } from './runLedger';
import type { Run } from './runOperations';

interface Ended {
	run: Run;
	items: INodeExecutionData[];
	outcomes: Outcome[];
	/** repeated requests per failure code */
	retries: Map<string, number>;
	redact: Redact;
	keyOf(item: number): string;
}

/**
 * The node's outputs, in input order. Failed items go to the Failed output where the node has one,
 * under "Continue On Fail" into error items, else the node throws the first failure and says what
 * became of the others.
 */
export function settle({
	run,
	items,
	outcomes,
	retries,
	redact,
	keyOf,
}: Ended): INodeExecutionData[][] {
	const { context } = run;
	const failures = outcomes.flatMap((outcome, item) =>
		'failure' in outcome ? [{ item, failure: outcome.failure }] : [],
	);
	const [first] = failures;
	if (first && run.signal.aborted) throw stopped(context.getNode(), outcomes.length, failures);
	if (first && !run.failedOutput && !context.continueOnFail()) {
		const summary = summaryOf(failures, outcomes.length);
		throw nodeError(context.getNode(), first.failure, first.item, summary, redact);
	}
	const done: INodeExecutionData[] = [];
	const failed: INodeExecutionData[] = [];
	outcomes.forEach((outcome, item) => {
		if ('rows' in outcome) {
			// Not as arguments of one call: 130,000 of them are too many for the stack.
			for (const row of outcome.rows) done.push(row);
			return;
		}
		const { failure } = outcome;
		if (!run.failedOutput) return void done.push(errorItem(failure, item, redact));
		const { json: input = {}, binary } = items[item] ?? {};
		const json = { ...failedRecord(context.getNode().name, input, failure, keyOf(item), redact) };
		failed.push({ json, ...(binary && { binary }), pairedItem: { item } });
	});
	hint(run, retries);
	return run.failedOutput ? [done, failed] : [done];
}

/** n8n records a run as cancelled when the message of its error says so, in this spelling. */
const stopped = (node: INode, count: number, failures: Array<{ failure: Failure }>) =>
	new NodeOperationError(node, 'The execution was canceled', {
		description: summaryOf(failures, count),
	});

function summaryOf(failures: Array<{ failure: Failure }>, count: number): string {
	if (count === 1) return '';
	const notSent = failures.filter(({ failure }) => failure.phase === 'notSent').length;
	const unknown = failures.filter(({ failure }) => failure.phase === 'maybeDone').length;
	const parts = [
		`${failures.length} of ${count} items failed`,
		...(notSent > 0 ? [`${notSent} of them were not sent`] : []),
		...(unknown > 0 ? [`of ${unknown} nobody can know whether they were done`] : []),
	];
	return `${parts.join(', ')}; ${count - failures.length} are done and will not be repeated when n8n retries this node. To let the others go on, switch on "Failed Output" under Resilience.`;
}

function hint(run: Run, retries: Map<string, number>): void {
	if (retries.size === 0) return;
	const total = [...retries.values()].reduce((sum, n) => sum + n, 0);
	const causes = [...retries].map(([code, n]) => `${code} ${n}×`).join(', ');
	run.context.addExecutionHints({
		message: `${total} ${total === 1 ? 'request was' : 'requests were'} repeated: ${causes}`,
		location: 'outputPane',
	});
}
