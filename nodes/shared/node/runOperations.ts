import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { redactor } from '../ground/redact';
import { Failure, toFailure } from '../resilience/failure';
import type { About } from '../resilience/policy';
import type { AnyOperation, Resource } from './defineOperation';
import { WithFiles } from './defineOperation';
import { redriven } from './failedOutput';
import { itemFiles } from './itemFiles';
import { Lanes, pump } from './pump';
import { readInput } from './readInput';
import type { ResilienceOptions } from './resilienceFields';
import { readResilience } from './resilienceFields';
import type { Outcome } from './runLedger';
import { RunLedger } from './runLedger';
import { settle } from './settle';

/** What a house needs to know of the run to open its client. */
export interface Run extends ResilienceOptions {
	context: IExecuteFunctions;
	/** aborted when the user stops the execution */
	signal: AbortSignal;
	onRetry(about: About, failure: Failure): void;
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
	const run: Run = {
		...readResilience(context),
		context,
		signal: context.getExecutionCancelSignal() ?? new AbortController().signal,
		onRetry: (_about, { code }) => retries.set(code, (retries.get(code) ?? 0) + 1),
	};
	const ledger = new RunLedger(context, run.ledger);
	const work = new Work(run, items, ledger);
	let redact = redactor([]);
	let operation: AnyOperation<Client> | undefined;
	try {
		operation = chosen(context, resources);
		const { client, secrets } = await connect(run);
		redact = redactor(secrets);
		await work.run(operation, client);
	} catch (error) {
		// Under "Continue On Fail" a node must not throw: n8n would send its input on as a success.
		work.stop(toFailure(error));
	}
	const outcomes = work.outcomes();
	ledger.keep(outcomes, (item) => work.keyOf(item), operation?.repeatable ?? true, redact);
	return settle({ run, items: work.items, outcomes, retries, redact, keyOf: (i) => work.keyOf(i) });
}

function chosen<Client>(context: IExecuteFunctions, resources: Array<Resource<Client>>) {
	const { resource, operation } = context.getNode().parameters;
	const found = resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
	if (found) return found;
	throw new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'UNKNOWN_OPERATION',
		message: `This node has no operation "${String(operation)}" for "${String(resource)}"`,
		hint: 'Choose resource and operation again.',
	});
}

/** The items of one run and what became of them. */
class Work {
	readonly items: INodeExecutionData[];
	private readonly inputs: Array<Record<string, unknown> | undefined> = [];
	private readonly settled: Array<Outcome | undefined> = [];
	private halt: Failure | undefined;

	constructor(
		private readonly started: Run,
		private readonly raw: INodeExecutionData[],
		private readonly ledger: RunLedger,
	) {
		this.items = raw.map(redriven);
	}

	/** The remaining items fail with this failure. */
	stop(failure: Failure): void {
		this.halt ??= failure;
	}

	async run<Client>(operation: AnyOperation<Client>, client: Client): Promise<void> {
		const { concurrency, signal } = this.started;
		const stopped = () => signal.aborted || this.halt !== undefined;
		const { executeAll, batchSize = 1 } = operation;
		if (executeAll) {
			const batches = Math.ceil(this.items.length / batchSize);
			const batch = async (number: number) => {
				const indexes = [...this.items.keys()].slice(number * batchSize, (number + 1) * batchSize);
				await this.together(operation, indexes, async (inputs) => await executeAll(client, inputs));
			};
			return await pump(batches, concurrency, batch, stopped);
		}
		const lanes = new Lanes();
		await pump(
			this.items.length,
			concurrency,
			async (i) => await this.one(operation, client, lanes, i),
			stopped,
		);
	}

	outcomes(): Outcome[] {
		return this.items.map((_item, index) => this.settled[index] ?? { failure: this.unsent() });
	}

	keyOf(index: number): string {
		const item = this.items[index];
		return this.ledger.keyOf(index, this.inputs[index] ?? item?.json, item?.binary);
	}

	private async one<Client>(
		operation: AnyOperation<Client>,
		client: Client,
		lanes: Lanes,
		index: number,
	): Promise<void> {
		try {
			const input = this.read(operation, index);
			if (this.recall(index)) return;
			const execute = async () =>
				await operation.execute?.(
					client,
					input,
					itemFiles(this.started.context, this.items, index),
				);
			const lane = operation.inOrder?.(input);
			const output = lane === undefined ? await execute() : await lanes.run(lane, execute);
			this.settled[index] = { rows: rowsOf(output, index) };
		} catch (error) {
			this.fail(index, toFailure(error));
		}
	}

	private async together<Client>(
		operation: AnyOperation<Client>,
		indexes: number[],
		executeAll: (inputs: Array<Record<string, unknown>>) => Promise<unknown[]>,
	): Promise<void> {
		const ready: number[] = [];
		for (const index of indexes) {
			try {
				this.read(operation, index);
				if (!this.recall(index)) ready.push(index);
			} catch (error) {
				this.fail(index, toFailure(error));
			}
		}
		if (ready.length === 0) return;
		try {
			const outputs = await executeAll(ready.map((index) => this.inputs[index] ?? {}));
			ready.forEach((index, n) => {
				const output = outputs[n];
				if (output instanceof Failure) this.fail(index, output);
				else this.settled[index] = { rows: rowsOf(output, index) };
			});
		} catch (error) {
			for (const index of ready) this.fail(index, toFailure(error));
		}
	}

	/** Reads the parameters; those of a failed record that was fed back, from the item inside it. */
	private read<Client>(operation: AnyOperation<Client>, index: number): Record<string, unknown> {
		const { context } = this.started;
		const original = this.raw[index];
		const item = this.items[index];
		// Expressions read the node's input array, which the sending node shares: the item is put back
		// before anyone else can look.
		if (item && item !== original) this.raw[index] = item;
		try {
			const input = readInput(context, operation.properties as INodeProperties[], index);
			this.inputs[index] = input;
			return input;
		} finally {
			if (original) this.raw[index] = original;
		}
	}

	private recall(index: number): boolean {
		const known = this.ledger.empty ? undefined : this.ledger.find(this.keyOf(index));
		if (known) this.settled[index] = known;
		return known !== undefined;
	}

	private fail(index: number, failure: Failure): void {
		this.settled[index] = { failure };
		// The same credential would be refused for every other item, and might get locked.
		if (failure.kind === 'auth' && failure.scope === 'credential') this.stop(failure);
	}

	private unsent(): Failure {
		const { halt } = this;
		if (halt && this.settled.length > 0) {
			const { kind, code, hint, scope, message } = halt;
			return new Failure({
				kind,
				phase: 'notSent',
				code,
				hint,
				scope,
				message: `Not sent: ${message}`,
			});
		}
		if (halt) return halt;
		return new Failure({
			kind: 'timeout',
			phase: 'notSent',
			code: 'CANCELLED',
			message: 'Not sent: the execution was cancelled',
		});
	}
}

const rowsOf = (output: unknown, item: number): INodeExecutionData[] =>
	[output]
		.flat()
		.map((row) =>
			row instanceof WithFiles
				? { json: row.row as IDataObject, binary: row.files, pairedItem: { item } }
				: { json: (row ?? {}) as IDataObject, pairedItem: { item } },
		);
