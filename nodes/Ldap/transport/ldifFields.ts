import { isUtf8 } from 'node:buffer';
import { Failure } from '../../shared/resilience/failure';
import type { Line } from './ldifBlocks';
import { isAttributeDescription } from './names';

/**
 * Where a line is broken in the wrong place, the rest of a password can stand in front of a colon: of a
 * file that is wrong nothing is repeated but names of attributes.
 * @param otherwise in place of what is no such name
 */
export const quoted = (name: string, otherwise: string): string =>
	isAttributeDescription(name) ? `"${name}"` : otherwise;

export const invalidLdif = (line: number, what: string, hint?: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INVALID_LDIF',
		message: `Line ${line}: ${what}`,
		hint,
	});

/** One "name: value" of a record. */
export interface Field {
	line: number;
	name: string;
	value: Buffer;
	folded: boolean;
}

/** The fields in order; each is read when it is asked for. */
export class Fields {
	private at = 0;
	constructor(private readonly lines: Line[]) {}

	get next(): Line | undefined {
		return this.lines[this.at];
	}

	/** Number of the next line, at the end that of the last. */
	get line(): number {
		return (this.next ?? this.lines[this.lines.length - 1])?.number ?? 0;
	}

	take(): Field | undefined {
		const { next } = this;
		if (!next) return undefined;
		this.at++;
		return readField(next);
	}

	/** The next field, if it has this name. */
	takeIf(name: string): Field | undefined {
		return this.next && nameOf(this.next).toLowerCase() === name ? this.take() : undefined;
	}

	/** The line "-" that ends a change. */
	takeHyphen(): boolean {
		const ended = this.next?.content.toString('latin1').trimEnd() === '-';
		if (ended) this.at++;
		return ended;
	}

	must(name: string): Field {
		const field = this.takeIf(name);
		if (field) return field;
		throw invalidLdif(this.line, `"${name}:" must stand ${this.next ? 'here' : 'after this line'}`);
	}

	/** There is nothing more. */
	end() {
		if (this.next) throw invalidLdif(this.next.number, 'nothing more may follow in this record');
	}
}

const COLON = 0x3a;
const nameOf = ({ content }: Line): string => {
	const colon = content.indexOf(COLON);
	return content.toString('latin1', 0, colon < 0 ? content.length : colon);
};

function readField(line: Line): Field {
	const colon = line.content.indexOf(COLON);
	if (colon < 0) {
		throw invalidLdif(
			line.number,
			'a ":" is missing',
			'A line that goes on with the one before begins with a space.',
		);
	}
	const value = readValue(line.content.subarray(colon + 1), line.number);
	return { line: line.number, name: nameOf(line), value, folded: line.folded };
}

/** What stands after the first colon: " text", ": base64" or "< URL". */
export function readValue(spec: Buffer, line: number): Buffer {
	const [first] = spec;
	if (first === 0x3c) {
		throw invalidLdif(
			line,
			'the value is in another file, which is not read',
			'Put the value itself into the LDIF, as base64 after "::". So is a value that begins with "<".',
		);
	}
	if (first === COLON) return readBase64(spec.toString('latin1', 1).trim(), line);
	let start = 0;
	while (spec[start] === 0x20) start++;
	const value = spec.subarray(start);
	if (isUtf8(value)) return value;
	throw invalidLdif(
		line,
		'the value is not UTF-8',
		'Save the file as UTF-8, or write the value as base64 after "::".',
	);
}

function readBase64(text: string, line: number): Buffer {
	if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
		return Buffer.from(text, 'base64');
	}
	throw invalidLdif(line, 'what stands after "::" is not base64');
}
