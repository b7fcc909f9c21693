import { Failure } from '../../../shared/resilience/failure';

// Apache Avro, as far as events need it: reading binary data by the schema it was written with.
// https://avro.apache.org/docs/1.12.0/specification/

/** A record type of a schema. */
export interface RecordType {
	fields: Array<{ name: string; read: Read; record?: RecordType }>;
}

type Read = (input: Input) => unknown;

/** A type with what is read by it; a union that may be a record has it too. */
interface Type {
	read: Read;
	record?: RecordType;
}

/**
 * Reads payloads of one schema into plain values: what is in a union is given as it is, enums are
 * texts, dates and times that Salesforce declares as such look as they do in its REST API.
 */
export interface AvroReader extends RecordType {
	/** @throws Failure where the payload does not fit the schema */
	read(payload: Buffer): Record<string, unknown>;
}

/** @throws Failure where the schema is none, or not one of a record */
export function avroReader(schemaJson: string): AvroReader {
	const schema = new Schema();
	const { record } = schema.typeOf(JSON.parse(schemaJson), '');
	if (!record) throw unreadable('the schema is not one of a record');
	return { fields: record.fields, read: (payload) => readRecord(record, new Input(payload)) };
}

function readRecord({ fields }: RecordType, input: Input): Record<string, unknown> {
	const values: Record<string, unknown> = {};
	for (const { name, read } of fields) values[name] = read(input);
	return values;
}

class Schema {
	private readonly named = new Map<string, Type>();

	typeOf(schema: unknown, namespace: string): Type {
		if (typeof schema === 'string') return this.byName(schema, namespace);
		if (Array.isArray(schema)) return unionOf(schema.map((one) => this.typeOf(one, namespace)));
		if (!isObject(schema)) throw unreadable('the schema has a type that is none');
		const kind = schema.type;
		if (kind === 'record' || kind === 'error') return this.recordOf(schema, namespace);
		if (kind === 'enum') {
			const symbols = listOf(schema.symbols);
			return this.name(schema, namespace, { read: (input) => symbols[input.long()] });
		}
		if (kind === 'fixed') {
			const size = Number(schema.size);
			const read: Read = (input) => input.take(size).toString('base64');
			return this.name(schema, namespace, { read });
		}
		if (kind === 'array') {
			const { read } = this.typeOf(schema.items, namespace);
			return { read: (input) => input.blocks(() => read(input)) };
		}
		if (kind === 'map') {
			const { read } = this.typeOf(schema.values, namespace);
			const entry = (input: Input): [string, unknown] => [input.text(), read(input)];
			return { read: (input) => Object.fromEntries(input.blocks(() => entry(input))) };
		}
		const type = this.typeOf(kind, namespace);
		return shown(type, LOGICAL_TYPES[String(schema.logicalType)]);
	}

	private byName(name: string, namespace: string): Type {
		const primitive = PRIMITIVES[name];
		if (primitive) return { read: primitive };
		const named = this.named.get(fullName(name, namespace)) ?? this.named.get(name);
		if (!named) throw unreadable(`the schema does not say what "${name}" is`);
		return named;
	}

	private recordOf(schema: Record<string, unknown>, outer: string): Type {
		const record: RecordType = { fields: [] };
		const type: Type = { record, read: (input) => readRecord(record, input) };
		// Before its fields: it may contain itself.
		this.name(schema, outer, type);
		const namespace = namespaceOf(schema, outer);
		for (const field of listOf(schema.fields)) {
			if (!isObject(field)) throw unreadable('the schema has a field that is none');
			// "Data:DateOnly:00NDp000009Rr9I", "CreatedDate:DateTime": role, type, field.
			const [, declared = ''] = String(field.doc ?? '').split(':');
			const fieldType = shown(this.typeOf(field.type, namespace), SALESFORCE_TYPES[declared]);
			record.fields.push({ name: String(field.name), ...fieldType });
		}
		return type;
	}

	private name(schema: Record<string, unknown>, outer: string, type: Type): Type {
		this.named.set(fullName(String(schema.name), namespaceOf(schema, outer)), type);
		return type;
	}
}

const fullName = (name: string, namespace: string) =>
	name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;

function namespaceOf({ name, namespace }: Record<string, unknown>, outer: string): string {
	if (typeof name === 'string' && name.includes('.')) return name.slice(0, name.lastIndexOf('.'));
	return typeof namespace === 'string' ? namespace : outer;
}

const unionOf = (branches: Type[]): Type => ({
	record: branches.find(({ record }) => record)?.record,
	read: (input) => {
		const branch = branches[input.long()];
		if (!branch) throw unreadable('a union has no such branch');
		return branch.read(input);
	},
});

/** The same type with numbers that are times shown as such. */
const shown = ({ read, record }: Type, show?: (value: number) => string): Type => ({
	record,
	read: show
		? (input) => {
				const value = read(input);
				return typeof value === 'number' && isTime(value) ? show(value) : value;
			}
		: read,
});

// What a Date of JavaScript can hold. https://tc39.es/ecma262/#sec-time-values-and-time-range
const isTime = (ms: number) => Math.abs(ms) <= 8.64e15;
const DAY_MS = 86_400_000;

const dateTime = (ms: number) => new Date(ms).toISOString();
const dateOnly = (ms: number) => dateTime(ms).slice(0, 10);
const timeOnly = (ms: number) => dateTime(ms).slice(11);

/** By the second part of the "doc" of a field; all three are written as a long, in ms. */
const SALESFORCE_TYPES: Record<string, ((ms: number) => string) | undefined> = {
	DateTime: dateTime,
	DateOnly: dateOnly,
	TimeOnly: timeOnly,
};

const LOGICAL_TYPES: Record<string, ((value: number) => string) | undefined> = {
	date: (days) => dateOnly(days * DAY_MS),
	'time-millis': timeOnly,
	'timestamp-millis': dateTime,
};

const PRIMITIVES: Record<string, Read | undefined> = {
	null: () => null,
	boolean: (input) => input.take(1)[0] === 1,
	int: (input) => input.long(),
	// commitNumber may be larger than what a number of JSON holds.
	long: (input) => input.exactLong(),
	float: (input) => input.take(4).readFloatLE(),
	double: (input) => input.take(8).readDoubleLE(),
	bytes: (input) => input.bytes().toString('base64'),
	string: (input) => input.text(),
};

/** Binary data that is read from its beginning on. */
class Input {
	private at = 0;

	constructor(private readonly data: Buffer) {}

	take(length: number): Buffer {
		const end = this.at + length;
		if (length < 0 || end > this.data.length) throw unreadable('the payload is too short');
		const taken = this.data.subarray(this.at, end);
		this.at = end;
		return taken;
	}

	long(): number {
		return Number(this.exactLong());
	}

	/** A text where a number would not be exact. */
	exactLong(): number | string {
		// Zigzag: the lowest bit is the sign.
		let low = 0;
		for (let shift = 0; shift < 28; shift += 7) {
			const byte = this.byte();
			low |= (byte & 127) << shift;
			if (byte < 128) return (low >>> 1) ^ -(low & 1);
		}
		let large = BigInt(low);
		for (let shift = 28n; shift < 70n; shift += 7n) {
			const byte = this.byte();
			large |= BigInt(byte & 127) << shift;
			if (byte < 128) {
				const value = BigInt.asIntN(64, (large >> 1n) ^ -(large & 1n));
				const number = Number(value);
				return Number.isSafeInteger(number) ? number : value.toString();
			}
		}
		throw unreadable('a number is too long');
	}

	bytes(): Buffer {
		return this.take(this.long());
	}

	text(): string {
		return this.bytes().toString();
	}

	/** What arrays and maps consist of. */
	blocks<Item>(read: () => Item): Item[] {
		const items: Item[] = [];
		for (let count = this.long(); count !== 0; count = this.long()) {
			// A negative one is followed by how many bytes the block has.
			if (count < 0) this.long();
			for (let n = Math.abs(count); n > 0; n--) items.push(read());
		}
		return items;
	}

	private byte(): number {
		return this.take(1)[0] ?? 0;
	}
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const unreadable = (why: string) =>
	new Failure({
		kind: 'bug',
		phase: 'rejected',
		code: 'UNREADABLE_EVENT',
		message: `An event cannot be read: ${why}`,
	});
