import { elementSize, ProtocolError } from './ber.ts';

/** Cuts a stream of bytes into LDAP messages. */
export class Framing {
	private chunks: Buffer[] = [];
	private length = 0;

	get pending(): number {
		return this.length;
	}

	/** The messages that are complete now. @throws {ProtocolError} for bytes that are no LDAP */
	push(chunk: Buffer): Buffer[] {
		this.chunks.push(chunk);
		this.length += chunk.length;
		const frames: Buffer[] = [];
		for (let frame = this.take(); frame; frame = this.take()) frames.push(frame);
		return frames;
	}

	private take(): Buffer | undefined {
		// Six bytes hold the tag and the longest length.
		if ((this.chunks[0]?.length ?? 0) < 6 && this.chunks.length > 1) this.join();
		const [head] = this.chunks;
		if (!head || head.length === 0) return undefined;
		if (head[0] !== 0x30) throw new ProtocolError('no LDAP message');
		const size = elementSize(head);
		if (size === undefined || this.length < size) return undefined;
		this.join();
		const whole = this.chunks[0] ?? head;
		this.chunks = whole.length > size ? [whole.subarray(size)] : [];
		this.length -= size;
		return whole.subarray(0, size);
	}

	private join(): void {
		this.chunks = [Buffer.concat(this.chunks)];
	}
}
