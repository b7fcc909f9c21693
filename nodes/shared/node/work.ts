import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { pump } from '../ground/pump';
import { REDACTED } from '../ground/redact';
import { Failure, invalidInput, stopsAll, toFailure } from '../resilience/failure';
import type { AnyOperation, Settle } from './defineOperation';
import { WithFiles } from './defineOperation';
import { redriven } from './failedOutput';
import { itemFiles } from './itemFiles';
import { Lanes } from './lanes';
import { inputReader } from './readInput';
import type { ItemLedger, Outcome } from './runLedger';
import type { Run } from './runOperations';
import { secretsIn } from './secretsIn';

/** The items of one run and what became of them. */
export class Work {
	readonly items: INodeExecutionData[];
	private readonly inputs: Array<Record<string, unknown> | undefined> = [];
	private readonly settled: Array<Outcome | undefined> = [];
	private halt: Failure | undefined;
	private readInput: ((item: number) => Record<string, unknown>) | undefined;

	constructor(
		private readonly started: Run,
		private readonly raw: INodeExecutionData[],
		private readonly ledger: ItemLedger,
	) {
		const { name } = started.context.getNode();
		this.items = raw.map((item) => redriven(item, name));
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
			const size = Math.min(batchSize, this.items.length);
			const batches = Math.ceil(this.items.length / size);
			const batch = async (number: number) => {
				const indexes = [...this.items.keys()].slice(number * size, (number + 1) * size);
				await this.together(
					operation,
					indexes,
					async (inputs, settle) => await executeAll(client, inputs, settle),
				);
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
			if (await this.recall(index)) return;
			const execute = async () =>
				await operation.execute?.(
					client,
					input,
					itemFiles(this.started.context, this.items, index),
				);
			const touched = operation.inOrder?.(input);
			const output = touched === undefined ? await execute() : await lanes.run(touched, execute);
			await this.succeed(index, output);
		} catch (error) {
			await this.fail(index, toFailure(error));
		}
	}

	private async together<Client>(
		operation: AnyOperation<Client>,
		indexes: number[],
		executeAll: (
			inputs: Array<Record<string, unknown>>,
			settle: Settle<unknown>,
		) => Promise<unknown[]>,
	): Promise<void> {
		const ready: number[] = [];
		for (const index of indexes) {
			try {
				this.read(operation, index);
				if (!(await this.recall(index))) ready.push(index);
			} catch (error) {
				await this.fail(index, toFailure(error));
			}
		}
		if (ready.length === 0) return;
		const open = new Set(ready.keys());
		const settle: Settle<unknown> = async (n, result) => {
			const index = ready[n];
			if (index === undefined || !open.delete(n)) return;
			if (result instanceof Failure) await this.fail(index, result);
			else await this.succeed(index, result);
		};
		try {
			const inputs = ready.map((index) => this.inputs[index] ?? {});
			const results = await executeAll(inputs, settle);
			for (const n of ready.keys()) await settle(n, results[n] ?? toFailure(noResult()));
		} catch (error) {
			for (const n of [...open]) await settle(n, toFailure(error));
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
			const properties = operation.properties as INodeProperties[];
			this.readInput ??= inputReader(context, properties);
			const input = this.readInput(index);
			const secrets = [...secretsIn(properties, input), ...(operation.secrets?.(input) ?? [])];
			if (secrets.length > 0) this.started.learnOfItem(secrets);
			// In a record that was fed back, what is not secret may have been taken for it as well.
			const checked = item === original ? secrets : [JSON.stringify(input)];
			if (checked.some((text) => text.includes(REDACTED))) throw withoutItsSecret();
			this.inputs[index] = input;
			return input;
		} finally {
			if (original) this.raw[index] = original;
		}
	}

	private async recall(index: number): Promise<boolean> {
		const known = this.ledger.begin(index, this.inputs[index], this.items[index]?.binary);
		const outcome = known instanceof Promise ? await known : known;
		if (outcome) this.settled[index] = outcome;
		return outcome !== undefined;
	}

	private async succeed(index: number, output: unknown): Promise<void> {
		const outcome = { rows: rowsOf(output, index) };
		this.settled[index] = outcome;
		await this.ledger.end(index, outcome);
	}

	private async fail(index: number, failure: Failure): Promise<void> {
		this.settled[index] = { failure };
		// A credential that is refused again and again might get locked.
		if (stopsAll(failure)) this.stop(failure);
		await this.ledger.end(index, { failure });
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

const noResult = () => new Error('The operation says nothing of what became of this item');

/** A failed record that was fed back has no secrets: what stands in their place must not be used. */
const withoutItsSecret = () =>
	invalidInput(
		`The item has "${REDACTED}" where a secret is needed`,
		'Failed records do not contain secrets. Add it to the item again before it goes into this node.',
	);

function rowsOf(output: unknown, item: number): INodeExecutionData[] {
	const rows: unknown[] = Array.isArray(output) ? output : [output];
	// One for all of them, as n8n's constructExecutionMetaData does it.
	const pairedItem = { item };
	return rows.map((row) =>
		row instanceof WithFiles
			? { json: row.row as IDataObject, binary: row.files, pairedItem }
			: { json: (row ?? {}) as IDataObject, pairedItem },
	);
}
