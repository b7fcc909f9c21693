import { Failure } from '../../../shared/resilience/failure';

// Protocol Buffers, as far as the messages of the Pub/Sub API need them.
// https://protobuf.dev/programming-guides/encoding/

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** A text; an empty one is not sent, as proto3 wants it. */
export const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));

export const bytes = (field: number, value: Uint8Array): Buffer =>
	value.length === 0
		? Buffer.alloc(0)
		: Buffer.concat([key(field, LENGTH_DELIMITED), varint(value.length), value]);

/** A number from 0 to 2^53, or an enum; 0 is not sent. */
export const number = (field: number, value: number): Buffer =>
	value === 0 ? Buffer.alloc(0) : Buffer.concat([key(field, VARINT), varint(value)]);

const key = (field: number, type: number) => varint(field * 8 + type);

function varint(value: number): Buffer {
	const groups: number[] = [];
	for (let rest = value; ; rest = Math.floor(rest / 128)) {
		if (rest < 128) return Buffer.from([...groups, rest]);
		groups.push((rest % 128) + 128);
	}
}

/** What stands in a message, by the numbers of its fields. */
export class Fields {
	private readonly values = new Map<number, Array<number | Buffer>>();

	/** @throws Failure where it is no message */
	constructor(private readonly message: Buffer) {
		while (this.at < message.length) {
			const tag = this.varint();
			const field = Math.floor(tag / 8);
			const value = this.value(tag % 8);
			const before = this.values.get(field);
			if (before) before.push(value);
			else this.values.set(field, [value]);
		}
	}

	private at = 0;

	text(field: number): string {
		return this.bytes(field).toString();
	}

	/** Part of the message, not a copy. */
	bytes(field: number): Buffer {
		return this.each(field).at(-1) ?? Buffer.alloc(0);
	}

	/** All values of a repeated field. */
	each(field: number): Buffer[] {
		return (this.values.get(field) ?? []).filter((value) => typeof value !== 'number');
	}

	number(field: number): number {
		const value = this.values.get(field)?.at(-1);
		return typeof value === 'number' ? value : 0;
	}

	flag(field: number): boolean {
		return this.number(field) !== 0;
	}

	private value(type: number): number | Buffer {
		if (type === VARINT) return this.varint();
		if (type === LENGTH_DELIMITED) return this.take(this.varint());
		if (type === FIXED_64) return this.take(8);
		if (type === FIXED_32) return this.take(4);
		throw notAMessage();
	}

	/** A negative number has 64 bits, and is not exact here; none is of interest. */
	private varint(): number {
		let value = 0;
		for (let factor = 1; ; factor *= 128) {
			const byte = this.message[this.at++];
			if (byte === undefined || factor > 2 ** 63) throw notAMessage();
			value += (byte & 127) * factor;
			if (byte < 128) return value;
		}
	}

	private take(length: number): Buffer {
		const end = this.at + length;
		if (end > this.message.length) throw notAMessage();
		const taken = this.message.subarray(this.at, end);
		this.at = end;
		return taken;
	}
}

const notAMessage = () =>
	new Failure({
		kind: 'unavailable',
		phase: 'rejected',
		code: 'MALFORMED_MESSAGE',
		message: 'The answer of the Pub/Sub API cannot be read',
	});
