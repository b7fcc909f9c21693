import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Redact } from '../ground/redact';
import { growingRedactor } from '../ground/redact';
import { Failure, toFailure } from '../resilience/failure';
import type { About } from '../resilience/policy';
import type { AnyOperation, Resource } from './defineOperation';
import { DurableLedger } from './durableLedger';
import type { ResilienceOptions } from './resilienceFields';
import { readResilience } from './resilienceFields';
import type { ItemLedger } from './runLedger';
import { RunLedger } from './runLedger';
import { settle } from './settle';
import { Work } from './work';

/** What a house needs to know of the run to open its client. */
export interface Run extends ResilienceOptions {
	context: IExecuteFunctions;
	/** aborted when the user stops the execution */
	signal: AbortSignal;
	onRetry(about: About, failure: Failure): void;
	/** Told of secrets that come up while it runs, as the keys of a role do. */
	learn(secrets: Iterable<string | undefined>): void;
	/** Told of the secrets that the parameters of an item hold. */
	learnOfItem(secrets: Iterable<string>): void;
}

export interface Connected<Client> {
	client: Client;
	/** never to be seen in items, errors or records */
	secrets: Array<string | undefined>;
}

/**
 * Runs the chosen operation for all input items: concurrency, batches, order, pairing, cancel, the
 * ledger, and the three ways of failing (Failed output, Continue On Fail, throw). Each input item
 * ends in exactly one place.
 * @param connect opens the house's client, once per run
 */
export async function runOperations<Client>(
	context: IExecuteFunctions,
	resources: Array<Resource<Client>>,
	connect: (run: Run) => Promise<Connected<Client>>,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];
	const retries = new Map<string, number>();
	const { redact, learn, learnOfItem } = growingRedactor();
	const run: Run = {
		...readResilience(context),
		context,
		signal: context.getExecutionCancelSignal() ?? new AbortController().signal,
		onRetry: (_about, { code }) => retries.set(code, (retries.get(code) ?? 0) + 1),
		learn,
		learnOfItem,
	};
	const operation = chosen(context, resources);
	const ledger = ledgerOf(run, operation, redact);
	const work = new Work(run, items, ledger);
	try {
		if (!operation) throw unknownOperation(context);
		const { client, secrets } = await connect(run);
		learn(secrets);
		await work.run(operation, client);
	} catch (error) {
		// Under "Continue On Fail" a node must not throw: n8n would send its input on as a success.
		work.stop(toFailure(error));
	}
	const outcomes = work.outcomes();
	const keyOf = (item: number) => work.keyOf(item);
	ledger.keep(outcomes, keyOf, redact);
	return settle({ run, items: work.items, outcomes, retries, redact, keyOf });
}

function ledgerOf<Client>(
	run: Run,
	operation: AnyOperation<Client> | undefined,
	redact: Redact,
): ItemLedger {
	const { context, ledger } = run;
	const { repeatable = true, secretColumns } = operation ?? {};
	return ledger === 'durable'
		? new DurableLedger(context, repeatable, redact, secretColumns)
		: new RunLedger(context, ledger, repeatable);
}

function chosen<Client>(
	context: IExecuteFunctions,
	resources: Array<Resource<Client>>,
): AnyOperation<Client> | undefined {
	const { resource, operation } = context.getNode().parameters;
	return resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
}

const unknownOperation = (context: IExecuteFunctions) => {
	const { resource, operation } = context.getNode().parameters;
	return new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'UNKNOWN_OPERATION',
		message: `This node has no operation "${String(operation)}" for "${String(resource)}"`,
		hint: 'Choose resource and operation again.',
	});
};
