import { setImmediate as turn } from 'node:timers/promises';
import { reasonOf, systemClock } from '../../shared/ground/clock';
import type { Failure } from '../../shared/resilience/failure';
import type { Connection } from './connection';
import { silent } from './failure';
import type { Receiver } from './inFlight';
import type { Answer, Result, SearchAnswer } from './message';

// One read of a socket. What is beyond it waits as bytes in the buffers of the system, which take much less
// memory than what is made of them, and an entry may be large.
const MOST_WAITING_BYTES = 64 * 1024;

/**
 * The answers to one search. When nobody takes them and nobody else uses the connection, the server
 * is made to wait.
 */
export class AnswerStream implements Receiver {
	id = 0;
	private queue: SearchAnswer[] = [];
	private waitingBytes = 0;
	private result: Result | undefined;
	private failure: Failure | undefined;
	private wake: (() => void) | undefined;

	constructor(private readonly connection: Connection) {}

	receive(answer: Answer, bytes: number): void {
		if (answer.type === 'result') this.result = answer;
		else this.queue.push(answer);
		this.waitingBytes += bytes;
		if (this.waitingBytes >= MOST_WAITING_BYTES) this.connection.pause();
		this.wake?.();
	}

	fail(failure: Failure): void {
		this.failure = failure;
		this.wake?.();
	}

	/**
	 * All answers that have come since, at least one, or the result of the search. What came before a
	 * failure is given before it.
	 * @param idleMs the connection is closed when nothing comes for so long; 0: it may last for ever
	 */
	async next(signal: AbortSignal, idleMs: number): Promise<SearchAnswer[] | Result> {
		if (this.queue.length === 0 && !this.result && !this.failure) {
			await this.wait(signal, idleMs);
			// Servers put each entry into a TLS record of its own, and each is an event: all that have come.
			if (!this.result) await turn();
		}
		if (this.queue.length > 0) {
			const answers = this.queue;
			this.queue = [];
			this.waitingBytes = 0;
			this.connection.resume();
			return answers;
		}
		if (this.failure) throw this.failure;
		if (signal.aborted || !this.result) throw reasonOf(signal);
		return this.result;
	}

	/** The result, where it has come and all answers before it have been taken. */
	get ended(): Result | undefined {
		return this.queue.length === 0 ? this.result : undefined;
	}

	/** Nobody takes any more: a server that is still searching is told to stop. */
	stop(): void {
		if (!this.result && !this.failure) this.connection.abandon(this.id);
		this.queue = [];
	}

	private async wait(signal: AbortSignal, idleMs: number): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			if (signal.aborted) return reject(reasonOf(signal));
			const done = () => {
				this.wake = undefined;
				stopTimer();
				signal.removeEventListener('abort', stop);
				resolve();
			};
			const stop = () => {
				done();
				reject(reasonOf(signal));
			};
			const late = () => this.connection.close(silent(idleMs, this.connection.server));
			const stopTimer = idleMs ? systemClock.timer(idleMs, late) : () => {};
			signal.addEventListener('abort', stop, { once: true });
			this.wake = done;
		});
	}
}
