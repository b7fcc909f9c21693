import { Failure } from '../../shared/resilience/failure';

export interface Line {
	/** from 1, in the file */
	number: number;
	/** folded lines put together, without the line end */
	content: Buffer;
	/** it was several lines: whether they belong together is not certain in a broken file */
	folded: boolean;
}

/** The lines of one record, without comments. */
export interface Block {
	lines: Line[];
	/** it is larger than `MOST_BYTES`, and not all of it is here */
	tooLarge?: true;
}

/** Much more than servers take in one request, and what may be kept in memory. */
export const MOST_BYTES = 64 * 1024 * 1024;

const LINE_FEED = 0x0a;
const [CARRIAGE_RETURN, SPACE, HASH] = Buffer.from('\r #');
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/**
 * The records of a file: what stands between empty lines (RFC 2849).
 * @throws Failure of kind invalid where the file is UTF-16
 */
export async function* blocksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Block> {
	const reader = new BlockReader();
	for await (const chunk of chunks) {
		yield* reader.read(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
	}
	yield* reader.end();
}

/** Chunks may end anywhere, also within a line end or a character. */
class BlockReader {
	private lineNumber = 0;
	/** of the line that has not ended yet */
	private parts: Buffer[] = [];
	/** of the line that may go on in the next one */
	private logical?: { number: number; parts: Buffer[] };
	private block: Line[] = [];
	private bytes = 0;

	*read(chunk: Buffer): Generator<Block> {
		let start = 0;
		for (let end; (end = chunk.indexOf(LINE_FEED, start)) >= 0; start = end + 1) {
			this.keep(chunk.subarray(start, end));
			const block = this.lineEnd();
			if (block) yield block;
		}
		this.keep(chunk.subarray(start));
	}

	*end(): Generator<Block> {
		for (const block of [this.lineEnd(), this.blockEnd()]) if (block) yield block;
	}

	private keep(part: Buffer) {
		if (part.length === 0) return;
		this.bytes += part.length;
		if (this.bytes <= MOST_BYTES || this.parts.length === 0) this.parts.push(part);
	}

	/** @returns the record that the line ends, if it does */
	private lineEnd(): Block | undefined {
		this.lineNumber++;
		const line = this.takeLine();
		if (line.length === 0) return this.blockEnd();
		if (line[0] === SPACE && this.logical) this.goOn(this.logical, line);
		else {
			this.logicalEnd();
			this.logical = { number: this.lineNumber, parts: [line] };
		}
		return undefined;
	}

	private takeLine(): Buffer {
		let line = joined(this.parts);
		this.parts = [];
		if (this.lineNumber === 1) line = withoutMark(line);
		return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
	}

	private goOn(logical: { parts: Buffer[] }, line: Buffer) {
		if (this.bytes <= MOST_BYTES) logical.parts.push(line.subarray(1));
	}

	private logicalEnd() {
		if (!this.logical) return;
		const { number, parts } = this.logical;
		this.logical = undefined;
		if (parts[0]?.[0] === HASH) return;
		if (this.bytes > MOST_BYTES && this.block.length > 0) return;
		this.block.push({ number, content: joined(parts), folded: parts.length > 1 });
	}

	private blockEnd(): Block | undefined {
		this.logicalEnd();
		const tooLarge = this.bytes > MOST_BYTES;
		this.bytes = 0;
		if (this.block.length === 0) return undefined;
		const lines = this.block;
		this.block = [];
		return { lines, ...(tooLarge && { tooLarge }) };
	}
}

const joined = (parts: Buffer[]): Buffer =>
	parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);

function withoutMark(line: Buffer): Buffer {
	if (UTF16_MARKS.some((mark) => mark.equals(line.subarray(0, mark.length)))) {
		throw new Failure({
			kind: 'invalid',
			phase: 'notSent',
			code: 'INVALID_LDIF',
			message: 'The file is UTF-16',
			hint: 'LDIF is UTF-8: write the file again with this encoding.',
		});
	}
	return line.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
		? line.subarray(BYTE_ORDER_MARK.length)
		: line;
}
