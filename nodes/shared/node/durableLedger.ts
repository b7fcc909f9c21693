import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import os from 'node:os';
import path from 'node:path';
import { fingerprint } from '../ground/fingerprint';
import type { Redact } from '../ground/redact';
import { REDACTED } from '../ground/redact';
import { Failure, toFailure } from '../resilience/failure';
import type { DurableStore, Entry } from '../resilience/ledger';
import { ledgerFile } from '../transport/ledgerFile';
import { ledgerRedis } from '../transport/ledgerRedis';
import type { ItemLedger, Outcome, Recalled } from './runLedger';
import { outcomeOf, plainFailure } from './runLedger';

type Store = DurableStore<INodeExecutionData[]>;

/** The place for durable ledgers: a file beside n8n's own database, unless the administrator says otherwise. */
export function durableStore(environment: NodeJS.ProcessEnv = process.env): Store {
	const given = environment.N8N_RESILIENT_LEDGER?.trim();
	if (given && /^rediss?:\/\//.test(given)) return ledgerRedis(given);
	const home = environment.N8N_USER_FOLDER || os.homedir();
	return ledgerFile(given || path.join(home, '.n8n', 'resilient-ledger.sqlite'), Date.now);
}

/**
 * A ledger that outlives the process. What a piece of work is called is the user's to say ("Ledger
 * Key"), because only the user knows what is the same work: an order is done once, a nightly report
 * once a night.
 */
export class DurableLedger implements ItemLedger {
	private readonly keys = new Map<number, string>();
	private readonly items = new Map<string, number>();
	/** by item: the fingerprint of what this run has begun and not yet ended */
	private readonly open = new Map<number, string>();

	constructor(
		private readonly execution: IExecuteFunctions,
		private readonly repeatable: boolean,
		private readonly redact: Redact,
		private readonly secretColumns: readonly string[] = [],
		private readonly store: Store = durableStore(),
	) {}

	keyOf(item: number, input: unknown): string {
		return this.keys.get(item) ?? fingerprint([this.place(), item, input]);
	}

	async begin(item: number, input: unknown): Promise<Recalled> {
		const name = this.nameOf(item);
		const key = fingerprint([this.place(), name]);
		const twin = this.items.get(key);
		if (twin !== undefined) throw sameKey(name, twin, item);
		this.keys.set(item, key);
		this.items.set(key, item);
		const work = fingerprint(input);
		const known = await this.store.begin(key, work);
		if (known && known.work !== work) throw otherWork(name);
		if (known && known.entry.state !== 'intended') return outcomeOf(known.entry);
		if (known && !this.repeatable) return { failure: interrupted(name) };
		this.open.set(item, work);
		return undefined;
	}

	async end(item: number, outcome: Outcome): Promise<void> {
		const key = this.keys.get(item);
		const work = this.open.get(item);
		if (key === undefined || work === undefined) return;
		this.open.delete(item);
		const entry = this.entryOf(outcome);
		try {
			await (entry ? this.store.end(key, work, entry) : this.store.forget(key));
		} catch (error) {
			// It stays "intended": the next run repeats it only where that does no harm.
			this.execution.logger.warn(`${toFailure(error).message}; the result of an item is not noted`);
		}
	}

	/** What must not be repeated; `undefined` for what may. */
	private entryOf(outcome: Outcome): Entry<INodeExecutionData[]> | undefined {
		// n8n deletes files with the execution they belong to: these items are done again.
		if ('rows' in outcome) {
			const { rows } = outcome;
			return rows.some(({ binary }) => binary)
				? undefined
				: { state: 'done', rows: rows.map((row) => this.withoutSecrets(row)) };
		}
		if (outcome.failure.phase !== 'maybeDone' || this.repeatable) return undefined;
		return { state: 'failed', failure: plainFailure(outcome.failure, this.redact) };
	}

	private withoutSecrets(row: INodeExecutionData): INodeExecutionData {
		const hidden = this.secretColumns.filter((name) => name in row.json);
		if (hidden.length === 0) return row;
		const json = { ...row.json, ...Object.fromEntries(hidden.map((name) => [name, REDACTED])) };
		return { ...row, json };
	}

	keep(): void {}

	private nameOf(item: number): string {
		const given: unknown = this.execution.getNodeParameter('resilience.ledgerKey', item, '');
		const name = typeof given === 'number' ? String(given) : given;
		if (typeof name === 'string' && name.trim() !== '') return name;
		throw new Failure({
			kind: 'invalid',
			phase: 'notSent',
			code: 'NO_LEDGER_KEY',
			message: '"Ledger Key" is empty: the durable ledger cannot tell what is the same work',
			hint: 'Under Resilience, give an expression such as {{ $json.orderId }}, or add the day for what is to be done daily.',
		});
	}

	private place() {
		const { id, parameters } = this.execution.getNode();
		return [this.execution.getWorkflow().id, id, parameters.resource, parameters.operation];
	}
}

const sameKey = (name: string, first: number, second: number) =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'LEDGER_KEY_TWICE',
		message: `Items ${first} and ${second} have the same ledger key "${name}"`,
		hint: 'Make "Ledger Key" different for different items.',
	});

const otherWork = (name: string) =>
	new Failure({
		kind: 'conflict',
		phase: 'notSent',
		code: 'LEDGER_KEY_USED',
		message: `The ledger key "${name}" was used before, with other parameters`,
		hint: 'Put into "Ledger Key" whatever makes this a different piece of work, for example the day.',
	});

const interrupted = (name: string) =>
	new Failure({
		kind: 'timeout',
		phase: 'maybeDone',
		code: 'INTERRUPTED',
		message: `An earlier run began "${name}" and was interrupted before it noted the result`,
		hint: 'Look in the system whether it was done.',
	});
