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
		let rest = chunk;
		while (rest.length > 0) {
			const held = this.heldBytes > 0;
			if (held) rest = this.hold(rest);
			const bytes = held ? this.whole() : rest;
			if (!bytes) continue;
			if (!held) rest = EMPTY;
			const size = this.sizeOf(bytes);
			if (size === 0 || size > bytes.length) {
				this.keep(bytes, size);
				continue;
			}
			this.keep(EMPTY, 0);
			if (!held) rest = bytes.subarray(size);
			if (!take(bytes.subarray(0, size))) return rest.length;
		}
		return 0;
	}

	/** Adds what the held message still needs, and returns the rest. */
	private hold(chunk: Buffer): Buffer {
		// Where its length is not known yet, a byte at a time is enough to get to know it.
		const wanted = Math.min(this.needed ? this.needed - this.heldBytes : 1, chunk.length);
		this.held.push(chunk.subarray(0, wanted));
		this.heldBytes += wanted;
		return chunk.subarray(wanted);
	}

	/** The held bytes, where they are what was waited for. */
	private whole(): Buffer | undefined {
		if (this.heldBytes < this.needed) return undefined;
		return Buffer.concat(this.held, this.heldBytes);
	}

	private keep(bytes: Buffer, needed: number): void {
		this.held = bytes.length > 0 ? [bytes] : [];
		this.heldBytes = bytes.length;
		this.needed = needed;
	}

	private sizeOf(bytes: Buffer): number {
		if (bytes[0] !== Tag.sequence) throw new BerError('what follows is no LDAP message');
		const size = sizeAt(bytes, 0);
		if (size > this.mostBytes) throw new BerError(`a message of ${size} bytes`);
		return size;
	}
}

const EMPTY = Buffer.alloc(0);
