import { BerError, Tag, sizeAt } from './ber';

/**
 * Cuts a stream of bytes into messages. A message that lies within one chunk is a view into it; one
 * that does not is put together once, when it is complete, however many chunks it takes.
 */
export class Frames {
	private held: Buffer[] = [];
	private heldBytes = 0;
	/** bytes of the message that is being held; 0: not known yet */
	private needed = 0;

	/** @param mostBytes a longer message is refused */
	constructor(private readonly mostBytes: number) {}

	/**
	 * @param take is given each message that is complete; once it returns false nothing more is cut
	 * @returns the bytes that were left because of that
	 * @throws BerError where no message begins or it is too long
	 */
	push(chunk: Buffer, take: (message: Buffer) => boolean): number {
		let at = 0;
		while (at < chunk.length) {
			if (this.heldBytes > 0) {
				at += this.hold(chunk, at);
				const message = this.whole();
				if (message && !take(message)) return chunk.length - at;
				continue;
			}
			const size = this.sizeOf(chunk, at);
			if (size === 0 || at + size > chunk.length) {
				this.keep(chunk.subarray(at), size);
				return 0;
			}
			at += size;
			if (!take(chunk.subarray(at - size, at))) return chunk.length - at;
		}
		return 0;
	}

	/** Adds what the held message still needs, and returns how much that was. */
	private hold(chunk: Buffer, at: number): number {
		// Where its length is not known yet, a byte at a time is enough to get to know it.
		const wanted = this.needed ? this.needed - this.heldBytes : 1;
		const part = chunk.subarray(at, at + wanted);
		this.held.push(part);
		this.heldBytes += part.length;
		return part.length;
	}

	/** The message that was held, once it is complete. */
	private whole(): Buffer | undefined {
		if (this.heldBytes < this.needed) return undefined;
		const bytes = Buffer.concat(this.held, this.heldBytes);
		const size = this.sizeOf(bytes, 0);
		const complete = size > 0 && size <= bytes.length;
		this.keep(complete ? EMPTY : bytes, complete ? 0 : size);
		return complete ? bytes : undefined;
	}

	private keep(bytes: Buffer, needed: number): void {
		this.held = bytes.length > 0 ? [bytes] : [];
		this.heldBytes = bytes.length;
		this.needed = needed;
	}

	private sizeOf(bytes: Buffer, at: number): number {
		if (bytes[at] !== Tag.sequence) throw new BerError('what follows is no LDAP message');
		const size = sizeAt(bytes, at);
		if (size > this.mostBytes) throw new BerError(`a message of ${size} bytes`);
		return size;
	}
}

const EMPTY = Buffer.alloc(0);
