import type { IBinaryData, INodeProperties } from 'n8n-workflow';
import type { Readable } from 'node:stream';
import type { Failure } from '../resilience/failure';
import type { Touched } from './lanes';

// What a declared property holds at run time.
type ValueOf<P> = P extends { typeOptions: { anyValue: true } } ? unknown : TypedValueOf<P>;

type TypedValueOf<P> = P extends { type: 'string' | 'dateTime' | 'color' | 'resourceLocator' }
	? string
	: P extends { type: 'number' }
		? number
		: P extends { type: 'boolean' }
			? boolean
			: P extends { type: 'options'; options: Array<{ value: infer V }> }
				? V
				: P extends { type: 'options' }
					? string
					: P extends { type: 'multiOptions'; options: Array<{ value: infer V }> }
						? V[]
						: P extends { type: 'multiOptions' }
							? string[]
							: P extends { type: 'collection'; options: infer F extends readonly unknown[] }
								? Partial<InputOf<F>>
								: P extends { type: 'fixedCollection'; options: Array<infer G> }
									? { [K in G as NameOf<K>]?: RowsOf<P, K> }
									: P extends { type: 'resourceMapper' }
										? Record<string, unknown>
										: unknown; // json, filter: narrow by hand

type RowsOf<P, G> = G extends { values: infer F extends readonly unknown[] }
	? P extends { typeOptions: { multipleValues: true } }
		? Array<InputOf<F>>
		: InputOf<F>
	: never;
type NameOf<P> = P extends { name: infer N extends string } ? N : never;
type Always<P> = P extends { displayOptions: unknown } ? never : NameOf<P>;
type Sometimes<P> = P extends { displayOptions: unknown } ? NameOf<P> : never;

/** A property with displayOptions may be hidden, so it may be absent; every other one is there. */
export type InputOf<P extends readonly unknown[]> = {
	[F in P[number] as Always<F>]: ValueOf<F>;
} & { [F in P[number] as Sometimes<F>]?: ValueOf<F> };

/** A file of the input item. */
export interface InputFile {
	/** in memory, in a file of this machine, or as a stream, to be destroyed by who does not read it */
	content: Buffer | { path: string } | Readable;
	/** in bytes, where the host knows it without reading */
	size?: number;
	mimeType: string;
	fileName?: string;
}

/** What an operation may ask of the item it works for. */
export interface Item {
	/** Opens the binary property of this name; rejects with a Failure when the item has none. */
	open(property: string): Promise<InputFile>;
	/** Streams a file into n8n's binary store, whichever kind the host uses. */
	save(body: Readable, file: { fileName?: string; mimeType?: string }): Promise<IBinaryData>;
}

/** A row with files: what an operation returns instead of a plain object. */
export class WithFiles<Row extends object> {
	constructor(
		readonly row: Row,
		readonly files: Record<string, IBinaryData>,
	) {}
}

interface Described {
	name: string;
	value: string;
	/** "Create a bucket": the words of the node panel */
	action: string;
	description: string;
	/** sending it twice has the same effect as once: a lost answer may be retried */
	repeatable: boolean;
	/** chosen when somebody adds the node; else the first of the list is */
	preselected?: true;
}

/** Told of the result of one input, by its place among the inputs. */
export type Settle<Output> = (input: number, result: Output | Failure) => Promise<void>;

/** One operation: what the editor shows of it, and what it does. */
export interface Operation<
	Client,
	P extends INodeProperties[] = INodeProperties[],
	Output = unknown,
> extends Described {
	properties: P;
	/** One item. Returns a row, or several. */
	execute?(
		client: Client,
		input: InputOf<P>,
		item: Item,
	): Promise<Output | WithFiles<Output & object>>;
	/**
	 * Items that share requests: a result for each input, in order.
	 * @param settle writes down what became of an input before the others are done, so that it is not
	 * repeated should the process die; its result is returned all the same
	 */
	executeAll?(
		client: Client,
		inputs: Array<InputOf<P>>,
		settle?: Settle<Output>,
	): Promise<Array<Output | Failure>>;
	/** how many items one `executeAll` takes; Infinity: all of the run */
	batchSize?: number;
	/**
	 * What an item changes, by a name, or what it reads and what it changes: items that touch the same
	 * are worked on one after the other, in input order; those that only read it, at the same time.
	 */
	inOrder?(input: InputOf<P>): string | Touched;
	/** What of the input must not be seen in errors and records, besides fields for passwords. */
	secrets?(input: InputOf<P>): string[];
	/** Columns of its rows that go to the workflow and nowhere else: a durable ledger does not keep them. */
	secretColumns?: readonly string[];
}

type Single<Client, P extends INodeProperties[], Output> = Operation<Client, P, Output> &
	Required<Pick<Operation<Client, P, Output>, 'execute'>>;
type Batch<Client, P extends INodeProperties[], Output> = Operation<Client, P, Output> &
	Required<Pick<Operation<Client, P, Output>, 'executeAll' | 'batchSize'>>;

/** Declares an operation: the type of `input` follows from the property literals. */
export function defineOperation<Client, const P extends INodeProperties[], Output extends object>(
	operation: Single<Client, P, Output>,
): Single<Client, P, Output> {
	return operation;
}

/** Declares an operation that sends many items in one request. */
export function defineBatchOperation<
	Client,
	const P extends INodeProperties[],
	Output extends object,
>(operation: Batch<Client, P, Output>): Batch<Client, P, Output> {
	return operation;
}

/** An operation whose input type is known to itself alone: what lists of operations hold. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the one place where all input types meet
export type AnyOperation<Client> = Operation<Client, any, unknown>;

export interface Resource<Client> {
	name: string;
	value: string;
	/** chosen when somebody adds the node; else the first of the list is */
	preselected?: true;
	operations: Array<AnyOperation<Client>>;
}
