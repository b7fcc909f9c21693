import { BerReader, Tag } from './ber';
import type { Attribute, Entry, EntryReader } from './entry';
import { Texts } from './texts';

/**
 * An entry as it came: its attributes stay bytes of the message until somebody reads them, because a million
 * values as objects take many times the memory and most of the time.
 */
export class ReceivedEntry implements Entry {
	private made: Attribute[] | undefined;

	/** @param start where the attributes begin in the bytes; they are known to be well formed */
	constructor(
		readonly dn: string,
		private readonly bytes: Buffer,
		private readonly start: number,
		private readonly end: number,
	) {}

	get attributes(): Attribute[] {
		return (this.made ??= attributesIn(this.read()));
	}

	read(): EntryReader {
		return new ReceivedReader(this.bytes, this.start, this.end);
	}
}

function attributesIn(reader: EntryReader): Attribute[] {
	const attributes: Attribute[] = [];
	while (reader.next()) {
		const values: Buffer[] = [];
		while (reader.nextValue()) values.push(reader.bytes.subarray(reader.start, reader.end));
		attributes.push({ type: reader.type, values });
	}
	return attributes;
}

const names = new Texts(1_024);

class ReceivedReader implements EntryReader {
	type = '';
	start = 0;
	end = 0;
	private readonly reader: BerReader;
	private outer = -1;
	private inner = -1;

	constructor(
		readonly bytes: Buffer,
		start: number,
		end: number,
	) {
		this.reader = new BerReader(bytes, start, end);
	}

	next(): boolean {
		const { reader } = this;
		if (this.outer >= 0) {
			reader.leave(this.inner);
			reader.leave(this.outer);
			this.outer = -1;
		}
		if (!reader.more) return false;
		this.outer = reader.enter(Tag.sequence);
		const length = reader.pass();
		this.type = names.at(this.bytes, reader.position - length, reader.position);
		this.inner = reader.enter(Tag.set);
		return true;
	}

	nextValue(): boolean {
		const { reader } = this;
		if (!reader.more) return false;
		const length = reader.pass();
		this.end = reader.position;
		this.start = this.end - length;
		return true;
	}
}
