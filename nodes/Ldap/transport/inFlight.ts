import type { Failure } from '../../shared/resilience/failure';
import { BerError } from './ber';
import { isRefusal } from './failure';
import type { Answer } from './message';
import { responseTo } from './message';

/** Who waits for the answers to a request. */
export interface Receiver {
	/** @param bytes that the answer took on the wire */
	receive(answer: Answer, bytes: number): void;
	fail(failure: Failure): void;
}

const LARGEST_ID = 2 ** 31 - 1;

/** The requests of one connection whose result has not come, by their message IDs. */
export class InFlight {
	private readonly waiting = new Map<number, { receiver: Receiver; response: number }>();
	private lastId = 0;

	get size(): number {
		return this.waiting.size;
	}

	/** Message IDs are used once (RFC 4511 section 4.1.1.1). */
	get spent(): boolean {
		return this.lastId >= LARGEST_ID - 1_000_000;
	}

	/** The message ID of something that nobody answers. */
	nextId(): number {
		return ++this.lastId;
	}

	/** @returns the message ID of the request */
	add(operation: Buffer, receiver: Receiver): number {
		const id = this.nextId();
		this.waiting.set(id, { receiver, response: responseTo(operation) });
		return id;
	}

	/** Its answers are waited for no longer. @returns whether they were */
	remove(id: number): boolean {
		return this.waiting.delete(id);
	}

	/** @throws BerError where it answers nothing that was asked */
	answer(id: number, answer: Answer, bytes: number): void {
		if (id > this.lastId) throw new BerError(`an answer to the request ${id}, which was not sent`);
		// Answers to what was abandoned still come.
		const asked = this.waiting.get(id);
		if (answer.type === 'result') {
			// Small servers refuse what they do not have with the result of something else (LLDAP, GLAuth).
			if (asked && asked.response !== answer.tag && !isRefusal(answer))
				throw new BerError(`an answer of the kind 0x${answer.tag.toString(16)} to another request`);
			this.waiting.delete(id);
		}
		asked?.receiver.receive(answer, bytes);
	}

	fail(failure: Failure): void {
		const receivers = [...this.waiting.values()];
		this.waiting.clear();
		for (const { receiver } of receivers) receiver.fail(failure);
	}
}
